/**
 * The formulas of budgets and burns. Fractions are 0 to 1, durations milliseconds; `null` is *no data*, which is not zero.
 * Source: The Site Reliability Workbook, chapters 2 and 5, https://sre.google/workbook/alerting-on-slos/
 */

/** b = 1 − T: the share of events that may fail. */
export function budgetRate(target: number): number {
  return 1 - target;
}

/** The budget as time at 100 % errors: 99.9 % over 30 d gives 43.2 min. */
export function budgetMs(target: number, periodMs: number): number {
  return budgetRate(target) * periodMs;
}

/** e(w) = bad(w) / total(w); null where nothing happened. `increase` extrapolates, so bad may pass total by a hair: capped. */
export function errorRate(bad: number | null, total: number | null): number | null {
  if (bad === null || total === null || !(total > 0)) return null;
  return Math.min(1, Math.max(0, bad) / total);
}

/**
 * B(w) = e(w) / b. Of a window not fully seen, the unseen time counts as good at the present traffic:
 * total grows to total / seen, so the burn rate is a lower bound. Never over 1 / (1 − T).
 */
export function burnRate(error: number | null, target: number, seenFraction = 1): number | null {
  if (error === null || !(seenFraction > 0)) return null;
  return (error * Math.min(1, seenFraction)) / budgetRate(target);
}

/** C = e(P) / b: 1 is all of the budget, and it may exceed 1. The same division as a burn rate over the period. */
export function budgetConsumed(periodError: number | null, target: number, seenFraction = 1): number | null {
  return burnRate(periodError, target, seenFraction);
}

/**
 * C of a calendar period: bad so far over the budget of its whole length. For occurrences that length's traffic is the
 * last full period's; for time slices it is exact.
 */
export function calendarConsumed(
  bad: number | null,
  wholeTotal: number | null,
  target: number,
): number | null {
  if (bad === null || wholeTotal === null || !(wholeTotal > 0)) return null;
  return bad / (wholeTotal * budgetRate(target));
}

/** R = 1 − C; negative once the budget is overspent. */
export function budgetRemaining(consumed: number | null): number | null {
  return consumed === null ? null : 1 - consumed;
}

/**
 * X = R · P / B(w), "at this rate": it assumes this burn and no budget rolling back.
 * Infinity where nothing burns, 0 where nothing is left, null where either is unknown.
 */
export function timeToExhaustion(
  remaining: number | null,
  burn: number | null,
  periodMs: number,
): number | null {
  if (remaining === null) return null;
  if (remaining <= 0) return 0;
  if (burn === null) return null;
  return burn === 0 ? Number.POSITIVE_INFINITY : (remaining * periodMs) / burn;
}
