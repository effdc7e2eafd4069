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

/** A series on the grid; `laterMs` moves it to later times. Infinite values and missing steps are gaps. */
export function placeSeries(series: Series, grid: Grid, laterMs: number): Float64Array {
  return grid.per === 1 ? placeEach(series, grid, laterMs) : placeExtremes(series, grid, laterMs);
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
