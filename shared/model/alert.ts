import { z } from 'zod';
import { Labels } from './metric.ts';
import { Priority } from './priority.ts';

export const AlertKind = z.enum(['burn', 'detector', 'rule', 'absence', 'source']);
export type AlertKind = z.infer<typeof AlertKind>;

/** Times are stored, flags derived from them. `no_data` and `error` are states of their own, never *inactive*. */
export const AlertPhase = z.enum(['inactive', 'pending', 'firing', 'resolved', 'no_data', 'error']);
export type AlertPhase = z.infer<typeof AlertPhase>;

/** The verdict of one pipeline stage, in words a person can read. Kept; answers "why was I paged, or not?". */
export const StageVerdict = z.object({
  stage: z.enum([
    'validate',
    'deduplicate',
    'enrich',
    'silence',
    'suppress',
    'group',
    'rate-limit',
    'route',
    'notify',
    'state',
  ]),
  outcome: z.enum(['pass', 'held', 'suppressed', 'fired', 'resolved', 'sent', 'failed']),
  reason: z.string(),
  at: z.number(),
  /** `file:line` of the rule or route that decided, where there is one. */
  definedAt: z.string().nullable(),
});
export type StageVerdict = z.infer<typeof StageVerdict>;

export const Acknowledgement = z.object({ by: z.string(), at: z.number(), untilAt: z.number().nullable() });
export type Acknowledgement = z.infer<typeof Acknowledgement>;

export const Alert = z.object({
  /** Fingerprint of the labels: the same alert is the same id for ever. */
  id: z.string(),
  ruleId: z.string(),
  kind: AlertKind,
  labels: Labels,
  title: z.string(),
  service: z.string(),
  priority: Priority,
  phase: AlertPhase,
  /** The reason in numbers: "4 of 120 failed, 3.3 %, 33× budget". */
  reason: z.string(),
  definedAt: z.string(),
  /** Since when the condition has held without a break; null while it does not. */
  activeSinceAt: z.number().nullable(),
  firedAt: z.number().nullable(),
  resolvedAt: z.number().nullable(),
  lastEvaluatedAt: z.number(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  acknowledgement: Acknowledgement.nullable(),
  /** Receivers it was routed to when it last fired. */
  receivers: z.array(z.string()),
  groupKey: z.string(),
  incidentId: z.string().nullable(),
  /** The latest verdict of each stage, in pipeline order. */
  verdicts: z.array(StageVerdict),
});
export type Alert = z.infer<typeof Alert>;
