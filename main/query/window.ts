import { extrapolated, straightLine, type Window } from './extrapolate.ts';
import { KahanMean, KahanSum, quantileOf, varianceOf } from './kahan.ts';

/** What a window says; undefined is no answer. `parameter` is the function's number, where it has one. */
export type WindowFunction = (window: Window, parameter: number) => number | undefined;

export const WINDOW_MATHS: Readonly<Record<string, WindowFunction>> = {
  rate: (window) => extrapolated(window, true, true),
  increase: (window) => extrapolated(window, true, false),
  delta: (window) => extrapolated(window, false, false),
  irate: (window) => lastChange(window, true),
  idelta: (window) => lastChange(window, false),
  deriv: (window) => straightLine(window, window.times[window.from] ?? 0)?.slope,
  predict_linear: (window, ahead) => {
    const line = straightLine(window, window.at);
    return line && line.slope * ahead + line.value;
  },
  changes: (window) => countPairs(window, (a, b) => a !== b && !(Number.isNaN(a) && Number.isNaN(b))),
  resets: (window) => countPairs(window, (a, b) => b < a),
  sum_over_time: (window) => {
    const sum = new KahanSum();
    for (let i = window.from; i < window.to; i += 1) sum.add(window.values[i] ?? 0);
    return some(window, sum.total());
  },
  avg_over_time: (window) => {
    const mean = new KahanMean();
    for (let i = window.from; i < window.to; i += 1) mean.add(window.values[i] ?? 0);
    return some(window, mean.mean());
  },
  min_over_time: (window) => extreme(window, (value, best) => value < best),
  max_over_time: (window) => extreme(window, (value, best) => value > best),
  count_over_time: (window) => some(window, window.to - window.from),
  present_over_time: (window) => some(window, 1),
  last_over_time: (window) => some(window, window.values[window.to - 1] ?? 0),
  first_over_time: (window) => some(window, window.values[window.from] ?? 0),
  stddev_over_time: (window) => some(window, Math.sqrt(varianceOf(inside(window)))),
  stdvar_over_time: (window) => some(window, varianceOf(inside(window))),
  quantile_over_time: (window, q) => some(window, quantileOf(q, Array.from(inside(window)))),
};

/** These answer a sample as it was, so its metric's name stays. */
export const KEEPS_NAME = new Set(['last_over_time', 'first_over_time']);

function some(window: Window, value: number): number | undefined {
  return window.to > window.from ? value : undefined;
}

function inside(window: Window): Float64Array {
  return window.values.subarray(window.from, window.to);
}

function extreme(window: Window, better: (value: number, best: number) => boolean): number | undefined {
  let best = window.values[window.from] ?? 0;
  for (let i = window.from + 1; i < window.to; i += 1) {
    const value = window.values[i] ?? 0;
    if (better(value, best) || Number.isNaN(best)) best = value;
  }
  return some(window, best);
}

function countPairs(window: Window, counts: (a: number, b: number) => boolean): number | undefined {
  let count = 0;
  for (let i = window.from + 1; i < window.to; i += 1)
    if (counts(window.values[i - 1] ?? 0, window.values[i] ?? 0)) count += 1;
  return some(window, count);
}

function lastChange({ times, values, from, to }: Window, isRate: boolean): number | undefined {
  if (to - from < 2) return undefined;
  const last = values[to - 1] ?? 0;
  const before = values[to - 2] ?? 0;
  const change = isRate && last < before ? last : last - before;
  if (!isRate) return change;
  const intervalMs = (times[to - 1] ?? 0) - (times[to - 2] ?? 0);
  return intervalMs > 0 ? change / (intervalMs / 1000) : undefined;
}
