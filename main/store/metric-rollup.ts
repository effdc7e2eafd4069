import type { Samples } from './metric-chunk.ts';
import { isStale, wordsOf } from './metric-stale.ts';

/**
 * What is left of a series' samples when each bucket is one row; all arrays have the same length. A bucket holds the
 * samples with end − width < t ≤ end, ends are multiples of the width, buckets in which nothing came are absent.
 * Stale markers are no values. Where `count` is 0 the bucket held nothing but a marker, and its numbers are NaN.
 */
export interface Rollup {
  readonly ends: Float64Array;
  /** Times of the first and the last value. */
  readonly firstAt: Float64Array;
  readonly lastAt: Float64Array;
  readonly count: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Over the values that are numbers; NaN where none is. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** NaN where one value is. */
  readonly sum: Float64Array;
  /** What a counter had reached before each of its resets inside the bucket, added up: 0 where it never fell. */
  readonly resets: Float64Array;
  /** 1 where the series ended in the bucket: a stale marker came after its last value. */
  readonly ended: Float64Array;
}

export const ROLLUP_COLUMNS = [
  'ends',
  'firstAt',
  'lastAt',
  'count',
  'first',
  'last',
  'min',
  'max',
  'sum',
  'resets',
  'ended',
] as const satisfies readonly (keyof Rollup)[];

export const NO_ROLLUP: Rollup = emptyRollup(0);

function emptyRollup(length: number): Rollup {
  const column = () => new Float64Array(length);
  return {
    ends: column(),
    firstAt: column().fill(Number.NaN),
    lastAt: column().fill(Number.NaN),
    count: column(),
    first: column().fill(Number.NaN),
    last: column().fill(Number.NaN),
    min: column().fill(Number.NaN),
    max: column().fill(Number.NaN),
    sum: column().fill(Number.NaN),
    resets: column(),
    ended: column(),
  };
}

/** End of the bucket that holds the instant. */
export function bucketEnd(at: number, widthMs: number): number {
  return Math.ceil(at / widthMs) * widthMs;
}

/** Rolls up samples whose times ascend. */
export function rollUp({ times, values }: Samples, widthMs: number): Rollup {
  const count = times.length;
  let buckets = 0;
  for (let i = 0, end = Number.NEGATIVE_INFINITY; i < count; i += 1) {
    const at = times[i] ?? 0;
    if (at <= end) continue;
    end = bucketEnd(at, widthMs);
    buckets += 1;
  }
  const out = emptyRollup(buckets);
  const words = wordsOf(values);
  let bucket = -1;
  let end = Number.NEGATIVE_INFINITY;
  // What the sum has lost to rounding so far (Kahan and Neumaier), as Prometheus adds.
  let lost = 0;
  const close = () => {
    if (bucket >= 0 && lost !== 0) out.sum[bucket] = (out.sum[bucket] ?? 0) + lost;
    lost = 0;
  };
  for (let i = 0; i < count; i += 1) {
    const at = times[i] ?? 0;
    if (at > end) {
      close();
      bucket += 1;
      end = bucketEnd(at, widthMs);
      out.ends[bucket] = end;
    }
    if (isStale(words, i)) {
      out.ended[bucket] = 1;
      continue;
    }
    lost += takeValue(out, bucket, at, values[i] ?? Number.NaN);
  }
  close();
  return out;
}

/** Answers what the sum lost to rounding by it. */
function takeValue(out: Rollup, bucket: number, at: number, value: number): number {
  out.ended[bucket] = 0;
  out.lastAt[bucket] = at;
  const before = out.count[bucket] ?? 0;
  out.count[bucket] = before + 1;
  if (before === 0) {
    out.firstAt[bucket] = at;
    for (const column of [out.first, out.last, out.min, out.max, out.sum]) column[bucket] = value;
    return 0;
  }
  const last = out.last[bucket] ?? 0;
  if (value < last) out.resets[bucket] = (out.resets[bucket] ?? 0) + last;
  out.last[bucket] = value;
  spread(out, bucket, value, value);
  const sum = out.sum[bucket] ?? 0;
  const next = sum + value;
  out.sum[bucket] = next;
  if (!Number.isFinite(next)) return 0;
  return Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
}

function spread(out: Rollup, bucket: number, low: number, high: number): void {
  const min = out.min[bucket] ?? Number.NaN;
  const max = out.max[bucket] ?? Number.NaN;
  if (low < min || Number.isNaN(min)) out.min[bucket] = low;
  if (high > max || Number.isNaN(max)) out.max[bucket] = high;
}

/** Joins narrow buckets into wide ones: the width is a multiple of theirs. */
export function widen(from: Rollup, widthMs: number): Rollup {
  const ends = from.ends.map((end) => bucketEnd(end, widthMs));
  const out = emptyRollup(ends.reduce((sum, end, i) => sum + (i === 0 || end !== ends[i - 1] ? 1 : 0), 0));
  let bucket = -1;
  for (let i = 0; i < ends.length; i += 1) {
    const end = ends[i] ?? 0;
    if (bucket < 0 || out.ends[bucket] !== end) {
      bucket += 1;
      out.ends[bucket] = end;
    }
    joinBucket(out, bucket, from, i);
  }
  return out;
}

function joinBucket(out: Rollup, bucket: number, from: Rollup, i: number): void {
  out.ended[bucket] = from.ended[i] ?? 0;
  const count = from.count[i] ?? 0;
  if (count === 0) {
    out.ended[bucket] = 1;
    return;
  }
  const before = out.count[bucket] ?? 0;
  const first = from.first[i] ?? Number.NaN;
  const fell = before > 0 && first < (out.last[bucket] ?? 0) ? (out.last[bucket] ?? 0) : 0;
  out.resets[bucket] = (out.resets[bucket] ?? 0) + fell + (from.resets[i] ?? 0);
  out.count[bucket] = before + count;
  out.last[bucket] = from.last[i] ?? Number.NaN;
  out.lastAt[bucket] = from.lastAt[i] ?? Number.NaN;
  spread(out, bucket, from.min[i] ?? Number.NaN, from.max[i] ?? Number.NaN);
  if (before > 0) {
    out.sum[bucket] = (out.sum[bucket] ?? 0) + (from.sum[i] ?? 0);
    return;
  }
  out.sum[bucket] = from.sum[i] ?? Number.NaN;
  out.first[bucket] = first;
  out.firstAt[bucket] = from.firstAt[i] ?? Number.NaN;
}

/**
 * What a counter grew by from its first value in the buckets `from` … `to` − 1 to its last, every reset inside and between
 * them counted; NaN where they hold fewer than two values. This is what Prometheus adds up before it extrapolates.
 */
export function rollupIncrease(rollup: Rollup, from = 0, to = rollup.ends.length): number {
  let first = Number.NaN;
  let last = Number.NaN;
  let resets = 0;
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const inside = rollup.count[i] ?? 0;
    if (inside === 0) continue;
    const start = rollup.first[i] ?? Number.NaN;
    if (count === 0) first = start;
    else if (start < last) resets += last;
    resets += rollup.resets[i] ?? 0;
    last = rollup.last[i] ?? Number.NaN;
    count += inside;
  }
  return count < 2 ? Number.NaN : last - first + resets;
}

/** The buckets with fromAt < end ≤ toAt: views. */
export function rollupBetween(rollup: Rollup, fromAt: number, toAt: number): Rollup {
  const { ends } = rollup;
  let from = 0;
  while (from < ends.length && (ends[from] ?? 0) <= fromAt) from += 1;
  let to = ends.length;
  while (to > from && (ends[to - 1] ?? 0) > toAt) to -= 1;
  if (from === 0 && to === ends.length) return rollup;
  return mapColumns((name) => rollup[name].subarray(from, to));
}

/** Puts parts behind each other, in the order of their times. */
export function joinRollups(parts: readonly Rollup[]): Rollup {
  const filled = parts.filter((part) => part.ends.length > 0);
  const [only] = filled;
  if (!only) return NO_ROLLUP;
  if (filled.length === 1) return only;
  const length = filled.reduce((sum, part) => sum + part.ends.length, 0);
  return mapColumns((name) => {
    const column = new Float64Array(length);
    let offset = 0;
    for (const part of filled) {
      column.set(part[name], offset);
      offset += part[name].length;
    }
    return column;
  });
}

export function mapColumns(of: (name: keyof Rollup) => Float64Array): Rollup {
  return Object.fromEntries(ROLLUP_COLUMNS.map((name) => [name, of(name)])) as unknown as Rollup;
}
