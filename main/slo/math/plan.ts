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
  /** What is counted: events that fail, or slices that are bad as a whole. */
  readonly unit: 'events' | 'slices';
  /** A calendar period grows from its start; its budget is that of its whole length. */
  readonly isCalendar: boolean;
  /** Every window that is counted, ascending; the last one is the period. */
  readonly windowsMs: readonly number[];
}

/** `periodMs` is the running period's real length, where it is one of a calendar. */
export function planObjective(
  objective: Objective,
  policy: PolicyConfig,
  periodMs: number = objective.periodMs,
): ObjectivePlan {
  const rows = derivePolicyRows(policy, objective.target, periodMs);
  const wanted = rows
    .filter((row) => row.leftOut === null)
    .flatMap((row) => [row.longMs, row.shortMs])
    .concat(REASON_WINDOW_MS, RATE_WINDOW_MS)
    .filter((windowMs) => windowMs < periodMs);
  return {
    id: objective.id,
    target: objective.target,
    periodMs,
    rows,
    minimumFailures: policy.minimum_failures,
    minimumEvents: policy.minimum_events,
    unit: objective.slices ? 'slices' : 'events',
    isCalendar: objective.calendar !== undefined,
    windowsMs: [...new Set([...wanted, periodMs])].sort((a, b) => a - b),
  };
}
