import { z } from 'zod';
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
  periodMs: z.number(),
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
