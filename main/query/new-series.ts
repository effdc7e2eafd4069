import type { Matcher, MetricReader } from '../store/index.ts';
import type { PlainSeries } from './context.ts';

/** Labels that say which target a series was scraped from. */
const TARGET_LABELS = ['job', 'instance'] as const;

/** A target is "being seen" when any of its series has a sample in this time before. */
export const SEEN_WITHIN_MS = 300_000;

/**
 * A series that is first seen while its target was already being seen began at 0 between two scrapes: its first value is
 * an increase, which plain `increase` cannot know. Gives such a series a zero at the target's last sample before it.
 * Source: domain terms, section 2.
 */
export function countFromZero(
  reader: MetricReader,
): (functionName: string, series: PlainSeries) => PlainSeries {
  const seenBefore = new Map<string, number | undefined>();
  const lastSeen = (series: PlainSeries): number | undefined => {
    const matchers = TARGET_LABELS.flatMap((name): Matcher[] => {
      const value = Object.hasOwn(series.labels, name) ? series.labels[name] : undefined;
      return value ? [{ name, op: '=', value }] : [];
    });
    if (matchers.length === 0) return undefined;
    const key = JSON.stringify([matchers, series.firstAt]);
    if (!seenBefore.has(key)) {
      const others = reader.select(matchers, series.firstAt - SEEN_WITHIN_MS, series.firstAt - 1);
      const times = others.map((other) => other.times.at(-1) ?? Number.NEGATIVE_INFINITY);
      const last = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      seenBefore.set(key, Number.isFinite(last) ? last : undefined);
    }
    return seenBefore.get(key);
  };
  return (functionName, series) => {
    if (functionName !== 'increase' && functionName !== 'rate') return series;
    if (series.times[0] !== series.firstAt || !((series.values[0] ?? 0) > 0)) return series;
    const zeroAt = lastSeen(series);
    if (zeroAt === undefined) return series;
    return {
      ...series,
      times: preceded(zeroAt, series.times),
      values: preceded(0, series.values),
    };
  };
}

function preceded(first: number, rest: Float64Array): Float64Array {
  const all = new Float64Array(rest.length + 1);
  all[0] = first;
  all.set(rest, 1);
  return all;
}
