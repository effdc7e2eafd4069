import type { Labels } from '../../shared/model/metric.ts';
import type { Context } from './context.ts';
import type { Position } from './failure.ts';
import { parseNumber } from './literal.ts';
import { emptyRow, hasAny, keyOf, type Row, without } from './vector.ts';

export interface Bucket {
  readonly upper: number;
  count: number;
}

/** Counts that differ by less than rounding are the same. Source: Prometheus' `smallDeltaTolerance`. */
const SAME_COUNT = 1e-12;

/** What is said of one histogram at one step: a number from its buckets, which the function may reorder. */
export type BucketMaths = (
  buckets: Bucket[],
  step: number,
) => { readonly value: number; readonly mended?: boolean };

interface Histogram {
  readonly labels: Labels;
  /** With the name, without the bucket's bound. */
  readonly key: Labels;
  readonly buckets: { upper: number; row: Row }[];
}

/** One row for each classic histogram among the rows. Series without a readable `le` are no buckets: they are said. */
export function histogramRows(
  context: Context,
  rows: readonly Row[],
  maths: BucketMaths,
  position: Position,
): Row[] {
  const { grid } = context;
  const answers: Row[] = [];
  for (const { labels, key, buckets } of histogramsOf(context, rows, position)) {
    const answer = emptyRow(labels, grid.steps);
    for (let step = 0; step < grid.steps; step += 1) {
      context.work(buckets.length);
      const here: Bucket[] = [];
      for (const { upper, row } of buckets)
        if (row.present[step] === 1) here.push({ upper, count: row.values[step] ?? 0 });
      if (here.length === 0) continue;
      const { value, mended } = maths(here, step);
      answer.values[step] = value;
      answer.present[step] = 1;
      if (mended)
        context.note(
          'info',
          `The counts of ${nameOf(key)} fall from one bucket to the next, which a histogram's cannot; they were taken as level there. Buckets scraped at different instants, or summed where some are missing, do this.`,
          position,
        );
    }
    if (hasAny(answer)) answers.push(answer);
  }
  return answers;
}

function histogramsOf(context: Context, rows: readonly Row[], position: Position): Iterable<Histogram> {
  const groups = new Map<string, Histogram>();
  for (const row of rows) {
    const upper = upperBound(row.labels);
    if (upper === undefined) {
      context.note(
        'warning',
        `The label le of ${nameOf(row.labels)} is missing or no number (${JSON.stringify((row.labels.le ?? '').slice(0, 60))}): these series are no buckets and were left out.`,
        position,
      );
      continue;
    }
    // The name still tells histograms apart here; it is dropped from the answer.
    const key = without(row.labels, ['le']);
    const group = groups.get(keyOf(key)) ?? { labels: without(key, ['__name__']), key, buckets: [] };
    group.buckets.push({ upper, row });
    groups.set(keyOf(key), group);
  }
  return groups.values();
}

function nameOf(labels: Labels): string {
  return (Object.hasOwn(labels, '__name__') ? labels.__name__ : undefined) ?? 'a metric without a name';
}

function upperBound(labels: Labels): number | undefined {
  const text = Object.hasOwn(labels, 'le') ? labels.le : undefined;
  if (!text || !/^[+-]?(?:\d|\.\d|inf)/i.test(text)) return undefined;
  return /^[+-]?inf$/i.test(text) ? parseNumber(text) : Number.isNaN(Number(text)) ? undefined : Number(text);
}

/**
 * Interpolated in the bucket that the rank falls into.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function bucketQuantile(q: number, unsorted: readonly Bucket[]): number {
  return quantileOfBuckets(q, unsorted).value;
}

/** The same, and whether counts had to be mended that fall; in Prometheus 2 the slightest fall is one. */
export function quantileOfBuckets(
  q: number,
  unsorted: readonly Bucket[],
): { readonly value: number; readonly mended: boolean } {
  const buckets = coalesce([...unsorted].sort((a, b) => a.upper - b.upper));
  const isWhole = buckets.length > 1 && buckets.at(-1)?.upper === Number.POSITIVE_INFINITY;
  const mended = isWhole && q >= 0 && q <= 1 && makeMonotonic(buckets);
  return { value: quantileIn(q, buckets), mended };
}

function quantileIn(q: number, buckets: readonly Bucket[]): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const last = buckets.at(-1);
  const beforeLast = buckets.at(-2);
  if (!last || !beforeLast || last.upper !== Number.POSITIVE_INFINITY) return Number.NaN;
  if (last.count === 0 || Number.isNaN(last.count)) return Number.NaN;
  let rank = q * last.count;
  const index = buckets.findIndex((bucket) => bucket.count >= rank);
  const bucket = buckets[index];
  if (!bucket || bucket === last) return beforeLast.upper;
  const lower = buckets[index - 1];
  if (!lower && bucket.upper <= 0) return bucket.upper;
  rank -= lower?.count ?? 0;
  const start = lower?.upper ?? 0;
  return start + (bucket.upper - start) * (rank / (bucket.count - (lower?.count ?? 0)));
}

/** The same bound written in two ways is one bucket. */
function coalesce(buckets: readonly Bucket[]): Bucket[] {
  const out: Bucket[] = [];
  for (const bucket of buckets) {
    const last = out.at(-1);
    if (last && last.upper === bucket.upper) last.count += bucket.count;
    else out.push({ ...bucket });
  }
  return out;
}

/** Counts are cumulative; where a race made one fall, the one before it holds. Says whether one fell by more than rounding. */
function makeMonotonic(buckets: readonly Bucket[]): boolean {
  let previous = buckets[0]?.count ?? 0;
  let mended = false;
  for (const bucket of buckets) {
    const isSame =
      Math.abs(bucket.count - previous) < SAME_COUNT * (Math.abs(bucket.count) + Math.abs(previous));
    if (isSame) bucket.count = previous;
    else if (bucket.count < previous) {
      bucket.count = previous;
      mended = true;
    } else previous = bucket.count;
  }
  return mended;
}

/**
 * The part of all observations between two values, interpolated in the buckets that they fall into.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_fraction
 */
export function bucketFraction(lower: number, upper: number, unsorted: readonly Bucket[]): number {
  const buckets = coalesce([...unsorted].sort((a, b) => a.upper - b.upper));
  makeMonotonic(buckets);
  const last = buckets.at(-1);
  if (!last || last.upper !== Number.POSITIVE_INFINITY || last.count === 0) return Number.NaN;
  if (Number.isNaN(last.count) || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (countBelow(upper, buckets, last.count) - countBelow(lower, buckets, last.count)) / last.count;
}

/** How many observations lie below a value. A bucket without an end has no inside to interpolate in. */
function countBelow(value: number, buckets: readonly Bucket[], all: number): number {
  let below = 0;
  let start = Number.NEGATIVE_INFINITY;
  for (const [index, bucket] of buckets.entries()) {
    if (index === 0 && bucket.upper > 0) start = 0;
    if (value <= start) return below;
    if (value < bucket.upper) {
      if (start === Number.NEGATIVE_INFINITY) return bucket.count;
      if (bucket.upper === Number.POSITIVE_INFINITY) return below;
      return Math.min(all, below + (bucket.count - below) * ((value - start) / (bucket.upper - start)));
    }
    below = bucket.count;
    start = bucket.upper;
  }
  return all;
}
