import { z } from 'zod';
import { Priority } from './priority.ts';

export const ReceiverKind = z.enum([
  'desktop',
  'browser',
  'webhook',
  'slack',
  'email',
  'pagerduty',
  'json',
  'alertmanager',
  'command',
]);
export type ReceiverKind = z.infer<typeof ReceiverKind>;

/** Somebody who is told, as the configuration in force names them. Nothing in it is secret. */
export const Receiver = z.object({
  id: z.string(),
  /** Its place in the order of the routes, the most urgent first. */
  position: z.number().int(),
  /** `address` is where it leads, without what could be a secret: `https://chat.example/…`, `env:CHAT_URL`. */
  channels: z.array(z.object({ kind: ReceiverKind, address: z.string().nullable() })),
  /** False where it has none of its own, and the default channels are taken. */
  ownChannels: z.boolean(),
  /** Where it stands in the routes; `out` and `in` are the hours, where the two differ. */
  routes: z.array(
    z.object({ priority: Priority, hours: z.enum(['always', 'in', 'out']), sound: z.boolean() }),
  ),
  /** Steps of escalation chains that tell it: so long after a page that nobody acknowledged. */
  escalations: z.array(z.object({ priority: Priority, afterMs: z.number() })).optional(),
});
export type Receiver = z.infer<typeof Receiver>;

/** What is said to a person; the same text on each channel. */
export const Page = z.object({
  title: z.string(),
  body: z.string(),
  priority: Priority,
  incidentId: z.string().nullable(),
  groupKey: z.string(),
  sound: z.boolean(),
  /** True for the message that the condition is over. */
  resolved: z.boolean(),
  /** Who acknowledged: news for systems that page on their own, and for nobody's screen. */
  acknowledgedBy: z.string().optional(),
  /** Who asked for help: told also where somebody has acknowledged. */
  escalatedBy: z.string().optional(),
});
export type Page = z.infer<typeof Page>;

/** One message to one receiver, kept until it is sent or expired. */
export const Delivery = z.object({
  id: z.string(),
  receiver: z.string(),
  kind: ReceiverKind,
  /** Which of the receiver's channels: where it leads, as the configuration writes it. */
  channel: z.string().optional(),
  page: Page,
  alertIds: z.array(z.string()),
  createdAt: z.number(),
  expiresAt: z.number(),
  attempts: z.number().int(),
  nextTryAt: z.number().nullable(),
  state: z.enum(['queued', 'sent', 'failed', 'expired']),
  sentAt: z.number().nullable(),
  /** Why it was sent, and of the last failure what happened. */
  reason: z.string(),
  problem: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;
