import type { Result } from '../../shared/error/result.ts';
import { ok } from '../../shared/error/result.ts';
import type { RangeWindow } from '../../shared/model/metric.ts';
import type { Slices } from '../../shared/model/objective.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { type Asking, type CountAt, type Counters, countOver, type Problem } from './count.ts';
import { burnRate, errorRate, RATE_WINDOW_MS } from './math/index.ts';
import { countSlicesOver } from './slice-count.ts';

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
  const window = trendRange(at);
  const counted = await countOver(asking, counters, RATE_WINDOW_MS, window);
  return counted.ok ? ok(onGrid(counted.value, target, window.fromAt)) : counted;
}

/** The same of time slices. */
export async function askSliceTrend(
  asking: Asking,
  slices: Slices,
  target: number,
  at: number,
): Promise<Result<(number | null)[], Problem>> {
  const window = trendRange(at);
  const counted = await countSlicesOver(asking, slices, RATE_WINDOW_MS, window);
  return counted.ok ? ok(onGrid(counted.value, target, window.fromAt)) : counted;
}

function trendRange(at: number): RangeWindow {
  return { fromAt: at - (TREND_POINTS - 1) * TREND_STEP_MS, toAt: at, stepMs: TREND_STEP_MS };
}

function onGrid(counted: readonly CountAt[], target: number, fromAt: number): (number | null)[] {
  const grid: (number | null)[] = new Array(TREND_POINTS).fill(null);
  for (const { at: time, bad, total } of counted) {
    const place = Math.round((time - fromAt) / TREND_STEP_MS);
    if (place >= 0 && place < TREND_POINTS) grid[place] = burnRate(errorRate(bad, total), target);
  }
  return grid;
}
