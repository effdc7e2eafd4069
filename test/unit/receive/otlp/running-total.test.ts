import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  OUT_OF_ORDER,
  OVERLAP,
  type RunningTotal,
  stepTotal,
} from '../../../../main/receive/otlp/running-total.ts';

const MS = 1_000_000n;
const nanos = (ms: number) => BigInt(ms) * MS;

interface Delta {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number;
}

function feed(deltas: readonly Delta[]) {
  let total: RunningTotal | undefined;
  const values: (number | string)[] = [];
  for (const { fromMs, toMs, value } of deltas) {
    const step = stepTotal(total, 'delta', { startNanos: nanos(fromMs), nanos: nanos(toMs) }, [value]);
    if (step.kind === 'taken') total = step.next;
    values.push(step.kind === 'taken' ? (step.values[0] ?? Number.NaN) : step.reason);
  }
  return { total, values };
}

/** Intervals that follow each other, with gaps where the sender was away (a restart). */
const intervals = fc
  .array(
    fc.record({ gapMs: fc.nat(5_000), lengthMs: fc.integer({ min: 1, max: 60_000 }), value: fc.nat(1_000) }),
    { minLength: 1, maxLength: 40 },
  )
  .map((parts) => {
    let atMs = 1_000;
    return parts.map(({ gapMs, lengthMs, value }): Delta => {
      const fromMs = atMs + gapMs;
      atMs = fromMs + lengthMs;
      return { fromMs, toMs: atMs, value };
    });
  });

describe('deltas', () => {
  it('add up to the cumulative truth, over gaps and restarts of the sender', () => {
    fc.assert(
      fc.property(intervals, (deltas) => {
        let truth = 0;
        const truths = deltas.map(({ value }) => {
          truth += value;
          return truth;
        });
        expect(feed(deltas).values).toEqual(truths);
      }),
    );
  });

  it('that come twice are counted once, and say the same total again', () => {
    fc.assert(
      fc.property(intervals, (deltas) => {
        const twice = deltas.flatMap((delta) => [delta, delta]);
        const { values } = feed(twice);
        expect(values.filter((_, index) => index % 2 === 0)).toEqual(feed(deltas).values);
        expect(values.filter((_, index) => index % 2 === 1)).toEqual(feed(deltas).values);
      }),
    );
  });

  it('in any order: the total is the sum of those taken, and each other is refused by name', () => {
    const shuffled = intervals.chain((deltas) => fc.shuffledSubarray(deltas, { minLength: deltas.length }));
    fc.assert(
      fc.property(shuffled, (deltas) => {
        const { total, values } = feed(deltas);
        const taken = deltas.filter((_, index) => typeof values[index] === 'number');
        expect(total?.values[0]).toBe(taken.reduce((sum, { value }) => sum + value, 0));
        for (const value of values)
          if (typeof value === 'string') expect([OUT_OF_ORDER, OVERLAP]).toContain(value);
        let newest = 0;
        for (const [index, { toMs }] of deltas.entries()) {
          expect(typeof values[index] === 'number').toBe(toMs > newest);
          newest = Math.max(newest, toMs);
        }
      }),
    );
  });

  it('whose interval overlaps what is counted are refused, as they would be counted twice', () => {
    expect(
      feed([
        { fromMs: 1_000, toMs: 2_000, value: 5 },
        { fromMs: 1_500, toMs: 2_500, value: 5 },
      ]).values,
    ).toEqual([5, OVERLAP]);
  });

  it('begin with a zero, so that a watcher that was away sees the new beginning', () => {
    const step = stepTotal(undefined, 'delta', { startNanos: nanos(1_000), nanos: nanos(9_000) }, [7]);
    expect(step).toMatchObject({ kind: 'taken', zeroAt: 1_001, values: [7] });
  });
});

describe('cumulative points', () => {
  /** What PromQL's increase makes of samples: falls are resets. */
  const increase = (samples: readonly number[]): number =>
    samples.reduce((sum, value, i) => {
      const before = samples[i - 1];
      return before === undefined ? 0 : sum + (value >= before ? value - before : value);
    }, 0);

  it('give the true increase over restarts, even where the new count is the higher one', () => {
    const lives = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(lives, (added) => {
        let total: RunningTotal | undefined;
        let atMs = 0;
        let first: number | undefined;
        const written: number[] = [];
        for (const life of added) {
          atMs += 5_000;
          const startNanos = nanos(atMs);
          let value = 0;
          for (const more of life) {
            value += more;
            atMs += 1_000;
            const step = stepTotal(total, 'cumulative', { startNanos, nanos: nanos(atMs) }, [value]);
            if (step.kind !== 'taken') throw new Error(step.reason);
            total = step.next;
            first ??= value;
            if (step.zeroAt !== null) written.push(0);
            written.push(value);
          }
        }
        const truth = added.flat().reduce((sum, more) => sum + more, 0);
        expect(increase(written)).toBe(truth - (first ?? 0));
      }),
    );
  });

  it('that arrive late are given on and say nothing of restarts', () => {
    const at = (ms: number, value: number, total?: RunningTotal) =>
      stepTotal(total, 'cumulative', { startNanos: nanos(500), nanos: nanos(ms) }, [value]);
    const newer = at(2_000, 9);
    if (newer.kind !== 'taken') throw new Error('not taken');
    expect(at(1_000, 4, newer.next)).toMatchObject({ values: [4], zeroAt: null, next: newer.next });
  });
});
