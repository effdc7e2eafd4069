import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketEnd, rollupIncrease } from '../../../main/store/index.ts';
import { joinRollups, type Rollup, rollUp, rollupBetween, widen } from '../../../main/store/metric-rollup.ts';
import { decodeRollup, encodeRollup } from '../../../main/store/metric-rollup-block.ts';
import { blockSpanMs, blockStart, ROLLUP_WIDTHS } from '../../../main/store/metric-rollup-width.ts';
import { staleValues, wordsOf } from '../../../main/store/metric-stale.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { type PlainSample, plainIncrease, plainRollup } from '../../support/memory-rollup.ts';

const START = 1_700_000_000_000;
const [NARROW, WIDE] = ROLLUP_WIDTHS;

/** Whole numbers add up exactly in any order, so that sums can be compared. */
const series = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 20 * MINUTE_MS }),
      value: fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.constant(Number.NaN)),
      stale: fc.boolean().map((one) => one),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((steps) => {
    let at = START;
    return steps.map(({ step, value, stale }, i): PlainSample => {
      at += step;
      return { at, value, stale: stale && i % 7 === 0 };
    });
  });

function samplesOf(plain: readonly PlainSample[]) {
  const values = Float64Array.from(plain, ({ value }) => value);
  const words = wordsOf(values);
  const marker = wordsOf(staleValues(1));
  plain.forEach(({ stale }, i) => {
    if (stale) words.set(marker, i * 2);
  });
  return { times: Float64Array.from(plain, ({ at }) => at), values };
}

const plain = (rollup: Rollup) =>
  Object.fromEntries(Object.entries(rollup).map(([name, column]) => [name, [...column]]));

describe('rolled-up samples', () => {
  it('say of each bucket what looking at its samples says', () => {
    fc.assert(
      fc.property(series, fc.constantFrom(...ROLLUP_WIDTHS), (given, width) => {
        const expected = plainRollup(given, 0, Number.MAX_SAFE_INTEGER, width);
        expect(plain(rollUp(samplesOf(given), width))).toEqual(plain(expected));
      }),
    );
  });

  it('come out the same in hours, whether from samples or from five minutes', () => {
    fc.assert(
      fc.property(series, (given) => {
        const samples = samplesOf(given);
        expect(plain(widen(rollUp(samples, NARROW), WIDE))).toEqual(plain(rollUp(samples, WIDE)));
      }),
    );
  });

  it('give the increase of a counter that falls, over any span of whole buckets', () => {
    fc.assert(
      fc.property(series, fc.nat(50), fc.nat(50), (given, a, b) => {
        const numbers = given.map((one) => ({ ...one, value: Number.isNaN(one.value) ? 5 : one.value }));
        const rollup = rollUp(samplesOf(numbers), NARROW);
        const from = Math.min(a, b, rollup.ends.length - 1);
        const to = Math.min(Math.max(a, b) + 1, rollup.ends.length);
        const fromAt = (rollup.ends[from] ?? 0) - NARROW;
        const toAt = rollup.ends[to - 1] ?? 0;
        const inside = numbers.filter(({ at }) => at > fromAt && at <= toAt);
        expect(rollupIncrease(rollup, from, to)).toBe(plainIncrease(inside));
      }),
    );
  });

  it('count a reset between two buckets and inside one', () => {
    const at = (minute: number, value: number) => ({ at: START + minute * MINUTE_MS, value, stale: false });
    // 10 → 30, restart, 5 → 9, restart, 2: 20 + 5 + 4 + 2.
    const given = [at(1, 10), at(2, 30), at(6, 5), at(7, 9), at(7.5, 2)];
    expect(rollupIncrease(rollUp(samplesOf(given), NARROW))).toBe(31);
  });

  it('add up small numbers beside large ones without losing them', () => {
    const values = [1e16, 1, -1e16, 1];
    const given = values.map((value, i) => ({ at: START + 200_000 + i, value, stale: false }));
    expect(rollUp(samplesOf(given), NARROW).sum[0]).toBe(2);
  });

  it('know no increase of fewer than two values', () => {
    const one = samplesOf([{ at: START, value: 7, stale: false }]);
    expect(rollupIncrease(rollUp(one, NARROW))).toBeNaN();
    expect(rollupIncrease(joinRollups([]))).toBeNaN();
  });

  it('come back whole from their block', () => {
    fc.assert(
      fc.property(series, (given) => {
        const rollup = rollUp(samplesOf(given), NARROW);
        expect(plain(decodeRollup(encodeRollup(rollup)))).toEqual(plain(rollup));
      }),
    );
  });

  it('keep numbers of every kind in their block', () => {
    const odd = [Number.MAX_VALUE, -0, Number.POSITIVE_INFINITY, 1e-300, Number.NaN, -1.5];
    const given = odd.map((value, i) => ({ at: START + i * NARROW, value, stale: false }));
    const rollup = rollUp(samplesOf(given), NARROW);
    expect(plain(decodeRollup(encodeRollup(rollup)))).toEqual(plain(rollup));
  });

  it('are refused by name where their block is damaged', () => {
    const given = Array.from({ length: 40 }, (_, i) => ({ at: START + i * NARROW, value: i, stale: false }));
    const good = encodeRollup(rollUp(samplesOf(given), NARROW));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const bad = good.slice();
        bad[index] = (bad[index] ?? 0) ^ change;
        for (const bytes of [bad, good.subarray(0, index)]) {
          try {
            expect(decodeRollup(bytes).ends.length).toBeLessThanOrEqual(4_096);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'chunk-damaged' });
          }
        }
      }),
    );
  });

  it('are cut to whole buckets, and joined again', () => {
    fc.assert(
      fc.property(series, fc.nat(40 * 60), (given, minutes) => {
        const rollup = rollUp(samplesOf(given), NARROW);
        const cut = bucketEnd(START + minutes * MINUTE_MS, NARROW);
        const parts = [rollupBetween(rollup, 0, cut), rollupBetween(rollup, cut, Number.MAX_SAFE_INTEGER)];
        expect(plain(joinRollups(parts))).toEqual(plain(rollup));
        expect(parts[0]?.ends.every((end) => end <= cut)).toBe(true);
      }),
    );
  });

  it('lie in the block that their end belongs to', () => {
    expect(bucketEnd(NARROW, NARROW)).toBe(NARROW);
    expect(bucketEnd(NARROW + 1, NARROW)).toBe(2 * NARROW);
    expect(blockStart(DAY_MS, NARROW)).toBe(0);
    expect(blockStart(DAY_MS + NARROW, NARROW)).toBe(DAY_MS);
    expect(blockSpanMs(WIDE) % HOUR_MS).toBe(0);
    expect(blockStart(blockSpanMs(WIDE), WIDE)).toBe(0);
  });
});
