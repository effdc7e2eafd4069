import type { Series } from '../../shared/model/metric.ts';
import type { AlertRule } from './alert-rule.ts';
import { compares, splitThreshold } from './threshold.ts';

/** What the evaluator asks of a rule's source: what is measured, or the whole expression. */
export function askedOf(rule: AlertRule): string {
  return (rule.watchdog ? null : splitThreshold(rule.expression)?.measured) ?? rule.expression;
}

/**
 * Marks the steps at which a rule that has no alert may begin one, from what its expression answered over them: a value
 * past its threshold, no number, no series. At all other steps its evaluation says nothing that is news.
 */
export function stepsThatMayAlert(
  rule: AlertRule,
  series: readonly Series[],
  grid: { readonly fromAt: number; readonly stepMs: number; readonly steps: number },
): Uint8Array {
  const threshold = rule.watchdog ? null : splitThreshold(rule.expression);
  const present = new Uint8Array(grid.steps);
  const may = new Uint8Array(grid.steps);
  for (const { times, values } of series)
    for (let i = 0; i < times.length; i += 1) {
      const step = Math.round(((times[i] as number) - grid.fromAt) / grid.stepMs);
      if (step < 0 || step >= grid.steps) continue;
      present[step] = 1;
      const value = values[i] as number;
      if (threshold !== null && (Number.isNaN(value) || compares(value, threshold))) may[step] = 1;
    }
  // Without a threshold the answer itself is the alert; a heartbeat and a measured value alert where they are missing.
  if (threshold === null && !rule.watchdog) return present;
  for (let step = 0; step < grid.steps; step += 1) if (present[step] === 0) may[step] = 1;
  return may;
}
