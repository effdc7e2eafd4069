import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryBench } from '../../support/query-bench.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

/** Steps of a counter scraped at irregular instants. */
const counter = fc
  .array(
    fc.record({ waitMs: fc.integer({ min: 500, max: 30_000 }), by: fc.integer({ min: 0, max: 1_000 }) }),
    {
      minLength: 4,
      maxLength: 40,
    },
  )
  .map((steps) => {
    let at = 1_000_000;
    let value = 0;
    return steps.map((step): [number, number] => {
      at += step.waitMs;
      value += step.by;
      return [at, value];
    });
  });

describe('worked examples of counters', () => {
  // Ten samples a minute apart, 10 more each.
  const steady = queryBench(['hits 0+10x10']);

  it.each([
    ['increase(hits[5m])', 10 * MINUTE, 50],
    ['rate(hits[5m])', 10 * MINUTE, 10 / 60],
    ['delta(hits[5m])', 10 * MINUTE, 50],
    ['irate(hits[5m])', 10 * MINUTE, 10 / 60],
    ['idelta(hits[5m])', 10 * MINUTE, 10],
    ['deriv(hits[5m])', 10 * MINUTE, 10 / 60],
    ['predict_linear(hits[5m], 600)', 10 * MINUTE, 200],
    ['resets(hits[10m])', 10 * MINUTE, 0],
    ['changes(hits[5m])', 10 * MINUTE, 4],
  ])('%s at %i is %d', (expression, at, expected) => {
    expect(steady.value(expression, at)).toBeCloseTo(expected, 9);
  });

  it('extrapolate to the window’s edges only as far as a scrape would have been', () => {
    // Samples at 60 s and 120 s alone; the window (0, 300] is seen for 60 s of 300.
    const short = queryBench().samples('hits', [
      [60_000, 100],
      [120_000, 160],
    ]);
    // Half an interval is added on either side where the edge is farther than 1.1 intervals away; before, not below 0.
    expect(short.value('increase(hits[5m])', 300_000)).toBeCloseTo(60 * ((60 + 60 + 30) / 60), 9);
  });

  it.each([
    ['a gap of 65 s, under 1.1 intervals, is filled whole', 245, 120 + 5 + 65],
    ['a gap of 67 s, over 1.1 intervals, gets half an interval', 247, 120 + 7 + 30],
  ])('%s', (_name, atS, filledS) => {
    // Samples each 60 s; the window begins 5 or 7 s before the first one.
    const bench = queryBench().samples('hits', [
      [60_000, 1_000],
      [120_000, 1_060],
      [180_000, 1_120],
    ]);
    const rangeS = atS - 60 + (filledS - 120 > 60 ? 5 : 7);
    expect(bench.value(`increase(hits[${rangeS}s])`, atS * 1_000)).toBeCloseTo(filledS, 9);
  });

  it('do not extrapolate a counter to before its own zero', () => {
    const born = queryBench().samples('hits', [
      [60_000, 1],
      [120_000, 61],
    ]);
    // It was 0 one second before its first sample, so at most that second is added in front.
    expect(born.value('increase(hits[3m])', 150_000)).toBeCloseTo(60 * ((1 + 60 + 30) / 60), 9);
  });

  it('count a fall as a restart from 0', () => {
    const restarted = queryBench(['hits 5 8 2 4 4 1']);
    expect(restarted.value('resets(hits[5m])', 5 * MINUTE)).toBe(2);
    expect(restarted.value('changes(hits[5m])', 5 * MINUTE)).toBe(3);
    expect(restarted.value('irate(hits[5m])', 5 * MINUTE)).toBeCloseTo(1 / 60, 12);
    expect(restarted.value('idelta(hits[5m])', 5 * MINUTE)).toBe(-3);
  });

  it('have no answer from one sample, which is not zero', () => {
    const one = queryBench(['hits 5']);
    for (const name of ['increase', 'rate', 'delta', 'irate', 'idelta', 'deriv'])
      expect(one.value(`${name}(hits[5m])`, 0), name).toBeUndefined();
    expect(one.value('sum(increase(hits[5m]))', 0)).toBeUndefined();
  });
});

describe('increase', () => {
  it('over windows behind each other is the increase over the whole, where samples lie on the edges', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 12, maxLength: 40 }),
        fc.integer({ min: 2, max: 9 }),
        (steps, cut) => {
          let total = 1_000_000;
          const points = steps.map((by, i): [number, number] => {
            total += by;
            return [i * 10 * SECOND, total];
          });
          const bench = queryBench().samples('hits', points);
          const endAt = (points.length - 1) * 10 * SECOND;
          const cutAt = cut * 10 * SECOND;
          // A window leaves its start out: what grew from the edge itself is in no half, so edges are asked one sample early.
          const whole = (points.at(-1)?.[1] ?? 0) - (points[0]?.[1] ?? 0);
          const raw = (fromAt: number, toAt: number) =>
            bench.value(
              `last_over_time(hits[${(toAt - fromAt) / SECOND + 10}s]) - first_over_time(hits[${(toAt - fromAt) / SECOND + 10}s])`,
              toAt,
            ) ?? Number.NaN;
          expect(raw(0, cutAt) + raw(cutAt, endAt)).toBe(whole);
          const counted = (fromAt: number, toAt: number) =>
            bench.value(`increase(hits[${(toAt - fromAt) / SECOND}s])`, toAt) ?? Number.NaN;
          // Each half extrapolates its first interval by its own mean step, so it errs by at most one step there.
          const bound = 2 * Math.max(...steps) + 1e-6;
          expect(Math.abs(counted(0, cutAt) + counted(cutAt, endAt) - whole)).toBeLessThanOrEqual(2 * bound);
        },
      ),
    );
  });

  it('is exact and splits exactly for a counter that grows evenly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 2, max: 18 }), (by, cut) => {
        const points = Array.from({ length: 21 }, (_, i): [number, number] => [
          i * 10 * SECOND,
          1e6 + i * by,
        ]);
        const bench = queryBench().samples('hits', points);
        const counted = (fromS: number, toS: number) =>
          bench.value(`increase(hits[${toS - fromS}s])`, toS * SECOND) ?? Number.NaN;
        expect(counted(0, cut * 10) + counted(cut * 10, 200)).toBeCloseTo(counted(0, 200), 6);
        expect(counted(0, 200)).toBeCloseTo(20 * by, 6);
      }),
    );
  });

  it('is never negative, and rate is it over the window’s seconds', () => {
    fc.assert(
      fc.property(
        counter,
        fc.array(fc.nat(39), { maxLength: 3 }),
        fc.integer({ min: 5, max: 900 }),
        (points, restarts, windowS) => {
          const values = points.map(([at, value], i): [number, number] => [
            at,
            restarts.some((r) => i > r) ? value % 97 : value,
          ]);
          const bench = queryBench().samples('hits', values);
          const at = points.at(-1)?.[0] ?? 0;
          const increase = bench.value(`increase(hits[${windowS}s])`, at);
          const rate = bench.value(`rate(hits[${windowS}s])`, at);
          if (increase === undefined) expect(rate).toBeUndefined();
          else {
            expect(increase).toBeGreaterThanOrEqual(0);
            expect(rate).toBeCloseTo(increase / windowS, 6);
          }
        },
      ),
    );
  });

  it('does not care where the counter began', () => {
    fc.assert(
      fc.property(counter, fc.integer({ min: 1_000_000, max: 2_000_000 }), (points, offset) => {
        const high = points.map(([at, value]): [number, number] => [at, value + 1_000_000]);
        const higher = high.map(([at, value]): [number, number] => [at, value + offset]);
        const at = points.at(-1)?.[0] ?? 0;
        const first = queryBench().samples('hits', high).value('increase(hits[10m])', at);
        const second = queryBench().samples('hits', higher).value('increase(hits[10m])', at);
        if (first === undefined) expect(second).toBeUndefined();
        else expect(second).toBeCloseTo(first, 3);
      }),
    );
  });

  it('scales with its counter', () => {
    fc.assert(
      fc.property(counter, (points) => {
        const at = points.at(-1)?.[0] ?? 0;
        const scaled = points.map(([when, value]): [number, number] => [when, value * 8]);
        const first = queryBench().samples('hits', points).value('increase(hits[10m])', at);
        const second = queryBench().samples('hits', scaled).value('increase(hits[10m])', at);
        if (first === undefined) expect(second).toBeUndefined();
        else expect(second).toBeCloseTo(first * 8, 4);
      }),
    );
  });

  it('is the same over the negation’s delta for what only falls', () => {
    fc.assert(
      fc.property(counter, (points) => {
        const at = points.at(-1)?.[0] ?? 0;
        const bench = queryBench()
          .samples(
            'up',
            points.map(([when, value]): [number, number] => [when, value + 1e9]),
          )
          .samples(
            'down',
            points.map(([when, value]): [number, number] => [when, -value - 1e9]),
          );
        const rise = bench.value('delta(up[10m])', at);
        const fall = bench.value('delta(down[10m])', at);
        if (rise === undefined) expect(fall).toBeUndefined();
        else expect(fall).toBeCloseTo(-rise, 3);
      }),
    );
  });
});

describe('the line through a window', () => {
  it('has the slope of what lies on a line, however it was sampled', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 290 }), { minLength: 2, maxLength: 30 }),
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: -500, max: 500 }),
        (seconds, slope, start) => {
          const points = [...seconds]
            .sort((a, b) => a - b)
            .map((s): [number, number] => [s * SECOND, start + slope * s]);
          const bench = queryBench().samples('m', points);
          expect(bench.value('deriv(m[5m])', 300 * SECOND)).toBeCloseTo(slope, 6);
          expect(bench.value('predict_linear(m[5m], 100)', 300 * SECOND)).toBeCloseTo(start + slope * 400, 3);
        },
      ),
    );
  });

  it('predicts no number where it knows none', () => {
    const bench = queryBench(['m 1 NaN 3', 'one 5']);
    expect(bench.value('deriv(m[5m])', 2 * MINUTE)).toBeNaN();
    expect(bench.value('predict_linear(one[5m], 60)', 0)).toBeUndefined();
  });
});
