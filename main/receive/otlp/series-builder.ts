import type { Labels } from '../../../shared/model/metric.ts';
import type { ReceivedSeries } from '../received.ts';
import { tooMuch } from './budget.ts';

/** Labels of a point, sorted by name, with the text that tells them from all others. */
export interface PointLabels {
  readonly pairs: readonly (readonly [string, string])[];
  readonly key: string;
}

/** Which of a point's series: `_bucket` with its `le`, `_count`, …; null is the plain name. */
export interface SeriesPart {
  readonly suffix: '' | '_bucket' | '_count' | '_sum';
  readonly extra: { readonly name: 'le' | 'quantile'; readonly value: string } | null;
}

/** Where the samples of one point go. */
export interface PointSink {
  put(part: SeriesPart, at: number, value: number): void;
  /** Marks the series as ended at this instant. */
  end(part: SeriesPart, at: number): void;
}

export interface SeriesBuilder {
  of(name: string, labels: PointLabels): PointSink;
  finish(): readonly ReceivedSeries[];
}

/**
 * The NaN by which Prometheus marks the end of a series.
 * Source: https://github.com/prometheus/prometheus/blob/main/model/value/value.go
 */
const STALE_BITS = 0x7ff0000000000002n;

interface Growing {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: number[];
  readonly values: number[];
  /** Indices of the markers: a NaN loses its bits where it is kept as a number. */
  readonly ends: Set<number>;
}

/** Collects samples of one body by series; more than `samplesMax` end the reading. */
export function createSeriesBuilder(samplesMax: number): SeriesBuilder {
  const series = new Map<string, Growing>();
  let samples = 0;
  const growing = (name: string, { pairs, key }: PointLabels, { suffix, extra }: SeriesPart): Growing => {
    const full = `${name}${suffix}\u0000${extra ? `${extra.name}=${extra.value}` : ''}\u0000${key}`;
    const known = series.get(full);
    if (known) return known;
    const labels = seriesLabels(name, { pairs, key }, { suffix, extra });
    const fresh = { labels, times: [], values: [], ends: new Set<number>() };
    series.set(full, fresh);
    return fresh;
  };
  const add = (to: Growing, at: number, value: number): void => {
    samples += 1;
    if (samples > samplesMax)
      throw tooMuch(`The body comes to more than ${samplesMax.toLocaleString('en-US')} samples.`);
    to.times.push(at);
    to.values.push(value);
  };
  return {
    of: (name, labels) => ({
      put: (part, at, value) => add(growing(name, labels, part), at, value),
      end: (part, at) => {
        const to = growing(name, labels, part);
        to.ends.add(to.times.length);
        add(to, at, Number.NaN);
      },
    }),
    finish: () => [...series.values()].map(finished),
  };
}

/** Labels of the series that a part of a point becomes. */
export function seriesLabels(name: string, { pairs }: PointLabels, { suffix, extra }: SeriesPart): Labels {
  // From entries: a label named `__proto__` must become a label.
  return Object.fromEntries([
    ...pairs,
    ['__name__', name + suffix],
    ...(extra ? [[extra.name, extra.value] as const] : []),
  ]);
}

/** In the order of time; of several samples at one instant the last one said counts. */
function finished({ labels, times, values, ends }: Growing): ReceivedSeries {
  const kept = keptIndices(times);
  const words = new BigUint64Array(kept.length);
  const out = new Float64Array(words.buffer);
  kept.forEach((from, to) => {
    if (ends.has(from)) words[to] = STALE_BITS;
    else out[to] = values[from] ?? Number.NaN;
  });
  return { labels, times: Float64Array.from(kept, (index) => times[index] ?? 0), values: out };
}

function keptIndices(times: readonly number[]): readonly number[] {
  const order = [...times.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  return order.filter((index, place) => {
    const later = order[place + 1];
    return later === undefined || times[later] !== times[index];
  });
}
