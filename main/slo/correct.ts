import { ok, type Result } from '../../shared/error/result.ts';
import type { Correction } from '../../shared/model/correction.ts';
import { EXHAUSTION_NEVER, type ObjectiveStatus } from '../../shared/model/objective.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { correctedStretches } from './corrections.ts';
import { type Asking, type Count, countWindow, type Problem } from './count.ts';
import { burnRate, errorRate, RATE_WINDOW_MS, timeToExhaustion, windowOf } from './math/index.ts';
import { spanOf, type Tracker } from './tracker.ts';

/** Counted anew this often while a correction is in force: its end, or the period's far end, may move. */
const RECOUNT_MS = MINUTE_MS;

/** Counts what the corrections in force take out of the period; kept with the tracker. */
export async function keepCorrected(
  tracker: Tracker,
  asking: Asking,
  corrections: readonly Correction[],
  at: number,
): Promise<Problem | null> {
  const known = tracker.corrected;
  const isSame =
    known?.of.length === corrections.length && known.of.every((one, i) => one === corrections[i]);
  if (known && isSame && Math.abs(at - known.at) < RECOUNT_MS) return null;
  const fromAt = at - spanOf(tracker, tracker.plan.periodMs, at);
  let bad = 0;
  let total = 0;
  for (const stretch of correctedStretches(corrections, fromAt, at)) {
    const counted = await countStretch(tracker, asking, stretch.toAt - stretch.fromAt, stretch.toAt);
    if (!counted.ok) return counted.error;
    bad += counted.value.bad ?? 0;
    total += counted.value.total ?? 0;
  }
  tracker.corrected = { bad, total, of: corrections, at };
  return null;
}

async function countStretch(
  tracker: Tracker,
  asking: Asking,
  lengthMs: number,
  at: number,
): Promise<Result<Count, Problem>> {
  if (tracker.kind === 'events') return countWindow(asking, tracker.counters, lengthMs, at);
  const { bad, seen } = tracker.ring.count(at - lengthMs, at);
  return ok({ bad, total: seen });
}

/** The status with its budget corrected, and the uncorrected number beside it. Burn rates stay: they are what happens now. */
export function correctedStatus(status: ObjectiveStatus, tracker: Tracker | null): ObjectiveStatus {
  const taken = tracker?.corrected;
  const inForce = taken?.of.some((one) => one.revoked === null) ?? false;
  const period = tracker && windowOf(status.windows, tracker.plan.periodMs);
  if (!tracker || !taken || !inForce || !period || period.bad === null || period.total === null)
    return status;
  const { budgetConsumed, budgetRemaining } = status;
  if (budgetConsumed === null) return status;
  const bad = Math.max(0, period.bad - (taken.bad ?? 0));
  const total = Math.max(0, period.total - (taken.total ?? 0));
  const { plan } = tracker;
  const consumed = plan.isCalendar
    ? budgetConsumed * (period.bad > 0 ? bad / period.bad : 0)
    : burnRate(errorRate(bad, total), plan.target, period.seenFraction);
  // Nothing is left of the period: nothing of the budget was spent outside the corrections.
  const spent = consumed ?? 0;
  const holding = status.rows.find((row) => row.name === status.holding && status.heldBack === null);
  const rate = windowOf(status.windows, holding?.longMs ?? RATE_WINDOW_MS)?.burnRate ?? null;
  const exhaustion = timeToExhaustion(1 - spent, rate, plan.periodMs);
  return {
    ...status,
    budgetConsumed: spent,
    budgetRemaining: 1 - spent,
    timeToExhaustionMs: exhaustion === Number.POSITIVE_INFINITY ? EXHAUSTION_NEVER : exhaustion,
    uncorrected: { budgetConsumed, budgetRemaining },
  };
}
