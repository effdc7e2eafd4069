import type { Labels } from '../../shared/model/metric.ts';
import { parseNumber } from './literal.ts';
import { emptyRow, type Grid, hasAny, keyOf, type Row, without } from './vector.ts';

interface Bucket {
  readonly upper: number;
  count: number;
}

/** Counts that differ by less than rounding are the same. Source: Prometheus' `smallDeltaTolerance`. */
const SAME_COUNT = 1e-12;

/** `histogram_quantile` over classic buckets; series without a readable `le` are no buckets. */
export function histogramQuantile(grid: Grid, q: Float64Array, rows: readonly Row[]): Row[] {
  const groups = new Map<string, { labels: Labels; buckets: { upper: number; row: Row }[] }>();
  for (const row of rows) {
    const upper = upperBound(row.labels);
    if (upper === undefined) continue;
    // The name still tells histograms apart here; it is dropped from the answer.
    const rest = without(row.labels, ['le']);
    const group = groups.get(keyOf(rest)) ?? { labels: without(rest, ['__name__']), buckets: [] };
    group.buckets.push({ upper, row });
    groups.set(keyOf(rest), group);
  }
  const answers: Row[] = [];
  for (const { labels, buckets } of groups.values()) {
    const answer = emptyRow(labels, grid.steps);
    for (let step = 0; step < grid.steps; step += 1) {
      const here = buckets.filter(({ row }) => row.present[step] === 1);
      if (here.length === 0) continue;
      answer.values[step] = bucketQuantile(
        q[step] ?? Number.NaN,
        here.map(({ upper, row }) => ({ upper, count: row.values[step] ?? 0 })),
      );
      answer.present[step] = 1;
    }
    if (hasAny(answer)) answers.push(answer);
  }
  return answers;
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
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const buckets = monotonic(coalesce([...unsorted].sort((a, b) => a.upper - b.upper)));
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

/** Counts are cumulative; where a race made one fall, the one before it holds. */
function monotonic(buckets: Bucket[]): Bucket[] {
  let previous = buckets[0]?.count ?? 0;
  for (const bucket of buckets) {
    const sameAsBefore =
      Math.abs(bucket.count - previous) < SAME_COUNT * (Math.abs(bucket.count) + Math.abs(previous));
    if (bucket.count < previous || sameAsBefore) bucket.count = previous;
    else previous = bucket.count;
  }
  return buckets;
}
