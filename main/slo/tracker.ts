import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';
import { type Counters, type Problem, readIndicator } from './count.ts';
import type { Anchor } from './long-window.ts';
import { type ObjectivePlan, planObjective } from './math/index.ts';
import { type Odometer, startOdometer } from './odometer.ts';
import type { Cadence } from './poll.ts';
import type { Seen } from './seen.ts';

/** Windows up to this are counted exactly at each poll. */
export const EXACT_MAX_MS = HOUR_MS;

/** What is remembered of one objective between evaluations. All of it can be counted again: nothing here is kept. */
export interface Tracker {
  readonly objective: Objective;
  readonly plan: ObjectivePlan;
  readonly counters: Counters;
  odometer: Odometer;
  readonly anchors: Map<number, Anchor>;
  readonly seen: Map<number, Seen>;
  trend: { readonly points: (number | null)[]; readonly at: number } | null;
  cadence: Cadence | null;
  lastPollValueAt: number | null;
  /** The row that last held: its short window is the one that resolves. */
  lastHeld: string | null;
  /** What the last evaluation failed of. */
  problem: Problem | null;
  /** Why counting in the background failed, and when it is tried again. */
  slowProblem: Problem | null;
  slowRetryAt: number;
  slow: Promise<void> | null;
}

export type Tracking =
  | { readonly ok: true; readonly tracker: Tracker }
  | { readonly ok: false; readonly plan: ObjectivePlan | null; readonly problem: Problem };

export function track(objective: Objective, policy: PolicyConfig | undefined, at: number): Tracking {
  if (!policy) {
    const message = `There is no burn-rate policy named ${JSON.stringify(objective.policy)}, so nothing can alert on this objective. Name one that exists, at ${objective.definedAt}.`;
    return { ok: false, plan: null, problem: { kind: 'error', message } };
  }
  const plan = planObjective(objective, policy);
  const counters = readIndicator(objective.indicator);
  if (!counters.ok) return { ok: false, plan, problem: counters.error };
  return {
    ok: true,
    tracker: {
      objective,
      plan,
      counters: counters.value,
      odometer: startOdometer(at),
      anchors: new Map(),
      seen: new Map(),
      trend: null,
      cadence: null,
      lastPollValueAt: null,
      lastHeld: null,
      problem: null,
      slowProblem: null,
      slowRetryAt: 0,
      slow: null,
    },
  };
}

export function exactWindows(plan: ObjectivePlan): readonly number[] {
  return plan.windowsMs.filter((windowMs) => windowMs <= EXACT_MAX_MS);
}

export function longWindows(plan: ObjectivePlan): readonly number[] {
  return plan.windowsMs.filter((windowMs) => windowMs > EXACT_MAX_MS);
}
