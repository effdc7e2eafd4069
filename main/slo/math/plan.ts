import type { PolicyConfig } from '../../../shared/config/policy.ts';
import type { Objective, PolicyRow } from '../../../shared/model/objective.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { derivePolicyRows } from './policy-row.ts';

/** The window of reasons and of the failing share. */
export const REASON_WINDOW_MS = 5 * MINUTE_MS;
/** The window of the trend, and of the time to exhaustion while no row holds. */
export const RATE_WINDOW_MS = HOUR_MS;

/** All that deciding about one objective needs besides counts: numbers only, so that it crosses to a worker cheaply. */
export interface ObjectivePlan {
  readonly id: string;
  readonly target: number;
  readonly periodMs: number;
  readonly rows: readonly PolicyRow[];
  readonly minimumFailures: number;
  readonly minimumEvents: number;
  /** Every window that is counted, ascending; the last one is the period. */
  readonly windowsMs: readonly number[];
}

export function planObjective(objective: Objective, policy: PolicyConfig): ObjectivePlan {
  const rows = derivePolicyRows(policy, objective.target, objective.periodMs);
  const wanted = rows
    .filter((row) => row.leftOut === null)
    .flatMap((row) => [row.longMs, row.shortMs])
    .concat(REASON_WINDOW_MS, RATE_WINDOW_MS)
    .filter((windowMs) => windowMs < objective.periodMs);
  return {
    id: objective.id,
    target: objective.target,
    periodMs: objective.periodMs,
    rows,
    minimumFailures: policy.minimum_failures,
    minimumEvents: policy.minimum_events,
    windowsMs: [...new Set([...wanted, objective.periodMs])].sort((a, b) => a - b),
  };
}
