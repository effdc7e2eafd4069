import { seriesKey } from '../../main/store/index.ts';
import type { Labels } from '../../shared/model/metric.ts';

/** One series of an answer: values by instant. */
export interface AnsweredSeries {
  readonly labels: Labels;
  readonly points: ReadonlyMap<number, number>;
}

/**
 * How far two numbers may differ, relative to the larger. Prometheus 2.42 adds up in another order, and without what
 * rounding loses; a value that was made by such sums has their error.
 */
export const TOLERANCE = 1e-9;

/** What differs between two answers, in a few words, or undefined. */
export function differenceOf(
  wanted: readonly AnsweredSeries[],
  got: readonly AnsweredSeries[],
): string | undefined {
  const byKey = new Map(got.map((one) => [seriesKey(one.labels), one]));
  const missing = wanted.find(({ labels }) => !byKey.has(seriesKey(labels)));
  if (missing)
    return `there is no ${seriesKey(missing.labels)} (${got.length} series instead of ${wanted.length})`;
  if (byKey.size !== wanted.length) {
    const keys = new Set(wanted.map(({ labels }) => seriesKey(labels)));
    return `${got.length} series instead of ${wanted.length}; one too many is ${[...byKey.keys()].find((key) => !keys.has(key))}`;
  }
  for (const { labels, points } of wanted) {
    const key = seriesKey(labels);
    const own = byKey.get(key)?.points ?? new Map<number, number>();
    for (const [at, value] of points) {
      const other = own.get(at);
      if (other === undefined || !isSame(value, other))
        return `${key} at ${at}: ${other} instead of ${value}`;
    }
    if (own.size !== points.size) {
      const extra = [...own.keys()].find((at) => !points.has(at));
      return `${key} has ${own.size} values instead of ${points.size}, one of them at ${extra}`;
    }
  }
  return undefined;
}

export function isSame(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
