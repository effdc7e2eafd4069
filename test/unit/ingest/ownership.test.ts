import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bringer, createOwnership, leftOutReason, silenceMs } from '../../../main/ingest/ownership.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';

const A: Bringer = { sourceId: 'a', intervalMs: 5 * SECOND_MS };
const B: Bringer = { sourceId: 'b', intervalMs: MINUTE_MS };

function refs(...numbers: number[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(numbers);
}

describe('a series that two sources bring', () => {
  it('is counted from the first, and the other is left out by name', () => {
    const ownership = createOwnership();
    expect(ownership.sift(A, refs(1, 2), 1_000, 0)).toEqual([]);
    const rows = refs(1, 3);
    expect(ownership.sift(B, rows, 1_001, 1)).toEqual([{ owner: 'a', count: 1 }]);
    expect([...rows]).toEqual([0, 3]);
    expect(leftOutReason('b', 'a')).toContain('of a series that a brings and owns');
  });

  it('goes to the other once its source is silent for 30 s, or for two of its intervals where these are longer', () => {
    expect(silenceMs(A.intervalMs)).toBe(30 * SECOND_MS);
    expect(silenceMs(B.intervalMs)).toBe(2 * MINUTE_MS);
    const ownership = createOwnership();
    ownership.sift(A, refs(1), 1_000, 0);
    expect(ownership.sift(B, refs(1), 20_000, 29_999)).toHaveLength(1);
    expect(ownership.sift(B, refs(1), 31_000, 30_000)).toEqual([]);
    expect(ownership.sift(A, refs(1), 32_000, 31_000)).toEqual([{ owner: 'b', count: 1 }]);
  });

  it('is not told twice about a time: the new owner begins after the last sample of the old one', () => {
    const ownership = createOwnership();
    ownership.sift(A, refs(1), 100_000, 0);
    const late = refs(1, 1, 1);
    const left = ownership.sift(B, late, Float64Array.of(99_000, 100_000, 101_000), 40_000);
    expect([...late]).toEqual([0, 0, 1]);
    expect(left).toEqual([{ owner: '', count: 2 }]);
    expect(leftOutReason('b', '')).toContain('another source had told already');
  });

  it('is free at once when it ends at its owner', () => {
    const ownership = createOwnership();
    ownership.sift(A, refs(1), 1_000, 0);
    ownership.release('b', [1]);
    expect(ownership.owns('a', 1)).toBe(true);
    ownership.release('a', [1]);
    expect(ownership.sift(B, refs(1), 2_000, 1)).toEqual([]);
    expect(ownership.owns('b', 1)).toBe(true);
  });

  it('is free when its owner leaves the configuration, and when the store numbers anew', () => {
    const ownership = createOwnership();
    ownership.sift(A, refs(1, 2_000), 1_000, 0);
    expect(ownership.count('a')).toBe(2);
    ownership.forget('a');
    expect(ownership.count('a')).toBe(0);
    expect(ownership.sift(B, refs(1), 2_000, 1)).toEqual([]);
    ownership.forget(null);
    expect(ownership.sift(A, refs(1), 1_500, 2)).toEqual([]);
  });
});

describe('a table of owners', () => {
  it('holds numbers that begin anywhere, and more of them than at first', () => {
    const ownership = createOwnership();
    const many = Uint32Array.from({ length: 5_000 }, (_, i) => 4_000_000_000 + i);
    expect(ownership.sift(A, many.slice(), 1_000, 0)).toEqual([]);
    expect(ownership.count('a')).toBe(5_000);
    expect(ownership.sift(B, many.slice(), 2_000, 1)).toEqual([{ owner: 'a', count: 5_000 }]);
    expect(ownership.owns('a', 4_000_004_999)).toBe(true);
  });

  it('uses the room of what nobody brings any more', () => {
    const ownership = createOwnership();
    const of = (from: number) => Uint32Array.from({ length: 1_000 }, (_, i) => from + i);
    for (let round = 1; round <= 5; round += 1) {
      ownership.sift(A, of(round * 10_000), round, round * 7_200_000);
      ownership.release('a', of(round * 10_000));
    }
    ownership.sift(A, of(10_000), 9, 99_000_000);
    expect(ownership.count('a')).toBe(1_000);
    expect(ownership.owns('a', 20_000)).toBe(false);
  });
});

/** What is stored of one counter, as the store keeps it: later samples only. */
function record() {
  const kept: { at: number; value: number }[] = [];
  return {
    kept,
    take(at: number, value: number) {
      const newest = kept.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
      if (at > newest) kept.push({ at, value });
    },
    /** As PromQL counts: a fall is a reset. */
    increase() {
      return kept.reduce((sum, { value }, i) => {
        const before = kept[i - 1]?.value;
        if (before === undefined) return sum;
        return sum + (value >= before ? value - before : value);
      }, 0);
    },
  };
}

const steps = fc.array(
  fc.record({
    by: fc.constantFrom<'a' | 'b'>('a', 'b'),
    waitMs: fc.integer({ min: 1, max: 4_000 }),
    /** How long the sample was on its way. */
    delayMs: fc.integer({ min: 0, max: 3_000 }),
    grows: fc.integer({ min: 0, max: 50 }),
  }),
  { minLength: 2, maxLength: 60 },
);

describe('any interleaving of two senders', () => {
  it('of separate counts gives what the first alone would give', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const ownership = createOwnership();
        const both = record();
        const alone = record();
        const first = all[0]?.by;
        const counts = { a: 0, b: 1_000 };
        let nowMs = 0;
        for (const { by, waitMs, delayMs, grows } of all) {
          nowMs += waitMs;
          counts[by] += grows;
          const at = nowMs - delayMs;
          const rows = refs(1);
          ownership.sift({ sourceId: by, intervalMs: 120_000 }, rows, at, nowMs);
          if (rows[0] === 1) both.take(at, counts[by]);
          if (by === first) alone.take(at, counts[by]);
        }
        expect(both.kept).toEqual(alone.kept);
        expect(both.increase()).toBe(alone.increase());
      }),
    );
  });

  it('of one count, however often they take turns, never gives more than happened', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            by: fc.constantFrom('a', 'b'),
            waitMs: fc.integer({ min: 1, max: 50_000 }),
            delayMs: fc.integer({ min: 0, max: 60_000 }),
          }),
          { minLength: 2, maxLength: 60 },
        ),
        (all) => {
          const ownership = createOwnership();
          const both = record();
          let nowMs = 1_000_000;
          for (const { by, waitMs, delayMs } of all) {
            nowMs += waitMs;
            const at = nowMs - delayMs;
            const rows = refs(1);
            ownership.sift({ sourceId: by, intervalMs: 1_000 }, rows, at, nowMs);
            // The counter grows by one each millisecond: what it was at a time is that time.
            if (rows[0] === 1) both.take(at, at);
          }
          const [begin, end] = [both.kept[0], both.kept.at(-1)];
          expect(both.increase()).toBe((end?.value ?? 0) - (begin?.value ?? 0));
          expect([...both.kept].sort((x, y) => x.at - y.at)).toEqual(both.kept);
        },
      ),
    );
  });
});
