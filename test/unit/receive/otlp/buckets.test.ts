import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  align,
  boundaryAt,
  classicBuckets,
  type ExponentialBuckets,
  NO_BUCKETS,
  RUN_MAX,
  SCALE_MAX,
} from '../../../../main/receive/otlp/buckets.ts';

/** The buckets that a sender would count these values into; its indices by their definition. */
function counted(values: readonly number[], scale: number): ExponentialBuckets {
  const run = (magnitudes: readonly number[]) => {
    const indices = magnitudes.map((value) => {
      let index = Math.ceil(Math.log2(value) * 2 ** scale) - 1;
      // Logarithms round: the definition decides.
      while (boundaryAt(index, scale) >= value) index -= 1;
      while (boundaryAt(index + 1, scale) < value) index += 1;
      return index;
    });
    if (indices.length === 0) return { offset: 0, counts: [] };
    const offset = Math.min(...indices);
    const counts = Array.from({ length: Math.max(...indices) - offset + 1 }, () => 0);
    for (const index of indices) counts[index - offset] = (counts[index - offset] ?? 0) + 1;
    return { offset, counts };
  };
  return {
    scale,
    positive: run(values.filter((value) => value > 0)),
    negative: run(values.filter((value) => value < 0).map((value) => -value)),
    zeroCount: values.filter((value) => value === 0).length,
    zeroThreshold: 0,
  };
}

const classic = (values: readonly number[], scale: number) => {
  const [, aligned] = align(NO_BUCKETS, counted(values, scale));
  return { aligned, ...classicBuckets(aligned) };
};

const magnitude = fc.double({ min: 1e-6, max: 1e6, noNaN: true, noDefaultInfinity: true });
const someValues = fc.array(
  fc.oneof(
    magnitude,
    magnitude.map((value) => -value),
    fc.constant(0),
  ),
  {
    minLength: 1,
    maxLength: 200,
  },
);
const anyScale = fc.integer({ min: -4, max: 8 });

describe('exponential buckets as classic ones', () => {
  it('hold at each boundary the values at or below it', () => {
    fc.assert(
      fc.property(someValues, anyScale, (values, scale) => {
        const { bounds, counts } = classic(values, scale);
        expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
        bounds.forEach((bound, index) => {
          // A negative value exactly on a boundary belongs to the bucket above it.
          const below = values.filter((value) => (bound < 0 ? value < bound : value <= bound)).length;
          expect([bound, counts[index]]).toEqual([bound, below]);
        });
      }),
    );
  });

  it('are bounded in number, whatever the range', () => {
    fc.assert(
      fc.property(someValues, anyScale, (values, scale) => {
        expect(classic(values, scale).bounds.length).toBeLessThanOrEqual(2 * (RUN_MAX + 1) + 1);
      }),
    );
  });

  it('keep a quantile within the factor that their scale says', () => {
    fc.assert(
      fc.property(
        fc.array(magnitude, { minLength: 1, maxLength: 100 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, q) => {
          const { aligned, bounds, counts } = classic(values, 8);
          const rank = Math.max(1, Math.ceil(q * values.length));
          const truth = [...values].sort((a, b) => a - b)[rank - 1] ?? Number.NaN;
          const index = counts.findIndex((count) => count >= rank);
          const [upper, lower] = [bounds[index] ?? Number.NaN, bounds[index - 1] ?? Number.NaN];
          expect(truth).toBeGreaterThan(lower * (1 - 1e-12));
          expect(truth).toBeLessThanOrEqual(upper * (1 + 1e-12));
          expect(upper / lower).toBeLessThanOrEqual(2 ** (2 ** -aligned.scale) * (1 + 1e-9));
        },
      ),
    );
  });

  it('use the finest scale while the values lie within 16 doublings', () => {
    expect(classic([1.01, 60_000], 8).aligned.scale).toBe(SCALE_MAX);
    expect(classic([1.01, 70_000], 8).aligned.scale).toBe(SCALE_MAX - 1);
  });

  it('leave out edges inside the zero bucket', () => {
    const [, aligned] = align(NO_BUCKETS, { ...counted([1, 2, 4, -4], 0), zeroCount: 2, zeroThreshold: 1 });
    const { bounds, counts } = classicBuckets(aligned);
    expect(bounds).toEqual([-4, -2, -1, 1, 2, 4]);
    expect(counts).toEqual([0, 1, 1, 4, 5, 6]);
  });

  it('end for hostile offsets too', () => {
    const far = (offset: number): ExponentialBuckets => ({
      ...NO_BUCKETS,
      scale: -10,
      positive: { offset, counts: [1] },
    });
    const [left, right] = align(far(-2_147_483_648), far(2_147_483_647));
    expect(left.positive.counts.length).toBeLessThanOrEqual(RUN_MAX);
    for (const bound of classicBuckets(right).bounds) expect(Number.isFinite(bound)).toBe(true);
  });
});
