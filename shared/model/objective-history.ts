import { z } from 'zod';
import { PolicyRow } from './objective.ts';
import { Priority } from './priority.ts';

/** One time that an objective's alert fired, as it was or as it would have been. */
export const AlertEpisode = z.object({
  row: z.string(),
  priority: Priority,
  firedAt: z.number(),
  /** Null: it still fires at the end. */
  resolvedAt: z.number().nullable(),
  /** The highest burn rate over the long window of the row that held. */
  peakBurnRate: z.number().nullable(),
  /** The reason in numbers at the instant it fired. */
  reason: z.string(),
});
export type AlertEpisode = z.infer<typeof AlertEpisode>;

/** Alerts of one objective over a stretch of history. */
export const ObjectiveHistory = z.object({
  objectiveId: z.string(),
  fromAt: z.number(),
  toAt: z.number(),
  /** Distance of the evaluations: an alert is known to this, and one that is shorter may be missed. */
  stepMs: z.number(),
  episodes: z.array(AlertEpisode),
  pagesPerDay: z.number(),
  /** What the whole stretch would have had: bad and all events (or slices), null without data. */
  bad: z.number().nullable(),
  total: z.number().nullable(),
  /** 1 − bad / (total · b) over the stretch. */
  budgetRemaining: z.number().nullable(),
  /** How much of the stretch had data, 0 to 1. */
  seenFraction: z.number(),
  /** What a reader must know: left-out rows, missing data, the step. */
  notes: z.array(z.string()),
});
export type ObjectiveHistory = z.infer<typeof ObjectiveHistory>;

/** Two configurations over the same history. */
export const WhatIf = z.object({
  before: ObjectiveHistory,
  after: ObjectiveHistory,
  /** Alerts that only the changed objective has, and those that only the present one has; the rest is in both. */
  came: z.array(AlertEpisode),
  gone: z.array(AlertEpisode),
  kept: z.number(),
  rows: z.array(PolicyRow),
});
export type WhatIf = z.infer<typeof WhatIf>;

/** Who spent an objective's budget, by one label of its series. */
export const SpentBy = z.object({
  objectiveId: z.string(),
  label: z.string(),
  /** Labels that the series have and that can be asked for instead. */
  labels: z.array(z.string()),
  fromAt: z.number(),
  toAt: z.number(),
  bad: z.number(),
  total: z.number(),
  /** The largest first; `share` is of all bad events. */
  parts: z.array(z.object({ value: z.string(), bad: z.number(), total: z.number(), share: z.number() })),
});
export type SpentBy = z.infer<typeof SpentBy>;

/** One objective's line in a compliance report. */
export const ComplianceLine = z.object({
  objectiveId: z.string(),
  title: z.string(),
  service: z.string(),
  target: z.number(),
  /** Share of good events or slices; null is no data. */
  achieved: z.number().nullable(),
  met: z.boolean().nullable(),
  bad: z.number().nullable(),
  total: z.number().nullable(),
  budgetRemaining: z.number().nullable(),
  /** Without corrections; null where there is none. */
  uncorrectedRemaining: z.number().nullable(),
  corrections: z.array(z.string()),
  seenFraction: z.number(),
});
export type ComplianceLine = z.infer<typeof ComplianceLine>;
