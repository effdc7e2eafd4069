import { align, type BucketRun, classicBuckets, type ExponentialBuckets, NO_BUCKETS } from './buckets.ts';
import { numberText } from './name.ts';
import {
  type Interval,
  millisOf,
  OUT_OF_ORDER,
  type RunningTotal,
  stepTotal,
  type Temporality,
} from './running-total.ts';
import type { PointSink, SeriesPart } from './series-builder.ts';

/** What is remembered of one stream: a metric of one resource and scope with one set of attributes. */
export type Stream =
  | { readonly kind: 'number'; readonly total: RunningTotal }
  | {
      readonly kind: 'explicit';
      /** Count, buckets from the lowest, then the sum where there is one. */
      readonly total: RunningTotal;
      readonly bounds: readonly number[];
    }
  | {
      readonly kind: 'exponential';
      /** Count, then the sum where there is one. */
      readonly total: RunningTotal;
      readonly buckets: ExponentialBuckets;
      /** Boundaries that were given on last. */
      readonly bounds: readonly number[];
    };

/** What a point comes to: the stream to remember, and what is to be written once there is room for it. */
export type StreamStep =
  | { readonly kind: 'taken'; readonly next: Stream; readonly weight: number; write(sink: PointSink): void }
  | { readonly kind: 'refused'; readonly reason: string };

export const PLAIN: SeriesPart = { suffix: '', extra: null };
export const COUNT: SeriesPart = { suffix: '_count', extra: null };
export const SUM: SeriesPart = { suffix: '_sum', extra: null };

export function bucketPart(bound: number): SeriesPart {
  return { suffix: '_bucket', extra: { name: 'le', value: numberText(bound) } };
}

export function stepNumber(
  stream: Stream | undefined,
  temporality: Temporality,
  interval: Interval,
  value: number,
): StreamStep {
  const step = stepTotal(stream?.kind === 'number' ? stream.total : undefined, temporality, interval, [
    value,
  ]);
  if (step.kind === 'refused') return step;
  return {
    kind: 'taken',
    next: { kind: 'number', total: step.next },
    weight: 1,
    write(sink) {
      if (step.zeroAt !== null) sink.put(PLAIN, step.zeroAt, 0);
      sink.put(PLAIN, millisOf(interval.nanos), step.values[0] ?? Number.NaN);
    },
  };
}

/** A histogram with boundaries of its own; other boundaries than before begin the stream anew. */
export function stepExplicit(
  stream: Stream | undefined,
  temporality: Temporality,
  interval: Interval,
  point: {
    readonly count: number;
    readonly sum: number | undefined;
    readonly bounds: readonly number[];
    readonly bucketCounts: readonly number[];
  },
): StreamStep {
  const { count, sum, bounds, bucketCounts } = point;
  const numbers = [count, ...bucketCounts, ...(sum === undefined ? [] : [sum])];
  const before = stream?.kind === 'explicit' ? stream : undefined;
  const same =
    before?.total.values.length === numbers.length &&
    before.bounds.every((bound, index) => bound === bounds[index]);
  const step = stepTotal(same ? before?.total : undefined, temporality, interval, numbers);
  if (step.kind === 'refused') return step;
  const at = millisOf(interval.nanos);
  return {
    kind: 'taken',
    next: { kind: 'explicit', total: step.next, bounds },
    weight: numbers.length,
    write(sink) {
      for (const bound of before?.bounds ?? [])
        if (!same && !bounds.includes(bound)) sink.end(bucketPart(bound), at);
      const put = (values: readonly number[], time: number): void => {
        let below = 0;
        bounds.forEach((bound, index) => {
          below += values[index + 1] ?? 0;
          sink.put(bucketPart(bound), time, below);
        });
        sink.put(bucketPart(Number.POSITIVE_INFINITY), time, values[0] ?? 0);
        sink.put(COUNT, time, values[0] ?? 0);
        if (sum !== undefined) sink.put(SUM, time, values.at(-1) ?? 0);
      };
      if (step.zeroAt !== null)
        put(
          numbers.map(() => 0),
          step.zeroAt,
        );
      put(step.values, at);
    },
  };
}

/**
 * An exponential histogram, given on as classic buckets. Boundaries once given on stay as long as the range fits; a
 * boundary that is new gets its value at the point before too, so that its first sample is no increase.
 */
export function stepExponential(
  stream: Stream | undefined,
  temporality: Temporality,
  interval: Interval,
  point: { readonly count: number; readonly sum: number | undefined; readonly buckets: ExponentialBuckets },
): StreamStep {
  const numbers = [point.count, ...(point.sum === undefined ? [] : [point.sum])];
  const known = stream?.kind === 'exponential' ? stream : undefined;
  const before = known?.total.values.length === numbers.length ? known : undefined;
  if (before && interval.nanos < before.total.lastNanos) return { kind: 'refused', reason: OUT_OF_ORDER };
  const step = stepTotal(before?.total, temporality, interval, numbers);
  if (step.kind === 'refused') return step;
  const [old, fresh] = align(before?.buckets ?? NO_BUCKETS, point.buckets);
  const { repeated } = step;
  const buckets = repeated ? old : temporality === 'delta' ? plus(old, fresh) : fresh;
  const { bounds, counts } = classicBuckets(buckets);
  const at = millisOf(interval.nanos);
  return {
    kind: 'taken',
    next: { kind: 'exponential', total: step.next, buckets, bounds },
    weight: numbers.length + bounds.length,
    write(sink) {
      if (known) ended(known.bounds, bounds, (bound) => sink.end(bucketPart(bound), at));
      if (before && !repeated) {
        const was = classicBuckets(old).counts;
        const given = new Set(before.bounds);
        const lastAt = millisOf(before.total.lastNanos);
        bounds.forEach((bound, index) => {
          if (!given.has(bound)) sink.put(bucketPart(bound), lastAt, was[index] ?? 0);
        });
      }
      const put = (time: number, factor: 0 | 1): void => {
        bounds.forEach((bound, index) => {
          sink.put(bucketPart(bound), time, (counts[index] ?? 0) * factor);
        });
        const count = (step.values[0] ?? 0) * factor;
        sink.put(bucketPart(Number.POSITIVE_INFINITY), time, count);
        sink.put(COUNT, time, count);
        if (point.sum !== undefined) sink.put(SUM, time, factor === 0 ? 0 : (step.values[1] ?? 0));
      };
      if (step.zeroAt !== null) put(step.zeroAt, 0);
      put(at, 1);
    },
  };
}

function ended(old: readonly number[], now: readonly number[], end: (bound: number) => void): void {
  const kept = new Set(now);
  for (const bound of old) if (!kept.has(bound)) end(bound);
}

/** Adds bucket by bucket; both lie over the same buckets. */
function plus(left: ExponentialBuckets, right: ExponentialBuckets): ExponentialBuckets {
  const run = (a: BucketRun, b: BucketRun): BucketRun => ({
    offset: a.offset,
    counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)),
  });
  return {
    ...left,
    positive: run(left.positive, right.positive),
    negative: run(left.negative, right.negative),
    zeroCount: left.zeroCount + right.zeroCount,
  };
}

/** The end of a stream: every series that is known of it is marked. */
export function endStream(
  stream: Stream | undefined,
  bounds: readonly number[],
  at: number,
  sink: PointSink,
): void {
  const known = stream?.kind === 'explicit' || stream?.kind === 'exponential' ? stream.bounds : [];
  for (const bound of new Set([...known, ...bounds, Number.POSITIVE_INFINITY]))
    sink.end(bucketPart(bound), at);
  sink.end(COUNT, at);
  sink.end(SUM, at);
}
