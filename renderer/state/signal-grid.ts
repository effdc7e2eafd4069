import type { Series } from '../../shared/model/metric.ts';

/** The times on which a frame is drawn: each step of the answer, or two for each pixel where there are more steps. */
export interface Grid {
  readonly fromAt: number;
  readonly stepMs: number;
  readonly steps: number;
  /** Steps that share a pixel; 1: each has its own column. */
  readonly per: number;
  readonly slots: number;
}

export function gridOf(wish: { fromAt: number; toAt: number; stepMs: number; widthPx: number }): Grid {
  const { fromAt, stepMs } = wish;
  const steps = Math.max(1, Math.floor((wish.toAt - fromAt) / stepMs) + 1);
  const width = Math.max(1, Math.floor(wish.widthPx));
  // Up to two steps a pixel nothing is won by reducing.
  const per = steps <= width * 2 ? 1 : Math.ceil(steps / width);
  const slots = per === 1 ? steps : Math.ceil(steps / per) * 2;
  return { fromAt, stepMs, steps, per, slots };
}

export function secondsOf(grid: Grid): Float64Array {
  const { per, fromAt, stepMs } = grid;
  return Float64Array.from({ length: grid.slots }, (_, slot) => {
    const step = per === 1 ? slot : Math.floor(slot / 2) * per + (slot % 2) * Math.floor(per / 2);
    return (fromAt + step * stepMs) / 1_000;
  });
}

/** What was seen of a series while it was placed; over its finite values. */
export interface Tally {
  min: number;
  max: number;
  sum: number;
  count: number;
}

export function emptyTally(): Tally {
  return { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, sum: 0, count: 0 };
}

/** A series on the grid; `laterMs` moves it to later times. Infinite values and missing steps are gaps. */
export function placeSeries(series: Series, grid: Grid, laterMs: number): Float64Array {
  if (isWhole(series, grid, laterMs)) return placeWhole(series, grid, emptyTally());
  return grid.per === 1 ? placeEach(series, grid, laterMs) : placeExtremes(series, grid, laterMs);
}

/** Whether there is a sample at each step: their times ascend, so the first, the last and the count say it. */
export function isWhole({ times }: Series, grid: Grid, laterMs: number): boolean {
  const last = times.length - 1;
  return (
    grid.per > 1 &&
    times.length === grid.steps &&
    (times[0] as number) + laterMs === grid.fromAt &&
    (times[last] as number) + laterMs === grid.fromAt + last * grid.stepMs
  );
}

/** As `placeExtremes`, of a series that is whole: its times need not be read, and its statistics come with it. */
export function placeWhole({ values }: Series, grid: Grid, tally: Tally): Float64Array {
  const column = new Float64Array(grid.slots).fill(Number.NaN);
  const { per, steps } = grid;
  for (let from = 0, slot = 0; from < steps; from += per, slot += 2) {
    const to = Math.min(steps, from + per);
    let low = values[from] as number;
    let high = low;
    let lowAt = from;
    let highAt = from;
    let sum = 0;
    for (let i = from; i < to; i += 1) {
      const value = values[i] as number;
      sum += value;
      if (value < low) {
        low = value;
        lowAt = i;
      } else if (value > high) {
        high = value;
        highAt = i;
      }
    }
    // One value that is none makes the sum none: such a pixel is looked at again with care.
    if (!Number.isFinite(sum)) {
      placePixel(column, slot, values.subarray(from, to), tally);
      continue;
    }
    column[slot] = lowAt <= highAt ? low : high;
    column[slot + 1] = lowAt <= highAt ? high : low;
    if (low < tally.min) tally.min = low;
    if (high > tally.max) tally.max = high;
    tally.sum += sum;
    tally.count += to - from;
  }
  return column;
}

function placePixel(column: Float64Array, slot: number, values: Float64Array, tally: Tally): void {
  let lowAt = -1;
  let highAt = -1;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (lowAt < 0 || value < (values[lowAt] as number)) lowAt = i;
    if (highAt < 0 || value > (values[highAt] as number)) highAt = i;
    tally.sum += value;
    tally.count += 1;
  }
  if (lowAt < 0) return;
  const [low, high] = [values[lowAt] as number, values[highAt] as number];
  column[slot] = lowAt <= highAt ? low : high;
  column[slot + 1] = lowAt <= highAt ? high : low;
  tally.min = Math.min(tally.min, low);
  tally.max = Math.max(tally.max, high);
}

function placeEach({ times, values }: Series, grid: Grid, laterMs: number): Float64Array {
  const column = new Float64Array(grid.slots).fill(Number.NaN);
  for (let i = 0; i < times.length; i += 1) {
    const step = Math.round(((times[i] as number) + laterMs - grid.fromAt) / grid.stepMs);
    const value = values[i] as number;
    if (step >= 0 && step < grid.steps && Number.isFinite(value)) column[step] = value;
  }
  return column;
}

/** The lowest and the highest of each pixel, the earlier first: no spike and no dip is lost by drawing less. */
function placeExtremes({ times, values }: Series, grid: Grid, laterMs: number): Float64Array {
  const column = new Float64Array(grid.slots).fill(Number.NaN);
  const { per, fromAt, stepMs, steps } = grid;
  let pixel = -1;
  // A sample is compared with the end of its pixel, and divided only where another one begins.
  let endAt = Number.NEGATIVE_INFINITY;
  let low = Number.NaN;
  let high = Number.NaN;
  let lowAt = 0;
  let highAt = 0;
  const put = () => {
    if (pixel < 0 || Number.isNaN(low)) return;
    column[pixel * 2] = lowAt <= highAt ? low : high;
    column[pixel * 2 + 1] = lowAt <= highAt ? high : low;
  };
  for (let i = 0; i < times.length; i += 1) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const at = (times[i] as number) + laterMs;
    if (at >= endAt) {
      const step = Math.round((at - fromAt) / stepMs);
      if (step < 0) continue;
      if (step >= steps) break;
      put();
      pixel = Math.floor(step / per);
      endAt = fromAt + ((pixel + 1) * per - 0.5) * stepMs;
      low = value;
      high = value;
      lowAt = i;
      highAt = i;
    } else if (value < low) {
      low = value;
      lowAt = i;
    } else if (value > high) {
      high = value;
      highAt = i;
    }
  }
  put();
  return column;
}
