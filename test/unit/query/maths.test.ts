import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extrapolated } from '../../../main/query/extrapolate.ts';
import { bucketQuantile } from '../../../main/query/histogram.ts';
import { KahanMean, KahanSum, quantileOf, varianceOf } from '../../../main/query/kahan.ts';
import { applyOperator } from '../../../main/query/operator.ts';

const numbers = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('sums and means', () => {
  it('lose nothing where large values cancel', () => {
    const sum = new KahanSum();
    for (const value of [1, 1e100, 1, -1e100]) sum.add(value);
    expect(sum.total()).toBe(2);
  });

  it('have a mean where the sum would overflow', () => {
    const mean = new KahanMean();
    for (let i = 0; i < 4; i += 1) mean.add(1.5e308);
    expect(mean.mean()).toBeCloseTo(1.5e308, -300);
  });

  it('put the mean between the extremes, and the variance never below zero', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const mean = new KahanMean();
        for (const value of values) mean.add(value);
        expect(mean.mean()).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
        expect(mean.mean()).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
        expect(varianceOf(values)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('quantiles', () => {
  it('rise with q and end at the extremes', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        // Zero has two signs that sort alike.
        expect(quantileOf(0, [...values]) + 0).toBe(Math.min(...values) + 0);
        expect(quantileOf(1, [...values]) + 0).toBe(Math.max(...values) + 0);
        expect(quantileOf(q, [...values])).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
    expect([quantileOf(-1, [1]), quantileOf(2, [1]), quantileOf(0.5, [])]).toEqual([
      -Infinity,
      Infinity,
      Number.NaN,
    ]);
  });

  it('of a histogram interpolate in the bucket, and need the last one', () => {
    const buckets = [
      { upper: 1, count: 10 },
      { upper: 2, count: 30 },
      { upper: Number.POSITIVE_INFINITY, count: 40 },
    ];
    expect(bucketQuantile(0.5, buckets)).toBe(1.5);
    expect(bucketQuantile(0.25, buckets)).toBe(1);
    expect(bucketQuantile(0.99, buckets)).toBe(2);
    expect(bucketQuantile(0.5, buckets.slice(0, 2))).toBeNaN();
  });
});

describe('increase', () => {
  const counter = fc.array(fc.nat(100), { minLength: 2, maxLength: 40 });
  const window = (values: readonly number[], marginMs: number) => {
    const times = Float64Array.from(values, (_value, i) => 1_000_000 + i * 1000);
    const startAt = 1_000_000 - marginMs;
    const endAt = 1_000_000 + (values.length - 1) * 1000 + marginMs;
    return {
      times,
      values: Float64Array.from(values),
      from: 0,
      to: values.length,
      startAt,
      endAt,
      at: endAt,
      legacy: false,
    };
  };

  it('is exactly what was counted where the samples fill the window', () => {
    fc.assert(
      fc.property(counter, (steps) => {
        let total = 1e6;
        const values = steps.map((step) => (total += step));
        const counted = total - (values[0] ?? 0);
        expect(extrapolated(window(values, 0), true, false)).toBeCloseTo(counted, 6);
      }),
    );
  });

  it('takes a fall for a restart, so it is never negative', () => {
    fc.assert(
      fc.property(counter, fc.integer({ min: 1, max: 900 }), (values, marginMs) => {
        expect(extrapolated(window(values, marginMs), true, false)).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(extrapolated(window([5, 8, 2, 4], 0), true, false)).toBe(7);
  });

  it('has no answer from one sample', () => {
    expect(extrapolated(window([5], 500), true, false)).toBeUndefined();
  });
});

describe('operators', () => {
  it('follow IEEE 754 at the edges, as Go does', () => {
    expect(applyOperator('^', 1, Number.NaN).value).toBe(1);
    expect(applyOperator('^', -1, Number.POSITIVE_INFINITY).value).toBe(1);
    expect(applyOperator('%', -7, 3).value).toBe(-1);
    expect(applyOperator('/', 1, 0).value).toBe(Number.POSITIVE_INFINITY);
    expect(applyOperator('==', Number.NaN, Number.NaN).holds).toBe(false);
  });
});
