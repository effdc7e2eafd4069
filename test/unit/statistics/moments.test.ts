import fc from 'fast-check';
import { sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import {
  mean,
  normal,
  sampleDeviation,
  sampleMoments,
  seededRandom,
} from '../../../main/statistics/index.ts';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('moments of a sample', () => {
  it('agree with an independent library', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 60 }), (values) => {
        const theirs = sampleStandardDeviation(values);
        expect(sampleDeviation(values) ?? Number.NaN).toBeCloseTo(theirs, theirs > 1e3 ? 3 : 6);
      }),
    );
  });

  it('are not there for too few values, rather than zero', () => {
    expect(mean([])).toBeNull();
    expect(sampleDeviation([])).toBeNull();
    expect(sampleDeviation([4])).toBeNull();
    expect(mean([4])).toBe(4);
  });

  it('keep their digits where the mean is large beside the spread', () => {
    expect(sampleDeviation([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBeCloseTo(1, 9);
  });

  it('of equal values have no spread at all, whatever their last digit', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 2, max: 50 }), (value, count) => {
        const moments = sampleMoments(new Float64Array(count).fill(value));
        expect(moments).toEqual({ count, mean: value, deviation: 0, constant: true });
      }),
    );
  });
});

describe('random numbers by seed', () => {
  it('are the same for the same seed and others for another', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, random);
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('are uniform in [0, 1), and normal where asked', () => {
    const random = seededRandom(1);
    const uniform = Array.from({ length: 50_000 }, random);
    expect(uniform.every((one) => one >= 0 && one < 1)).toBe(true);
    expect(mean(uniform)).toBeCloseTo(0.5, 1.9);
    const normals = Array.from({ length: 50_000 }, () => normal(random));
    expect(Math.abs(mean(normals) ?? 1)).toBeLessThan(0.02);
    expect(Math.abs((sampleDeviation(normals) ?? 0) - 1)).toBeLessThan(0.02);
  });
});
