import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { Exemplar } from '../model/exemplar.ts';
import { Page } from '../model/notification.ts';
import { Priority } from '../model/priority.ts';
import { WatchRecord } from '../model/watch.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);

/** A notification for the window to show; it answers `notificationShown`, or says why it could not. */
export const BrowserNotification = z.object({ deliveryId: z.string(), page: Page });
export type BrowserNotification = z.infer<typeof BrowserNotification>;

export const systemContract = {
  hello: base.output(
    z.object({
      version: z.string(),
      host: z.enum(['node', 'electron']),
      workspace: z.string(),
      demo: z.boolean(),
      at: z.number(),
    }),
  ),
  notifications: base.output(eventIterator(BrowserNotification)),
  notificationShown: base.input(
    z.object({
      deliveryId: z.string().max(200),
      outcome: z.enum(['shown', 'denied', 'failed']),
      problem: z.string().max(500),
    }),
  ),
  /** Sends a marked test message to one receiver: by all of its channels, or by the one at that place in its list. */
  sendTest: base
    .input(
      z.object({
        receiver: z.string().max(200),
        channel: z.number().int().min(0).max(100).nullable().default(null),
      }),
    )
    .output(z.object({ text: z.string() })),
  /** Plays a page of that priority on this machine's screen, with its sound, marked as a test. It stands on no timeline. */
  sendTestPage: base.input(z.object({ priority: Priority })).output(z.object({ text: z.string() })),
};

/** Where a trace is asked for, its identifier as the exemplar's label has it. */
const ExemplarQuestion = z.object({
  metric: z.string().max(512).optional(),
  traceId: z.string().max(128).optional(),
  limit: z.number().int().min(1).max(1_000).default(100),
});

export const sourceContract = {
  /** Asks the source at once instead of at its next turn. */
  tryNow: base.input(z.object({ sourceId: z.string().max(200) })),
  /** The watch ledger over a range: for each source the spans in which nobody watched it, with their causes. */
  watched: base
    .input(z.object({ fromAt: z.number().int(), toAt: z.number().int() }))
    .output(z.array(WatchRecord)),
  /** The last exemplars of what is scraped as OpenMetrics or pushed, newest first: five a series at most, in memory alone. */
  exemplars: base.input(ExemplarQuestion).output(z.array(Exemplar)),
};

/** Only where the demo runs: its fleet's controls. Faults really happen and end by themselves. */
export const demoContract = {
  state: base.output(
    z.object({
      available: z.boolean(),
      faults: z.array(
        z.object({ id: z.string(), kind: z.string(), service: z.string().nullable(), endsAt: z.number() }),
      ),
    }),
  ),
  inject: base
    .input(
      z.object({
        kind: z.enum(['bad-model', 'upstream-outage', 'latency', 'errors', 'crash', 'stale-features']),
      }),
    )
    .output(z.object({ id: z.string(), endsAt: z.number() })),
  clear: base.input(z.object({ id: z.string().max(200) })),
};
