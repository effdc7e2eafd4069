import { z } from 'zod';
import { AlertKind } from './alert.ts';
import { Priority } from './priority.ts';

/** One time that an alert would have fired, and whom that would have reached. */
export const ReplayAlert = z.object({
  /** Fingerprint of the labels, as of live ones: the same alert has the same id in each configuration. */
  alertId: z.string(),
  ruleId: z.string(),
  kind: AlertKind,
  service: z.string(),
  /** The most urgent that it had. */
  priority: Priority,
  title: z.string(),
  definedAt: z.string(),
  firedAt: z.number(),
  /** Null: it still fires at the end. */
  resolvedAt: z.number().nullable(),
  /** The reason in numbers at the instant it fired. */
  reason: z.string(),
  /** When it was first said to anybody; null: to nobody. */
  toldAt: z.number().nullable(),
  /** True where somebody's sleep would have ended. */
  paged: z.boolean(),
  /** What kept it from being told, where something did: the stage and its reason. */
  heldBy: z.string().nullable(),
});
export type ReplayAlert = z.infer<typeof ReplayAlert>;

/**
 * One message that would have been delivered. A page sounds for the first time about an alert, whether or not it was said
 * quietly before; `again` is a repeat, an escalation or a correction; `over` says that it has ended.
 */
export const ReplayNotice = z.object({
  at: z.number(),
  kind: z.enum(['page', 'quiet', 'again', 'over']),
  priority: Priority,
  receivers: z.array(z.string()),
  title: z.string(),
  reason: z.string(),
  /** Places in the list of alerts. */
  alerts: z.array(z.number().int()),
});
export type ReplayNotice = z.infer<typeof ReplayNotice>;

/** What one configuration would have done over a stretch of history. */
export const Replay = z.object({
  fromAt: z.number(),
  /** Where it ended: earlier than wanted where it was cancelled or its source fell silent. */
  toAt: z.number(),
  wantedToAt: z.number(),
  stepMs: z.number(),
  evaluations: z.number(),
  alerts: z.array(ReplayAlert),
  notices: z.array(ReplayNotice),
  pagesPerDay: z.number(),
  /** What a reader must know: missing data, how it was counted, what was left out. */
  notes: z.array(z.string()),
});
export type Replay = z.infer<typeof Replay>;

/** How well pages match labelled incidents; null where there is nothing to divide by. */
export const PageGrades = z.object({
  /** Whose labels these are: a file's name, or Midwatch's own incidents. */
  by: z.string(),
  pages: z.number(),
  incidents: z.number(),
  /** Pages that belong to an incident, of all pages. */
  precision: z.number().nullable(),
  /** Incidents that had a page, of all incidents. */
  recall: z.number().nullable(),
  /** The same for each severity that the labels name. */
  severities: z.array(z.object({ severity: z.string(), incidents: z.number(), told: z.number() })),
});
export type PageGrades = z.infer<typeof PageGrades>;

/** Two configurations over the same history. */
export const ReplayDifference = z.object({
  onlyBefore: z.array(ReplayAlert),
  onlyAfter: z.array(ReplayAlert),
  /** In both, but at another time, of another priority, or told to others. */
  moved: z.array(z.object({ before: ReplayAlert, after: ReplayAlert, how: z.array(z.string()) })),
  same: z.number(),
  pagesPerDay: z.tuple([z.number(), z.number()]),
});
export type ReplayDifference = z.infer<typeof ReplayDifference>;

/** A replay as it is kept. */
export const ReplayRecord = z.object({
  id: z.string(),
  madeAt: z.number(),
  /** The folder of the workspace, and of the one it was compared with. */
  workspace: z.string(),
  against: z.string().nullable(),
  /** Where the history came from: the store, a file, or the sources. */
  history: z.string(),
  replay: Replay,
  other: Replay.nullable(),
  difference: ReplayDifference.nullable(),
  grades: z.array(PageGrades),
});
export type ReplayRecord = z.infer<typeof ReplayRecord>;
