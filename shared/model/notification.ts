import { z } from 'zod';
import { Priority } from './priority.ts';

export const ReceiverKind = z.enum(['desktop', 'browser', 'webhook']);
export type ReceiverKind = z.infer<typeof ReceiverKind>;

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
});
export type Page = z.infer<typeof Page>;

/** One message to one receiver, kept until it is sent or expired. */
export const Delivery = z.object({
  id: z.string(),
  receiver: z.string(),
  kind: ReceiverKind,
  /** Which of the receiver's channels: for a webhook its address as the configuration writes it. */
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
