import type { Result } from '../../shared/error/result.ts';
import { ok } from '../../shared/error/result.ts';
import type { Series } from '../../shared/model/metric.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { increaseQuery } from './build-query.ts';
import { type Asking, askRange, type Counters, combine, type Problem } from './count.ts';
import { burnRate, errorRate, RATE_WINDOW_MS } from './math/index.ts';

const TREND_POINTS = 96;
export const TREND_STEP_MS = 15 * MINUTE_MS;
/** How often the trend is asked for anew: it is a picture, not a verdict. */
export const TREND_EVERY_MS = 5 * MINUTE_MS;

/** Burn over 1 h at each quarter of an hour of the last day, oldest first; null is no data. */
export async function askTrend(
  asking: Asking,
  counters: Counters,
  target: number,
  at: number,
): Promise<Result<(number | null)[], Problem>> {
  const fromAt = at - (TREND_POINTS - 1) * TREND_STEP_MS;
  const window = { fromAt, toAt: at, stepMs: TREND_STEP_MS };
  const [part, total] = await Promise.all([
    askRange(asking, increaseQuery(counters.part, RATE_WINDOW_MS), window),
    askRange(asking, increaseQuery(counters.total, RATE_WINDOW_MS), window),
  ]);
  if (!total.ok) return total;
  if (!part.ok) return part;
  const parts = onGrid(part.value, fromAt);
  const totals = onGrid(total.value, fromAt);
  return ok(
    totals.map((events, index) => {
      const count = combine(counters.partIs, parts[index] ?? null, events);
      return burnRate(errorRate(count.bad, count.total), target);
    }),
  );
}

function onGrid(series: Series | null, fromAt: number): (number | null)[] {
  const grid: (number | null)[] = new Array(TREND_POINTS).fill(null);
  series?.times.forEach((time, index) => {
    const place = Math.round((time - fromAt) / TREND_STEP_MS);
    const value = series.values[index];
    if (place >= 0 && place < TREND_POINTS && value !== undefined && Number.isFinite(value))
      grid[place] = value;
  });
  return grid;
}
