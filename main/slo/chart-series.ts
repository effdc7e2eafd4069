import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget, RangeWindow, Series } from '../../shared/model/metric.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { HOUR_MS, promDuration, SECOND_MS } from '../../shared/unit/time.ts';
import { type Asking, type CountAt, countOver, type Problem, readCounters } from './count.ts';
import { burnRate, errorRate } from './math/index.ts';
import { countSlicesOver } from './slice-count.ts';

const TIMEOUT_MS = 15 * SECOND_MS;
/** Half a day a step: a month's burn-down has 56 points, each of which is one count. */
const BUDGET_STEP_MS = 12 * HOUR_MS;

/**
 * Burn rates over time of the windows that the top row compares, for a chart: one series a window, labelled `window`
 * (`5m`, `1h`), times in milliseconds. Where there were no events there is no point, never zero.
 * Rejects with `chart-failed` where the source cannot answer.
 */
export async function burnSeries(
  status: ObjectiveStatus,
  target: QueryTarget,
  window: RangeWindow,
): Promise<Series[]> {
  const row = status.rows.find((one) => one.leftOut === null);
  if (!row) return [];
  return Promise.all(
    [row.shortMs, row.longMs].map(async (windowMs) => {
      const counted = await counting(status, target, windowMs, window);
      const points = counted.flatMap(({ at, bad, total }) => {
        const burn = burnRate(errorRate(bad, total), status.objective.target);
        return burn === null ? [] : [[at, burn] as const];
      });
      return seriesOf({ window: promDuration(windowMs) }, points);
    }),
  );
}

/**
 * Budget remaining (fraction, may fall below 0) over the running period, oldest first: what each half day spent is
 * taken from the whole, which is the period's traffic so far. Empty where nothing was counted.
 */
export async function budgetSeries(
  status: ObjectiveStatus,
  target: QueryTarget,
  at: number,
): Promise<Series[]> {
  const { periodMs, target: goal } = status.objective;
  const window = { fromAt: at - periodMs + BUDGET_STEP_MS, toAt: at, stepMs: BUDGET_STEP_MS };
  const counted = await counting(status, target, BUDGET_STEP_MS, window);
  const events = counted.reduce((sum, one) => sum + (one.total ?? 0), 0);
  if (events === 0) return [];
  const budget = events * (1 - goal);
  let spent = 0;
  const points = counted.flatMap(({ at: time, bad, total }) => {
    if (bad === null || total === null) return [];
    spent += bad;
    return [[time, 1 - spent / budget] as const];
  });
  const first = points[0];
  return [seriesOf({}, first ? [[first[0] - BUDGET_STEP_MS, 1] as const, ...points] : [])];
}

/** Events, or bad slices of all slices, in the window before each step. */
async function counting(
  status: ObjectiveStatus,
  target: QueryTarget,
  windowMs: number,
  range: RangeWindow,
): Promise<CountAt[]> {
  const asking: Asking = { target, timeoutMs: TIMEOUT_MS, limit: (task) => task() };
  const { slices } = status.objective;
  if (slices) {
    const counted = await countSlicesOver(asking, slices, windowMs, range);
    if (!counted.ok) throw failed(counted.error);
    return counted.value;
  }
  const counters = readCounters(status.objective);
  if (!counters.ok) throw failed(counters.error);
  const counted = await countOver(asking, counters.value, windowMs, range);
  if (!counted.ok) throw failed(counted.error);
  return counted.value;
}

function seriesOf(
  labels: Readonly<Record<string, string>>,
  points: readonly (readonly [number, number])[],
): Series {
  return {
    labels,
    times: Float64Array.from(points, ([time]) => time),
    values: Float64Array.from(points, ([, value]) => value),
  };
}

function failed(problem: Problem): CodedError<'chart-failed'> {
  return new CodedError('chart-failed', `The chart cannot be drawn: ${problem.message}`, { retryable: true });
}
