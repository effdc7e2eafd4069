import { describe, expect, it } from 'vitest';
import { Random } from '../../../main/demo/random.ts';

const DRAWS = 40_000;

function sample(
  draw: (random: Random) => number,
  seed = 1,
): { mean: number; variance: number; values: number[] } {
  const random = new Random(seed);
  const values = Array.from({ length: DRAWS }, () => draw(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (DRAWS - 1);
  return { mean, variance, values };
}

describe('a seeded stream of random numbers', () => {
  it('is the same for the same seed, and another for the next', () => {
    const first = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(first(42)).toEqual(first(42));
    expect(first(42)).not.toEqual(first(43));
    expect(first(0)).not.toEqual(first(-1));
  });

  it('is uniform in [0, 1)', () => {
    const { mean, variance, values } = sample((random) => random.next());
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(Math.min(...values.slice(0, 10_000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.slice(0, 10_000))).toBeLessThan(1);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of values) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
    for (const count of tenths) expect(Math.abs(count - DRAWS / 10)).toBeLessThan(300);
  });

  it('shows no correlation from one draw to the next', () => {
    const { values } = sample((random) => random.next() - 0.5);
    const products = values.slice(1).map((value, index) => value * (values[index] ?? 0));
    expect(products.reduce((sum, value) => sum + value, 0) / products.length / (1 / 12)).toBeCloseTo(0, 1);
  });

  it('draws exponential times with the mean asked for', () => {
    const { mean, variance } = sample((random) => random.exponential(3));
    expect(mean).toBeCloseTo(3, 0);
    expect(variance).toBeGreaterThan(8);
    expect(variance).toBeLessThan(10);
  });

  it('draws standard normals', () => {
    const { mean, variance, values } = sample((random) => random.normal());
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    expect(values.filter((value) => Math.abs(value) > 1.96).length / DRAWS).toBeCloseTo(0.05, 2);
  });

  it('draws log-normals around their median', () => {
    const { mean, values } = sample((random) => random.logNormal(10, 0.4));
    const sorted = [...values].sort((left, right) => left - right);
    expect(sorted[DRAWS / 2]).toBeGreaterThan(9.8);
    expect(sorted[DRAWS / 2]).toBeLessThan(10.2);
    expect(mean / (10 * Math.exp(0.08))).toBeCloseTo(1, 1);
  });

  it.each([0.02, 0.7, 5, 39, 41, 2_000])(
    'draws whole Poisson counts whose mean and variance are both %d',
    (asked) => {
      const { mean, variance, values } = sample((random) => random.poisson(asked));
      expect(values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
      expect(Math.abs(mean - asked)).toBeLessThan(4 * Math.sqrt(asked / DRAWS) + 0.01);
      expect(variance / asked).toBeGreaterThan(0.9);
      expect(variance / asked).toBeLessThan(1.1);
    },
  );

  it('draws nothing from a mean of nothing', () => {
    const random = new Random(1);
    expect(random.poisson(0)).toBe(0);
    expect(random.poisson(-1)).toBe(0);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  });
});
