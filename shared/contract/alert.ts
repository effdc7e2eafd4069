import { oc } from '@orpc/contract';
import { z } from 'zod';
import { EscalationOutlook } from '../model/escalation.ts';
import { FiredEpisode } from '../model/fired.ts';
import { Delivery } from '../model/notification.ts';
import { OnCallNow } from '../model/on-call.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);
const AlertId = z.string().max(200);
const Instant = z.number().int();
/** Stands on the timeline and before the page. */
const Reason = z.string().trim().min(1).max(500);

/** What one stage said of one alert. */
const Verdict = z.object({
  stage: z.string(),
  outcome: z.string(),
  reason: z.string(),
  at: z.number(),
  definedAt: z.string().nullable(),
});

/** The same, with what is known of the alert; null where only the verdict is kept. */
export const FoundVerdict = Verdict.extend({
  alertId: z.string(),
  title: z.string().nullable(),
  service: z.string().nullable(),
});
export type FoundVerdict = z.infer<typeof FoundVerdict>;

/** Which deliveries are looked for, by what became of them. */
export const DeliveryState = z.enum(['all', 'queued', 'sent', 'failed', 'expired']);
export type DeliveryState = z.infer<typeof DeliveryState>;

export const alertContract = {
  /** The delivery log from the durable outbox: each message to each channel, a page at a time, newest first. */
  deliveries: base
    .input(
      z.object({
        text: z.string().max(200),
        state: DeliveryState,
        skip: z.number().int().min(0).max(100_000).default(0),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ found: z.array(Delivery), more: z.boolean() })),
  acknowledge: base.input(z.object({ alertId: AlertId })),
  /** Takes the acknowledgement of it and of its incident back, with a reason: it is told again. */
  rearm: base.input(z.object({ alertId: AlertId, reason: Reason })),
  /** Whom the next step of its chain would tell, before anybody is told; or why nobody can be. */
  escalation: base
    .input(z.object({ alertId: AlertId }))
    .output(z.object({ outlook: EscalationOutlook.nullable(), problem: z.string().nullable() })),
  /** Tells the next step of its chain now. Answers whom. */
  escalate: base.input(z.object({ alertId: AlertId, reason: Reason })).output(EscalationOutlook),
  /** When the alerts of an objective really fired in a time, as the verdicts that are kept have it, newest first. */
  fired: base
    .input(z.object({ objectiveId: AlertId, fromAt: Instant, toAt: Instant }))
    .output(z.array(FiredEpisode)),
  /** Who is on call now by each schedule of the workspace. */
  onCall: base.output(z.array(OnCallNow)),
  /**
   * The kept verdicts on one alert, newest first. Within a time: those of that time, then of each stage the one that was
   * in force when it began.
   */
  why: base
    .input(
      z.object({
        alertId: AlertId,
        fromAt: Instant.optional(),
        toAt: Instant.optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.array(Verdict)),
  /** The kept verdicts on all alerts by a text of reason, rule, title, service or alert, a page at a time, newest first. */
  search: base
    .input(
      z.object({
        text: z.string().max(200),
        fromAt: Instant,
        toAt: Instant,
        skip: z.number().int().min(0).max(200_000).default(0),
        limit: z.number().int().min(1).max(200).default(100),
      }),
    )
    .output(
      z.object({
        found: z.array(FoundVerdict),
        more: z.boolean(),
        /** At the end of what was found: up to when was looked, where the time has more than a search looks at. */
        lookedFromAt: z.number().nullable(),
      }),
    ),
};
