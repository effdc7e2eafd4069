import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryBench } from '../../support/query-bench.ts';

const MINUTE = 60_000;
const LOOK_BACK = 300_000;

describe('worked examples over time', () => {
  const bench = queryBench(['m 4 2 8 6']);
  it.each([
    ['avg_over_time(m[4m])', 5],
    ['min_over_time(m[4m])', 2],
    ['max_over_time(m[4m])', 8],
    ['sum_over_time(m[4m])', 20],
    ['count_over_time(m[4m])', 4],
    ['last_over_time(m[4m])', 6],
    ['first_over_time(m[4m])', 4],
    ['present_over_time(m[4m])', 1],
    ['stdvar_over_time(m[4m])', 5],
    ['stddev_over_time(m[4m])', Math.sqrt(5)],
    ['quantile_over_time(0.5, m[4m])', 5],
    ['quantile_over_time(0, m[4m])', 2],
    ['quantile_over_time(1, m[4m])', 8],
    ['quantile_over_time(0.75, m[4m])', 6.5],
    ['quantile_over_time(-1, m[4m])', Number.NEGATIVE_INFINITY],
    ['quantile_over_time(2, m[4m])', Number.POSITIVE_INFINITY],
    ['changes(m[4m])', 3],
    ['resets(m[4m])', 2],
  ])('%s is %d', (expression, expected) => {
    expect(bench.value(expression, 3 * MINUTE)).toBeCloseTo(expected, 12);
  });

  it('drop the metric’s name, except where a sample is answered as it was', () => {
    expect(Object.keys(bench.at('max_over_time(m[4m])', 3 * MINUTE))).toEqual(['{}']);
    expect(Object.keys(bench.at('last_over_time(m[4m])', 3 * MINUTE))).toEqual(['m{}']);
    expect(Object.keys(bench.at('first_over_time(m[4m])', 3 * MINUTE))).toEqual(['m{}']);
  });

  it('have no answer over an empty window, and absent_over_time has one', () => {
    for (const name of ['avg', 'min', 'max', 'sum', 'count', 'last', 'first', 'present', 'stddev', 'stdvar'])
      expect(bench.at(`${name}_over_time(m[4m])`, 60 * MINUTE), name).toEqual({});
    expect(bench.at('absent_over_time(m{job="x"}[4m])', 60 * MINUTE)).toEqual({ '{job="x"}': 1 });
    expect(bench.at('absent_over_time(m[4m])', 3 * MINUTE)).toEqual({});
  });

  it('leave numbers out of extremes that are none, and nothing else', () => {
    const gaps = queryBench(['m NaN 3 NaN 1', 'none NaN NaN']);
    expect(gaps.value('max_over_time(m[4m])', 3 * MINUTE)).toBe(3);
    expect(gaps.value('min_over_time(m[4m])', 3 * MINUTE)).toBe(1);
    expect(gaps.value('count_over_time(m[4m])', 3 * MINUTE)).toBe(4);
    expect(gaps.value('sum_over_time(m[4m])', 3 * MINUTE)).toBeNaN();
    expect(gaps.value('max_over_time(none[4m])', 3 * MINUTE)).toBeNaN();
  });
});

describe('functions over time', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 25 });
  const benchOf = (given: readonly number[]) =>
    queryBench().samples(
      'm',
      given.map((value, i): [number, number] => [(i + 1) * 1_000, value]),
    );

  it('say of a window what they say of its values', () => {
    fc.assert(
      fc.property(values, (given) => {
        const bench = benchOf(given);
        const at = given.length * 1_000;
        const value = (name: string) => bench.value(`${name}_over_time(m[1m])`, at) ?? Number.NaN;
        const mean = given.reduce((a, b) => a + b, 0) / given.length;
        expect(value('min')).toBe(Math.min(...given));
        expect(value('max')).toBe(Math.max(...given));
        expect(value('count')).toBe(given.length);
        expect(value('first')).toBe(given[0]);
        expect(value('last')).toBe(given.at(-1));
        expect(value('avg')).toBeCloseTo(mean, 4);
        expect(value('sum') / value('count')).toBeCloseTo(value('avg'), 6);
        expect(value('stddev') ** 2).toBeCloseTo(value('stdvar'), -2);
      }),
    );
  });

  it('put a quantile between the extremes, rising with q', () => {
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, a, b) => {
          const bench = benchOf(given);
          const at = given.length * 1_000;
          const q = (share: number) =>
            bench.value(`quantile_over_time(${share.toFixed(6)}, m[1m])`, at) ?? Number.NaN;
          const [low, high] = a < b ? [a, b] : [b, a];
          expect(q(low)).toBeLessThanOrEqual(q(high) + 1e-6);
          expect(q(low)).toBeGreaterThanOrEqual(Math.min(...given));
          expect(q(high)).toBeLessThanOrEqual(Math.max(...given));
        },
      ),
    );
  });
});

describe('the edges of a window', () => {
  const bench = queryBench(['m 1 2 3 4 5 6']);

  it('are open at the start and closed at the end', () => {
    expect(bench.value('count_over_time(m[2m])', 3 * MINUTE)).toBe(2);
    expect(bench.value('count_over_time(m[2m])', 3 * MINUTE - 1)).toBe(2);
    expect(bench.value('sum_over_time(m[1m])', 3 * MINUTE)).toBe(4);
    expect(bench.value('sum_over_time(m[1ms])', 3 * MINUTE)).toBe(4);
    expect(bench.value('sum_over_time(m[1ms])', 3 * MINUTE + 1)).toBeUndefined();
  });

  it('move with an offset, forwards too', () => {
    expect(bench.value('sum_over_time(m[1m] offset 1m)', 3 * MINUTE)).toBe(3);
    expect(bench.value('sum_over_time(m[1m] offset -2m)', 3 * MINUTE)).toBe(6);
    expect(bench.value('m offset 2m', 5 * MINUTE)).toBe(4);
    expect(bench.value('m offset -1m', 4 * MINUTE)).toBe(6);
    expect(bench.value('m offset 1h', 5 * MINUTE)).toBeUndefined();
  });

  it('with an offset is the same question asked at another time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -900, max: 900 }),
        fc.integer({ min: -900, max: 1_500 }),
        (offsetS, atS) => {
          const offset = offsetS < 0 ? `-${-offsetS}s` : `${offsetS}s`;
          for (const [shifted, plain] of [
            [`m offset ${offset}`, 'm'],
            [`rate(m[2m] offset ${offset})`, 'rate(m[2m])'],
          ])
            expect(bench.value(shifted ?? '', atS * 1_000)).toEqual(
              bench.value(plain ?? '', (atS - offsetS) * 1_000),
            );
        },
      ),
    );
  });
});

describe('the look-back', () => {
  it('reaches just under five minutes', () => {
    const bench = queryBench().samples('m', [[1_000_000, 7]]);
    expect(bench.value('m', 999_999)).toBeUndefined();
    expect(bench.value('m', 1_000_000)).toBe(7);
    expect(bench.value('m', 1_000_000 + LOOK_BACK - 1)).toBe(7);
    expect(bench.value('m', 1_000_000 + LOOK_BACK)).toBeUndefined();
  });

  it('ends at the same millisecond in the middle of a range', () => {
    const bench = queryBench().samples('m', [[1_000_000, 7]]);
    const times = (stepMs: number) =>
      [...(bench.range('m', 1_000_000, 1_000_000 + 2 * LOOK_BACK, stepMs)[0]?.times ?? [])].map(
        (at) => at - 1_000_000,
      );
    expect(times(LOOK_BACK)).toEqual([0]);
    expect(times(LOOK_BACK - 1)).toEqual([0, LOOK_BACK - 1]);
    expect(times(100_000)).toEqual([0, 100_000, 200_000]);
  });

  it('answers the newest sample at or before the instant, whatever the grid', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 3_000 }),
        (seconds, atS) => {
          const points = [...seconds].sort((a, b) => a - b).map((s): [number, number] => [s * 1_000, s]);
          const bench = queryBench().samples('m', points);
          const newest = points
            .map(([, s]) => s)
            .filter((s) => s <= atS && s > atS - 300)
            .at(-1);
          expect(bench.value('m', atS * 1_000)).toBe(newest);
          expect(bench.value('timestamp(m)', atS * 1_000)).toBe(newest);
        },
      ),
    );
  });

  it('does not reach over the end of a series, until a new sample comes', () => {
    const bench = queryBench(['m 1 2 stale _ 5']);
    expect(bench.value('m', 2 * MINUTE - 1)).toBe(2);
    expect(bench.value('m', 2 * MINUTE)).toBeUndefined();
    expect(bench.value('m', 3 * MINUTE)).toBeUndefined();
    expect(bench.value('m', 4 * MINUTE)).toBe(5);
    expect(bench.value('count_over_time(m[10m])', 4 * MINUTE)).toBe(3);
    expect(bench.value('sum_over_time(m[10m])', 4 * MINUTE)).toBe(8);
  });

  it('takes a value that is no number for a value, not for an end', () => {
    const bench = queryBench(['m 1 NaN']);
    expect(bench.value('m', 2 * MINUTE)).toBeNaN();
    expect(bench.value('absent(m)', 2 * MINUTE)).toBeUndefined();
  });

  it('makes a series absent that ended, at once', () => {
    const bench = queryBench(['up{job="a"} 1 1 stale', 'up{job="b"} 1 1 1']);
    expect(bench.value('count(up)', 2 * MINUTE)).toBe(1);
    expect(bench.at('absent(up{job="a"})', 2 * MINUTE)).toEqual({ '{job="a"}': 1 });
    expect(bench.at('absent(up{job="a"})', 1 * MINUTE)).toEqual({});
    expect(bench.at('absent(up{job=~"a"})', 2 * MINUTE)).toEqual({ '{}': 1 });
  });

  it('is the same step by step in a range', () => {
    const bench = queryBench(['m 1 _ _ 4 stale _ _ _ 9']);
    const [series] = bench.range('m', 0, 9 * MINUTE, MINUTE);
    expect([...(series?.times ?? [])].map((at) => at / MINUTE)).toEqual([0, 1, 2, 3, 8, 9]);
    expect([...(series?.values ?? [])]).toEqual([1, 1, 1, 4, 9, 9]);
  });
});
