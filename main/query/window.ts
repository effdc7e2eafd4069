import { extrapolated, straightLine, type Window } from './extrapolate.ts';
import { QueryFailure } from './failure.ts';
import { KahanMean, KahanSum, quantileOf, varianceOf } from './kahan.ts';

/** What a window says; undefined is no answer. `first` and `second` are the function's numbers, where it has some. */
export type WindowFunction = (window: Window, first: number, second: number) => number | undefined;

const PLAIN: Readonly<Record<string, WindowFunction>> = {
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
  sum_over_time: ({ values, from, to }) => {
    const sum = new KahanSum();
    for (let i = from; i < to; i += 1) sum.add(values[i] ?? 0);
    return sum.total();
  },
  avg_over_time: ({ values, from, to }) => {
    const mean = new KahanMean();
    for (let i = from; i < to; i += 1) mean.add(values[i] ?? 0);
    return mean.mean();
  },
  count_over_time: (window) => window.to - window.from,
  present_over_time: () => 1,
  absent_over_time: () => 1,
  last_over_time: (window) => window.values[window.to - 1] ?? 0,
  first_over_time: (window) => window.values[window.from] ?? 0,
  ts_of_last_over_time: (window) => (window.times[window.to - 1] ?? 0) / 1000,
  ts_of_first_over_time: (window) => (window.times[window.from] ?? 0) / 1000,
  ts_of_max_over_time: (window) => timeOf(window, (value, best) => value >= best),
  ts_of_min_over_time: (window) => timeOf(window, (value, best) => value <= best),
  stddev_over_time: (window) => Math.sqrt(varianceOf(inside(window))),
  stdvar_over_time: (window) => varianceOf(inside(window)),
  quantile_over_time: (window, q) => quantileOf(q, inside(window)),
  mad_over_time: (window) => {
    const median = quantileOf(0.5, inside(window));
    return quantileOf(
      0.5,
      inside(window).map((value) => Math.abs(value - median)),
    );
  },
  double_exponential_smoothing: smoothed,
  holt_winters: smoothed,
};

/** Those that keep something from one window of a series to the next. */
const SLIDING: Readonly<Record<string, () => WindowFunction>> = {
  rate: () => counting(true),
  increase: () => counting(false),
  min_over_time: () => extreme((value, best) => value < best),
  max_over_time: () => extreme((value, best) => value > best),
};

/** A function over windows; made anew for each series, whose windows it must see in order. */
export function windowMaths(name: string): () => WindowFunction {
  const sliding = Object.hasOwn(SLIDING, name) ? SLIDING[name] : undefined;
  if (sliding) return sliding;
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (!plain) throw new Error(`The function ${name} has no arithmetic.`);
  return () => plain;
}

/** These answer a sample as it was, so its metric's name stays. */
export const KEEPS_NAME: ReadonlySet<string> = new Set(['last_over_time', 'first_over_time']);

function inside(window: Window): Float64Array {
  return window.values.subarray(window.from, window.to);
}

/** A counter that never falls in all that was read needs no second look in each window. */
function counting(isRate: boolean): WindowFunction {
  let mayFall: boolean | undefined;
  return (window) => {
    mayFall ??= falls(window.values);
    return extrapolated(window, true, isRate, mayFall);
  };
}

function falls(values: Float64Array): boolean {
  let previous = values[0] ?? 0;
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (!(value >= previous)) return true;
    previous = value;
  }
  return false;
}

/** Looks at what is new in the window, and at all of it only where the best has left it. */
function extreme(better: (value: number, best: number) => boolean): WindowFunction {
  let bestAt = -1;
  let seen = 0;
  return ({ values, from, to }) => {
    let from2 = seen;
    if (bestAt < from) {
      bestAt = from;
      from2 = from + 1;
    }
    let best = values[bestAt] ?? 0;
    for (let i = from2; i < to; i += 1) {
      const value = values[i] ?? 0;
      if (better(value, best) || Number.isNaN(best)) {
        best = value;
        bestAt = i;
      }
    }
    seen = to;
    return best;
  };
}

function timeOf(window: Window, better: (value: number, best: number) => boolean): number {
  let bestAt = window.from;
  for (let i = window.from + 1; i < window.to; i += 1) {
    const best = window.values[bestAt] ?? 0;
    if (better(window.values[i] ?? 0, best) || Number.isNaN(best)) bestAt = i;
  }
  return (window.times[bestAt] ?? 0) / 1000;
}

function countPairs(window: Window, counts: (a: number, b: number) => boolean): number {
  let count = 0;
  for (let i = window.from + 1; i < window.to; i += 1)
    if (counts(window.values[i - 1] ?? 0, window.values[i] ?? 0)) count += 1;
  return count;
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

/**
 * Smoothed twice, for level and for trend.
 * Source: https://www.itl.nist.gov/div898/handbook/pmc/section4/pmc433.htm
 */
function smoothed({ values, from, to }: Window, level: number, trend: number): number | undefined {
  for (const factor of [level, trend])
    if (!(factor > 0 && factor < 1))
      throw new QueryFailure('execution', `A smoothing factor must lie between 0 and 1; ${factor} does not.`);
  if (to - from < 2) return undefined;
  let before = 0;
  let now = values[from] ?? 0;
  let slope = (values[from + 1] ?? 0) - now;
  for (let i = from + 1; i < to; i += 1) {
    if (i > from + 1) slope = trend * (now - before) + (1 - trend) * slope;
    const next = level * (values[i] ?? 0) + (1 - level) * (now + slope);
    before = now;
    now = next;
  }
  return now;
}
