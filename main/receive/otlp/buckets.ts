/** A run of exponential buckets: `counts[i]` belongs to the bucket with the index `offset + i`. */
export interface BucketRun {
  readonly offset: number;
  readonly counts: readonly number[];
}

/**
 * Exponential buckets as they are kept: bucket i holds base^i < |v| ≤ base^(i+1), with base = 2^(2^−scale).
 * Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export interface ExponentialBuckets {
  readonly scale: number;
  readonly positive: BucketRun;
  readonly negative: BucketRun;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
}

/**
 * Four buckets for each doubling: a quantile read from them is off by less than a factor 2^(1/4) − 1, so 19 %, as long as
 * they fit; each further halving of the scale squares that factor.
 */
export const SCALE_MAX = 2;
/** Buckets of one sign; 64 of the finest cover values from 1 to 65 536. A histogram becomes at most twice so many series, and five. */
export const RUN_MAX = 64;
const EMPTY_RUN: BucketRun = { offset: 0, counts: [] };

/** The same run on a coarser scale: buckets fall together in pairs at each step. */
function coarser(run: BucketRun, steps: number): BucketRun {
  if (steps <= 0 || run.counts.length === 0) return run;
  // Arithmetic, as shifts of 32 bits and more do not do what they say.
  const factor = 2 ** Math.min(steps, 64);
  const offset = Math.floor(run.offset / factor);
  const last = Math.floor((run.offset + run.counts.length - 1) / factor);
  const counts = Array.from({ length: last - offset + 1 }, () => 0);
  run.counts.forEach((count, index) => {
    const at = Math.floor((run.offset + index) / factor) - offset;
    counts[at] = (counts[at] ?? 0) + count;
  });
  return { offset, counts };
}

/** Without the empty buckets at both ends, which some senders write. */
function trimmed(run: BucketRun): BucketRun {
  const first = run.counts.findIndex((count) => count > 0);
  if (first === -1) return EMPTY_RUN;
  const last = run.counts.findLastIndex((count) => count > 0);
  return { offset: run.offset + first, counts: run.counts.slice(first, last + 1) };
}

function spanOf(left: BucketRun, right: BucketRun): BucketRun & { readonly length: number } {
  if (left.counts.length === 0) return { ...right, length: right.counts.length };
  if (right.counts.length === 0) return { ...left, length: left.counts.length };
  const offset = Math.min(left.offset, right.offset);
  const end = Math.max(left.offset + left.counts.length, right.offset + right.counts.length);
  return { offset, counts: [], length: end - offset };
}

/** A run with every bucket from `offset`, so many of them, where there were fewer. */
function widened(run: BucketRun, offset: number, length: number): BucketRun {
  const counts = Array.from({ length }, () => 0);
  run.counts.forEach((count, index) => {
    counts[run.offset + index - offset] = count;
  });
  return { offset, counts };
}

/** Puts both on the finest scale on which their runs together stay within `RUN_MAX`, over the same buckets. */
export function align(
  left: ExponentialBuckets,
  right: ExponentialBuckets,
): readonly [ExponentialBuckets, ExponentialBuckets] {
  let scale = Math.min(left.scale, right.scale, SCALE_MAX);
  let [a, b] = [rescaled(left, scale), rescaled(right, scale)];
  while (spanOf(a.positive, b.positive).length > RUN_MAX || spanOf(a.negative, b.negative).length > RUN_MAX) {
    scale -= 1;
    [a, b] = [rescaled(a, scale), rescaled(b, scale)];
  }
  const positive = spanOf(a.positive, b.positive);
  const negative = spanOf(a.negative, b.negative);
  const zeroThreshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  const onto = (one: ExponentialBuckets): ExponentialBuckets => ({
    scale,
    positive: widened(one.positive, positive.offset, positive.length),
    negative: widened(one.negative, negative.offset, negative.length),
    zeroCount: one.zeroCount,
    zeroThreshold,
  });
  return [onto(a), onto(b)];
}

function rescaled(one: ExponentialBuckets, scale: number): ExponentialBuckets {
  const steps = one.scale - scale;
  return {
    ...one,
    scale,
    positive: coarser(trimmed(one.positive), steps),
    negative: coarser(trimmed(one.negative), steps),
  };
}

/** No values yet, on the finest scale. */
export const NO_BUCKETS: ExponentialBuckets = {
  scale: SCALE_MAX,
  positive: EMPTY_RUN,
  negative: EMPTY_RUN,
  zeroCount: 0,
  zeroThreshold: 0,
};

/** base^index for the scale, exact where it is a power of two. */
export function boundaryAt(index: number, scale: number): number {
  const exponent = index * 2 ** -scale;
  const whole = Math.floor(exponent);
  // The fraction is the same for each octave, so that boundaries of different octaves differ by exact powers of two.
  return 2 ** (exponent - whole) * 2 ** whole;
}

/**
 * Boundaries of classic buckets and how many values lie at or below each, ascending and without +Inf: the edges of all
 * kept buckets, and the edge of the zero bucket. Edges inside the zero bucket are left out.
 */
export function classicBuckets(buckets: ExponentialBuckets): {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
} {
  const { scale, positive, negative, zeroCount, zeroThreshold } = buckets;
  const bounds: number[] = [];
  const counts: number[] = [];
  let below = 0;
  const push = (bound: number): void => {
    if (!Number.isFinite(bound)) return;
    const last = bounds.at(-1);
    if (last !== undefined && bound <= last) counts[counts.length - 1] = below;
    else {
      bounds.push(bound);
      counts.push(below);
    }
  };
  // The most negative first: its bucket ends at the smaller magnitude.
  if (negative.counts.length > 0) push(-boundaryAt(negative.offset + negative.counts.length, scale));
  for (let i = negative.counts.length - 1; i >= 0; i -= 1) {
    const bound = -boundaryAt(negative.offset + i, scale);
    if (bound > -zeroThreshold && bounds.at(-1) !== -zeroThreshold) push(-zeroThreshold);
    below += negative.counts[i] ?? 0;
    if (bound <= -zeroThreshold) push(bound);
  }
  if (zeroThreshold > 0 && bounds.at(-1) !== -zeroThreshold) push(-zeroThreshold);
  below += zeroCount;
  push(zeroThreshold);
  // An edge that lies within the zero bucket only adds to what is counted at its end.
  if (positive.counts.length > 0) push(boundaryAt(positive.offset, scale));
  positive.counts.forEach((count, i) => {
    below += count;
    push(boundaryAt(positive.offset + i + 1, scale));
  });
  return { bounds, counts };
}
