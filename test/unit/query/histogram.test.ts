import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryBench } from '../../support/query-bench.ts';

describe('histogram_quantile', () => {
  const BOUNDS = ['0.1', '0.5', '1', '+Inf'] as const;
  const counts = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 });
  const load = (increments: readonly number[]) => {
    let total = 0;
    return queryBench(
      BOUNDS.map((le, i) => {
        total += increments[i] ?? 0;
        return `b{le="${le}"} ${total}`;
      }),
    );
  };

  it('rises with q, stays within the bounds, and lands in the bucket that its rank is in', () => {
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        (increments, a, b) => {
          const bench = load(increments);
          const quantile = (percent: number) =>
            bench.value(`histogram_quantile(${percent / 100}, b)`, 0) ?? Number.NaN;
          const total = increments.reduce((sum, one) => sum + one, 0);
          if (total === 0) {
            expect(quantile(a)).toBeNaN();
            return;
          }
          const [low, high] = a < b ? [a, b] : [b, a];
          expect(quantile(low)).toBeLessThanOrEqual(quantile(high));
          expect(quantile(low)).toBeGreaterThanOrEqual(0);
          // What lies in the last bucket has no upper bound to be interpolated to.
          expect(quantile(high)).toBeLessThanOrEqual(1);
          let cumulative = 0;
          const rank = (high / 100) * total;
          const upper = increments.findIndex((one) => {
            cumulative += one;
            return cumulative >= rank;
          });
          const bound = [0.1, 0.5, 1, 1][upper] ?? Number.NaN;
          expect(quantile(high)).toBeLessThanOrEqual(bound + 1e-12);
        },
      ),
    );
  });

  it('has no number for the 0th part where the first buckets are empty, as Prometheus has none', () => {
    expect(load([0, 0, 0, 1]).value('histogram_quantile(0, b)', 0)).toBeNaN();
  });

  it('does not change when all counts are scaled', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 100 }), (increments, q) => {
        const first = load(increments).value(`histogram_quantile(${q / 100}, b)`, 0) ?? Number.NaN;
        const second = load(increments.map((one) => one * 8)).value(`histogram_quantile(${q / 100}, b)`, 0);
        if (Number.isNaN(first)) expect(second).toBeNaN();
        else expect(second).toBeCloseTo(first, 12);
      }),
    );
  });

  it('answers one value a histogram, without le and the name', () => {
    const bench = queryBench([
      'b{job="x",le="1"} 5',
      'b{job="x",le="+Inf"} 10',
      'b{job="y",le="1"} 0',
      'b{job="y",le="+Inf"} 10',
    ]);
    expect(bench.at('histogram_quantile(0.5, b)', 0)).toEqual({ '{job="x"}': 1, '{job="y"}': 1 });
    expect(bench.at('histogram_quantile(0.25, sum by (le) (b))', 0)).toEqual({ '{}': 1 });
  });

  it.each([
    ['without a last bucket', ['b{le="1"} 5'], Number.NaN],
    ['with the last bucket alone', ['b{le="+Inf"} 5'], Number.NaN],
    ['with a bound that is no number', ['b{le="x"} 5', 'b{le="1"} 5', 'b{le="+Inf"} 5'], 0.5],
    ['where a count fell in a race', ['b{le="1"} 6', 'b{le="2"} 4', 'b{le="+Inf"} 6'], 0.5],
  ] as const)('%s is %d', (_name, lines, expected) => {
    const value = queryBench(lines).value('histogram_quantile(0.5, b)', 0) ?? Number.NaN;
    if (Number.isNaN(expected)) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(expected, 12);
  });

  it('of no histogram has no answer', () => {
    expect(queryBench(['b 5']).at('histogram_quantile(0.5, b)', 0)).toEqual({});
    expect(queryBench(['b 5']).at('histogram_quantile(0.5, missing)', 0)).toEqual({});
  });
});
