import type { Objective, ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Problem } from './count.ts';
import type { Decision, ObjectivePlan } from './math/index.ts';
import type { Polled } from './poll-objective.ts';
import type { Tracker } from './tracker.ts';
import { TREND_STEP_MS } from './trend.ts';

/** The status of an objective that was decided. */
export function statusOf(tracker: Tracker, polled: Polled, decision: Decision, at: number): ObjectiveStatus {
  const periodUnknown = decision.budgetConsumed === null && decision.state !== 'blind';
  const budgetProblem = periodUnknown && tracker.slowProblem ? `; ${tracker.slowProblem.message}` : '';
  return {
    objective: tracker.objective,
    ...decision,
    reason: decision.reason + budgetProblem,
    evaluatedAt: at,
    rows: [...tracker.plan.rows],
    trend: tracker.trend?.points ?? [],
    trendStepMs: TREND_STEP_MS,
    pollErrorRate: polled.pollErrorRate,
    pollTotal: polled.pollTotal,
    ...(tracker.period ? { period: { startAt: tracker.period.startAt, endAt: tracker.period.endAt } } : {}),
  };
}

/** The status where nothing was decided: no window, no number, and the sentence that says why. */
export function blindStatus(
  objective: Objective,
  plan: ObjectivePlan | null,
  tracker: Tracker | null,
  problem: Problem,
  at: number,
): ObjectiveStatus {
  return {
    objective,
    state: 'blind',
    reason: problem.message,
    evaluatedAt: at,
    rows: plan ? [...plan.rows] : [],
    windows: [],
    holding: null,
    heldBack: null,
    budgetConsumed: null,
    budgetRemaining: null,
    timeToExhaustionMs: null,
    trend: tracker?.trend?.points ?? [],
    trendStepMs: TREND_STEP_MS,
    pollErrorRate: null,
    pollTotal: null,
  };
}

/** The status before the first evaluation. */
export function startingStatus(objective: Objective): ObjectiveStatus {
  const reason = 'Nothing has been counted yet: the first poll decides.';
  const nothing = blindStatus(objective, null, null, { kind: 'blind', message: reason }, 0);
  return { ...nothing, state: 'starting', evaluatedAt: null };
}
