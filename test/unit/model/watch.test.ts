import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meetUnwatched, type Unwatched } from '../../../shared/model/watch.ts';

/** Ascending and apart from each other, as the ledger gives them. */
const line = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 })
  .map((marks) => marks.sort((a, b) => a - b))
  .map((marks) =>
    Array.from({ length: Math.floor(marks.length / 2) }, (_, index): Unwatched => {
      const [fromAt = 0, toAt = 0] = marks.slice(2 * index);
      return { fromAt, toAt, causes: ['failing'], filledAt: null };
    }),
  );
const holds = (spans: readonly Unwatched[], at: number) =>
  spans.some((one) => one.fromAt < at && at < one.toAt);

describe('the time in which none of several sources was watched', () => {
  it('is what lies in the spans of each', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        const met = meetUnwatched(lines);
        for (let at = 0.5; at < 40; at += 1)
          expect(holds(met, at)).toBe(lines.every((spans) => holds(spans, at)));
      }),
    );
  });

  it('has the causes of all, and is filled once all are', () => {
    const one: Unwatched = { fromAt: 0, toAt: 9, causes: ['asleep'], filledAt: 20, found: ['a'] };
    const other: Unwatched = { fromAt: 4, toAt: 12, causes: ['asleep', 'failing'], filledAt: 30 };
    expect(meetUnwatched([[one], [other]])).toEqual([
      { fromAt: 4, toAt: 9, causes: ['asleep', 'failing'], filledAt: 30, found: ['a'] },
    ]);
    expect(meetUnwatched([[one], [{ ...other, filledAt: null }]])[0]?.filledAt).toBeNull();
    expect(meetUnwatched([])).toEqual([]);
  });
});
