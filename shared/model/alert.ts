import { z } from 'zod';
import { Labels } from './metric.ts';
import { Priority } from './priority.ts';

/** Who decides. `reported`: another system did, and Midwatch was told. */
export const AlertKind = z.enum(['burn', 'detector', 'rule', 'absence', 'source', 'reported']);
export type AlertKind = z.infer<typeof AlertKind>;

/** Times are stored, flags derived from them. `no_data` and `error` are states of their own, never *inactive*. */
export const AlertPhase = z.enum(['inactive', 'pending', 'firing', 'resolved', 'no_data', 'error']);
export type AlertPhase = z.infer<typeof AlertPhase>;

/** Whether somebody has to know: it fires, or nobody can say whether it does. */
export function isAlertingPhase(phase: AlertPhase): boolean {
  return phase === 'firing' || phase === 'no_data' || phase === 'error';
}

/** The verdict of one pipeline stage, in words a person can read. Kept; answers "why was I paged, or not?". */
export const StageVerdict = z.object({
  stage: z.enum([
    'validate',
    'deduplicate',
    'enrich',
    'state',
    'maintenance',
    'silence',
    'suppress',
    'wake',
    'flapping',
    'storm',
    'group',
    'rate-limit',
    'route',
    'notify',
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

/** News that has been decided and stored, but not yet been taken over by those who act on it. */
export const UnsettledChange = z.object({
  change: z.enum(['fired', 'priority-raised', 'resolved', 'no-data', 'acknowledged']),
  previous: AlertPhase,
  at: z.number(),
});
export type UnsettledChange = z.infer<typeof UnsettledChange>;

/** What keeps an alert from telling anybody, and since when. */
export const AlertHold = z.object({
  stage: z.enum(['maintenance', 'silence', 'suppress', 'wake', 'flapping']),
  /** The window, the silence or the alert that holds it. */
  by: z.string(),
  reason: z.string(),
  sinceAt: z.number(),
  /** The alert that explains it, where that is why. */
  causeId: z.string().nullable(),
  /** A maintenance window that also covers what depends on its services. */
  covers: z.boolean(),
  /** The burn rate when its page was deferred: at twice that it waits no longer. */
  burnRate: z.number().nullable().optional(),
});
export type AlertHold = z.infer<typeof AlertHold>;

/**
 * What the pipeline must remember of an alert beside what a person reads: it is stored with the alert, in the same
 * transaction, so that a restart goes on exactly where the last decision left off.
 */
export const AlertMemory = z.object({
  /** Time since `activeSinceAt` in which nothing was seen; it does not count towards `for`. */
  unseenMs: z.number(),
  /** Last evaluation that knew something; *no data*, *error* and *blind* know nothing. */
  seenAt: z.number().nullable(),
  /** True while the time since `seenAt` is unknown. */
  gap: z.boolean(),
  /** Since when there is no data, or an error, without a break. */
  unknownSinceAt: z.number().nullable(),
  /** Since when the resolve condition has held, while `keep_firing_for` keeps it firing. */
  clearSinceAt: z.number().nullable(),
  /** The value when a person acknowledged it. */
  acknowledgedValue: z.number().nullable(),
  /** The budget that was gone when a person acknowledged it, and what is gone now. */
  acknowledgedBudget: z.number().nullable().default(null),
  budgetConsumed: z.number().nullable().default(null),
  /** Services that its incident hit when a person acknowledged it; empty where it had no incident. */
  acknowledgedServices: z.array(z.string()).default([]),
  /** Steps of the escalation chain that are done, of the page said at `ofAt`; `unsettledFrom` while that is not queued. */
  escalated: z
    .object({ ofAt: z.number(), steps: z.number().int(), unsettledFrom: z.number().int().nullable() })
    .nullable()
    .default(null),
  /** What holds it now; null where nothing does. */
  hold: AlertHold.nullable().default(null),
  /** The `firedAt` of the episode that the holding stages have decided on. */
  judgedAt: z.number().nullable().default(null),
  /** When it fired lately, oldest first, bounded. */
  firings: z.array(z.number()).default([]),
  /** Its episode that the storm brake has decided on, and the group that it counted as, new at that time. */
  admitted: z
    .object({ firedAt: z.number().nullable(), groupAt: z.number(), group: z.string() })
    .nullable()
    .default(null),
  /** News that incidents have not been told, because a person or a plan wanted quiet. */
  withheld: UnsettledChange.nullable().default(null),
  /** When its present episode was first said; null while it was not. */
  notifiedAt: z.number().nullable(),
  /** At which priority it was said last, also in an earlier episode. */
  notifiedPriority: Priority.nullable(),
  /** It was said to be firing, and the end has not been said yet. */
  resolutionOwed: z.boolean(),
  /** Why it must be said again, whatever was said before. */
  renotify: z.object({ reason: z.string(), silent: z.boolean() }).nullable(),
  /** Notifications it was part of, within the rate limit's window, oldest first. */
  notifications: z.array(z.object({ at: z.number(), summary: z.boolean(), sound: z.boolean().optional() })),
  unsettled: z.array(UnsettledChange),
  /** A notification was decided that the notifier has not confirmed to keep. */
  unsettledNotification: z.boolean(),
  failingShare: z.number().nullable(),
  objectiveId: z.string().nullable(),
});
export type AlertMemory = z.infer<typeof AlertMemory>;

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
  memory: AlertMemory.optional(),
});
export type Alert = z.infer<typeof Alert>;

/**
 * An alert as windows mirror it, of which there may be many thousands: without what only the pipeline must remember,
 * and with those verdicts that hold it or say where it went. All of them are asked for by its id.
 */
export const ShownAlert = Alert.omit({ memory: true }).extend({
  hold: AlertHold.pick({ stage: true, by: true }).nullable(),
  objectiveId: z.string().nullable(),
});
export type ShownAlert = z.infer<typeof ShownAlert>;
