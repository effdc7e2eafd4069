import type { PolicyConfig, PolicyRowConfig } from '../../../shared/config/policy.ts';
import type { PolicyRow } from '../../../shared/model/objective.ts';
import { formatPercent, formatSignificant } from '../../../shared/unit/number.ts';
import { formatDuration, parseDuration } from '../../../shared/unit/time.ts';
import { budgetRate } from './budget.ts';

/** A long window over this share of the period averages away what the row is for. */
const LONG_WINDOW_SHARE = 1 / 8;

/**
 * The rows of a policy for one target and period, with their derived thresholds; rows that cannot serve stay in the
 * answer with the reason in `leftOut`. Threshold = budget fraction · period / long window.
 * Source: https://sre.google/workbook/alerting-on-slos/, "Multiwindow, Multi-Burn-Rate Alerts".
 */
export function derivePolicyRows(policy: PolicyConfig, target: number, periodMs: number): PolicyRow[] {
  return policy.rows.map((row) => deriveRow(row, policy.raise_to_one, target, periodMs));
}

function deriveRow(row: PolicyRowConfig, raise: boolean, target: number, periodMs: number): PolicyRow {
  const longMs = parseDuration(row.long) ?? 0;
  const shortMs = parseDuration(row.short) ?? 0;
  const derived = row.threshold ?? tidy(((row.budget_fraction ?? 0) * periodMs) / longMs);
  const raisedToOne = raise && row.threshold === undefined && derived < 1;
  const threshold = raisedToOne ? 1 : derived;
  const leftOut = whyLeftOut(threshold, longMs, target, periodMs);
  const detect = (error: number) => (leftOut ? null : detectionMs(threshold, longMs, target, error));
  return {
    name: row.name,
    priority: row.priority,
    longMs,
    shortMs,
    budgetFraction: row.budget_fraction ?? tidy((derived * longMs) / periodMs),
    threshold,
    raisedToOne,
    leftOut,
    detectionMs: { all: detect(1), tenth: detect(0.1), hundredth: detect(0.01) },
  };
}

function whyLeftOut(threshold: number, longMs: number, target: number, periodMs: number): string | null {
  if (longMs > periodMs * LONG_WINDOW_SHARE) {
    return `Left out: its long window of ${formatDuration(longMs)} is more than an eighth of the period of ${formatDuration(periodMs)}.`;
  }
  const ceiling = maximumBurnRate(target);
  if (threshold >= ceiling) {
    return `Can never fire: at a target of ${formatPercent(target, 6)} the burn rate cannot exceed 1 / (1 − T) = ${formatSignificant(ceiling)}×, and the row needs more than ${formatSignificant(threshold, 4)}×.`;
  }
  return null;
}

/** 1 / (1 − T): the burn rate while every event fails. */
export function maximumBurnRate(target: number): number {
  return 1 / budgetRate(target);
}

/**
 * How long a constant error rate takes to lift the long window over the threshold: (threshold · (1 − T) / e) · long.
 * Null where that error rate never does.
 */
export function detectionMs(threshold: number, longMs: number, target: number, error: number): number | null {
  const share = (threshold * budgetRate(target)) / error;
  return share < 1 ? share * longMs : null;
}

/** 0.1 · 30 d / 3 d must be 1 and not 1.0000000000000002: a threshold is compared and shown. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
