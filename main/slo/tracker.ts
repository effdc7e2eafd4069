import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Correction } from '../../shared/model/correction.ts';
import type { Objective, Slices } from '../../shared/model/objective.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';
import { type RunningPeriod, runningPeriod } from '../calendar/index.ts';
import { isCarried } from './carry.ts';
import { type Count, type Counters, type Problem, readCounters } from './count.ts';
import type { Anchor, KeptDays } from './long-window.ts';
import { type ObjectivePlan, planObjective } from './math/index.ts';
import { type Odometer, startOdometer } from './odometer.ts';
import type { Cadence } from './poll.ts';
import type { Seen } from './seen.ts';
import { SliceRing } from './slice-ring.ts';

/** Windows up to this are counted exactly at each poll. */
export const EXACT_MAX_MS = HOUR_MS;

/** What is remembered of any objective between evaluations. All of it can be counted again: nothing here is kept. */
interface TrackerBase {
  readonly objective: Objective;
  readonly plan: ObjectivePlan;
  /** Of a calendar period; null where the period rolls. */
  readonly period: RunningPeriod | null;
  trend: { readonly points: (number | null)[]; readonly at: number } | null;
  /** The row that last held: its short window is the one that resolves. */
  lastHeld: string | null;
  /** What the corrections in force take out of the period, as last counted. */
  corrected: (Count & { readonly of: readonly Correction[]; readonly at: number }) | null;
  /** Why counting in the background failed, and when it is tried again. */
  slowProblem: Problem | null;
  slowRetryAt: number;
  slow: Promise<void> | null;
}

/** An objective over events: windows are increases of counters. */
export interface EventTracker extends TrackerBase {
  readonly kind: 'events';
  readonly counters: Counters;
  odometer: Odometer;
  /** Whether the target may carry the long windows, and whether it had them all at the last poll. */
  readonly carried: { may: boolean; isBuilt: boolean };
  readonly anchors: Map<number, Anchor>;
  readonly keptDays: KeptDays;
  readonly seen: Map<number, Seen>;
  cadence: Cadence | null;
  lastPollValueAt: number | null;
  /** Events of the last full calendar period; undefined until counted, null where it had none. */
  previousTotal: number | null | undefined;
}

/** An objective over time slices: windows are sums of kept verdicts. */
export interface SliceTracker extends TrackerBase {
  readonly kind: 'slices';
  readonly slices: Slices;
  readonly ring: SliceRing;
}

export type Tracker = EventTracker | SliceTracker;

export type Tracking =
  | { readonly ok: true; readonly tracker: Tracker }
  | { readonly ok: false; readonly plan: ObjectivePlan | null; readonly problem: Problem };

export function track(objective: Objective, policy: PolicyConfig | undefined, at: number): Tracking {
  if (!policy) {
    const message = `There is no burn-rate policy named ${JSON.stringify(objective.policy)}, so nothing can alert on this objective. Name one that exists, at ${objective.definedAt}.`;
    return { ok: false, plan: null, problem: { kind: 'error', message } };
  }
  const period = objective.calendar ? runningPeriod(objective.calendar, at) : null;
  const plan = planObjective(objective, policy, period ? period.endAt - period.startAt : objective.periodMs);
  const base: TrackerBase = {
    objective,
    plan,
    period,
    trend: null,
    lastHeld: null,
    corrected: null,
    slowProblem: null,
    slowRetryAt: 0,
    slow: null,
  };
  const { slices } = objective;
  if (slices) {
    const ring = new SliceRing(slices.lengthMs, plan.periodMs + slices.lengthMs);
    return { ok: true, tracker: { ...base, kind: 'slices', slices, ring } };
  }
  const counters = readCounters(objective);
  if (!counters.ok) return { ok: false, plan, problem: counters.error };
  return {
    ok: true,
    tracker: {
      ...base,
      kind: 'events',
      counters: counters.value,
      odometer: startOdometer(at),
      carried: { may: isCarried(counters.value), isBuilt: false },
      anchors: new Map(),
      keptDays: { endAt: at, days: new Map() },
      seen: new Map(),
      cadence: null,
      lastPollValueAt: null,
      previousTotal: undefined,
    },
  };
}

/** The window as it is asked of what is carried: a calendar period begins at a fixed instant. */
export function carriedSpan({ plan, period }: TrackerBase, windowMs: number): number {
  return period && windowMs === plan.periodMs ? -period.startAt : windowMs;
}

/** How far back the window reaches at the instant: a calendar period only to its start. */
export function spanOf({ plan, period }: TrackerBase, windowMs: number, at: number): number {
  return period && windowMs === plan.periodMs ? Math.max(1, at - period.startAt) : windowMs;
}

export function exactWindows(plan: ObjectivePlan): readonly number[] {
  return plan.windowsMs.filter((windowMs) => windowMs <= EXACT_MAX_MS);
}

export function longWindows(plan: ObjectivePlan): readonly number[] {
  return plan.windowsMs.filter((windowMs) => windowMs > EXACT_MAX_MS);
}
