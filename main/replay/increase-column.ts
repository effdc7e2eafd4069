import { MINUTE_MS } from '../../shared/unit/time.ts';
import type { PastGrid } from '../slo/index.ts';
import type { StoredSeries } from '../store/index.ts';

/** Samples of one series without stale markers, with what resets have taken away before each of them. */
export interface CounterSamples {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly lost: Float64Array;
}

export function counterSamples(series: Pick<StoredSeries, 'times' | 'values' | 'stale'>): CounterSamples {
  const stale = new Set(series.stale);
  const keep = (_one: number, at: number) => !stale.has(at);
  const times = stale.size > 0 ? series.times.filter(keep) : series.times;
  const values = stale.size > 0 ? series.values.filter(keep) : series.values;
  const lost = new Float64Array(times.length);
  for (let i = 1; i < times.length; i += 1) {
    const before = values[i - 1] ?? 0;
    lost[i] = (lost[i - 1] ?? 0) + ((values[i] ?? 0) < before ? before : 0);
  }
  return { times, values, lost };
}

/** PromQL shows a sample for so long: a window that begins within it was seen from its beginning. */
const SIGHT_MS = 5 * MINUTE_MS;

/**
 * Adds one series' `increase` over the window at each step to `sum`, marks in `present` where there was one, and keeps in
 * `seen` the part of the window from its first sample on, of the series that has most. Both ends of the window only move
 * forward, so a step costs its new samples, however long the window is.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#increase
 */
export function addIncreases(
  samples: CounterSamples,
  windowMs: number,
  grid: PastGrid,
  sum: Float64Array,
  present: Uint8Array,
  seen: Float64Array,
): void {
  const { times } = samples;
  let from = 0;
  let to = 0;
  for (let step = 0; step < grid.steps; step += 1) {
    const endAt = grid.fromAt + step * grid.stepMs;
    const startAt = endAt - windowMs;
    while (to < times.length && (times[to] as number) <= endAt) to += 1;
    while (from < to && (times[from] as number) <= startAt) from += 1;
    if (to - from < 2) continue;
    sum[step] = (sum[step] ?? 0) + increase(samples, from, to - 1, startAt, endAt);
    present[step] = 1;
    const before = from === 0 ? Number.NEGATIVE_INFINITY : (times[from - 1] as number);
    const part = startAt - before <= SIGHT_MS ? 1 : (endAt - (times[from] as number)) / windowMs;
    if (part > (seen[step] ?? 0)) seen[step] = part;
  }
}

function increase(
  { times, values, lost }: CounterSamples,
  first: number,
  last: number,
  startAt: number,
  endAt: number,
): number {
  const firstAt = times[first] as number;
  const lastAt = times[last] as number;
  const change =
    (values[last] as number) - (values[first] as number) + ((lost[last] as number) - (lost[first] as number));
  const seenMs = lastAt - firstAt;
  const spacingMs = seenMs / (last - first);
  // A little more than the usual distance to the edge means that the series ends there.
  const closeMs = spacingMs * 1.1;
  let beforeMs = firstAt - startAt;
  let afterMs = endAt - lastAt;
  if (beforeMs >= closeMs) beforeMs = spacingMs / 2;
  if (afterMs >= closeMs) afterMs = spacingMs / 2;
  // A counter is never negative, so it cannot be stretched to before it was zero.
  const value = values[first] as number;
  if (change > 0 && value >= 0) beforeMs = Math.min(beforeMs, seenMs * (value / change));
  return (change * (seenMs + beforeMs + afterMs)) / seenMs;
}
