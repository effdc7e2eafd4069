import { z } from 'zod';
import { FiringCondition } from './firing-condition.ts';
import { Priority } from './priority.ts';

export const ObjectiveKind = z.enum(['availability', 'latency', 'throughput', 'accuracy']);
export type ObjectiveKind = z.infer<typeof ObjectiveKind>;

/** How good and total events are counted: counters (`increase` over a window is taken), bad = total − good. */
export const Indicator = z.object({
  /** PromQL of the counters of good events, or of bad ones; exactly one is given. */
  good: z.string().optional(),
  bad: z.string().optional(),
  total: z.string(),
});
export type Indicator = z.infer<typeof Indicator>;

/**
 * Budgeting by time slices: each slice is good or bad as a whole. `bad` is PromQL that answers 1 for a bad slice and 0 for
 * a good one at the slice's end; no answer is a slice without data. `condition` says in words what a good slice is.
 */
export const Slices = z.object({ lengthMs: z.number(), bad: z.string(), condition: z.string() });
export type Slices = z.infer<typeof Slices>;

/** A period that begins and ends by the calendar of a time zone; its real length is that of the running one. */
export const Calendar = z.object({
  unit: z.enum(['day', 'week', 'month', 'quarter', 'year']),
  count: z.number().int().positive(),
  timeZone: z.string(),
  /** The first period began at this wall-clock time, `2026-01-01 00:00:00`; the others follow from it. */
  startTime: z.string(),
});
export type Calendar = z.infer<typeof Calendar>;

/** One service's part of a composite objective. */
export const Component = z.object({
  title: z.string(),
  indicator: Indicator,
  target: z.number().gt(0).lt(1),
  weight: z.number().positive(),
});
export type Component = z.infer<typeof Component>;

/** `budget`: a page outside business hours waits while the projected budget stays above `floor`. */
export const Wake = z.object({ policy: z.enum(['always', 'budget']), floor: z.number().min(0).max(1) });
export type Wake = z.infer<typeof Wake>;

export const Objective = z.object({
  id: z.string(),
  title: z.string(),
  service: z.string(),
  source: z.string(),
  kind: ObjectiveKind,
  indicator: Indicator,
  /** Fraction, below 1: 0.9999. */
  target: z.number().gt(0).lt(1),
  /** For latency: requests faster than this are good. */
  thresholdMs: z.number().optional(),
  /** Of a calendar period the usual length; what is counted takes the running period's real one. */
  periodMs: z.number(),
  calendar: Calendar.optional(),
  /** Present: budgeting by time slices. Absent: occurrences, good over total. */
  slices: Slices.optional(),
  /** Present: a composite; its error rate is the weighted mean of theirs, and `indicator` is the first one's. */
  components: z.array(Component).optional(),
  /** How long after an instant it is counted, for sources that answer late. Absent: at once. */
  evaluationDelayMs: z.number().optional(),
  wake: Wake.optional(),
  /** Absent: it may always fire. */
  when: FiringCondition.optional(),
  policy: z.string(),
  /** Where it is written, for reasons: `slos/gateway.yaml:14`. */
  definedAt: z.string(),
});
export type Objective = z.infer<typeof Objective>;

/** One row of a burn-rate policy with its threshold derived for a period. Source: domain terms, section 2. */
export const PolicyRow = z.object({
  name: z.string(),
  priority: Priority,
  longMs: z.number(),
  shortMs: z.number(),
  /** Fraction of the budget the row may cost. */
  budgetFraction: z.number(),
  threshold: z.number(),
  raisedToOne: z.boolean(),
  /** Null where the row can fire; otherwise why it was left out. */
  leftOut: z.string().nullable(),
  /** Detection time at 100, 10 and 1 % errors; null is never. */
  detectionMs: z.object({
    all: z.number().nullable(),
    tenth: z.number().nullable(),
    hundredth: z.number().nullable(),
  }),
});
export type PolicyRow = z.infer<typeof PolicyRow>;

/** What one window says. `burnRate` is null for *no data*: no events were seen, which is not zero. */
export const WindowBurn = z.object({
  windowMs: z.number(),
  bad: z.number().nullable(),
  total: z.number().nullable(),
  burnRate: z.number().nullable(),
  /** How much of the window was seen, 0 to 1. Below 1 the burn rate is a lower bound. */
  seenFraction: z.number(),
  /** Null: exact at this tick. Otherwise the instant of the last full count, with increments since. */
  anchoredAt: z.number().nullable(),
});
export type WindowBurn = z.infer<typeof WindowBurn>;

export const ObjectiveState = z.enum(['ok', 'burning', 'no-data', 'blind', 'starting']);
export type ObjectiveState = z.infer<typeof ObjectiveState>;

export const ObjectiveStatus = z.object({
  objective: Objective,
  state: ObjectiveState,
  /** The reason in numbers. */
  reason: z.string(),
  evaluatedAt: z.number().nullable(),
  rows: z.array(PolicyRow),
  windows: z.array(WindowBurn),
  /** The highest row that holds now, by name; null where none does. */
  holding: z.string().nullable(),
  /** Set while a row holds but a minimum keeps it back; the sentence says which. */
  heldBack: z.string().nullable(),
  budgetConsumed: z.number().nullable(),
  budgetRemaining: z.number().nullable(),
  /** While corrections are in force: the same without them, which is what was measured. Null where there is none. */
  uncorrected: z
    .object({ budgetConsumed: z.number().nullable(), budgetRemaining: z.number().nullable() })
    .nullable()
    .optional(),
  /** Of a calendar period: when the running one began and when it ends. */
  period: z.object({ startAt: z.number(), endAt: z.number() }).optional(),
  /** "At this rate"; null: no data; Infinity travels as -1. */
  timeToExhaustionMs: z.number().nullable(),
  /** Burn over 1 h, oldest first, for the last 24 h; null is no data. */
  trend: z.array(z.number().nullable()),
  trendStepMs: z.number(),
  /** The last poll's own error rate, for *recovered*; null is no data. */
  pollErrorRate: z.number().nullable(),
  pollTotal: z.number().nullable(),
});
export type ObjectiveStatus = z.infer<typeof ObjectiveStatus>;

export const EXHAUSTION_NEVER = -1;
