import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWatchLine } from '../../../main/ingest/watch-line.ts';

const POLL = 15_000;
const HOUR = 3_600_000;
const START = 1_700_000_000_000;

/** Polls at these wall times; monotonic time goes along unless told otherwise. */
function watched(times: readonly (number | readonly [at: number, monotonicMs: number])[]) {
  const line = createWatchLine([]);
  for (const time of times) {
    const [at, monotonicMs] = typeof time === 'number' ? [time, time] : time;
    line.seen({ at: START + at, monotonicMs }, POLL);
  }
  return line;
}

const gaps = (line: ReturnType<typeof createWatchLine>, fromAt: number, toAt: number, now = toAt) =>
  line
    .unwatched(START + fromAt, START + toAt, START + now)
    .map((gap) => [gap.fromAt - START, gap.toAt - START, gap.causes.join()]);

describe('the ledger of a source', () => {
  it('holds what is between polls that are near enough; the time before it is unrecorded', () => {
    const line = watched([0, POLL, 2 * POLL, 4 * POLL]);
    expect(gaps(line, -1_000, 4 * POLL)).toEqual([[-1_000, 0, 'unrecorded']]);
    expect(gaps(line, 0, 4 * POLL)).toEqual([]);
    expect(line.sinceAt()).toBe(START);
  });

  it('knows nothing of a source that was never seen', () => {
    expect(gaps(createWatchLine([]), 0, 10)).toEqual([[0, 10, 'unrecorded']]);
  });

  it('has a gap where polls are too far apart, clipped to what is asked for', () => {
    const line = watched([0, POLL, 10 * POLL, 11 * POLL]);
    expect(gaps(line, 0, 11 * POLL)).toEqual([[POLL, 10 * POLL, 'held-up']]);
    expect(gaps(line, 2 * POLL, 3 * POLL, 11 * POLL)).toEqual([[2 * POLL, 3 * POLL, 'held-up']]);
    expect(gaps(line, 10 * POLL, 11 * POLL)).toEqual([]);
  });

  it('names sleep where the wall went on and monotonic time did not', () => {
    expect(
      gaps(
        watched([
          [0, 0],
          [HOUR, 15_000],
        ]),
        0,
        HOUR,
      ),
    ).toEqual([[0, HOUR, 'asleep']]);
  });

  it('names sleep that the system announced, and a source that did not answer', () => {
    const line = watched([0]);
    line.note('asleep');
    line.missed({ at: START + HOUR, monotonicMs: HOUR }, 'failing', POLL);
    expect(line.seen({ at: START + HOUR + POLL, monotonicMs: HOUR + POLL }, POLL)).toEqual({
      fromAt: START,
      toAt: START + HOUR + POLL,
      causes: ['asleep', 'failing'],
      filledAt: null,
    });
  });

  it('goes on being open until somebody looks, and is open from the last poll that saw', () => {
    const line = watched([0, POLL]);
    expect(gaps(line, 0, 3 * POLL)).toEqual([]);
    line.missed({ at: START + 2 * POLL, monotonicMs: 2 * POLL }, 'failing', POLL);
    expect(gaps(line, 0, 9 * POLL)).toEqual([[POLL, 9 * POLL, 'failing']]);
  });

  it('after a restart names the time in which nothing ran, and joins on where that was short', () => {
    const kept = [{ fromAt: START, toAt: START + POLL, causes: [], filledAt: null }];
    const line = createWatchLine(kept);
    expect(gaps(line, 0, HOUR)).toEqual([[POLL, HOUR, 'stopped']]);
    line.seen({ at: START + HOUR, monotonicMs: 0 }, POLL);
    expect(gaps(line, 0, HOUR)).toEqual([[POLL, HOUR, 'stopped']]);
    const quick = createWatchLine(kept);
    quick.seen({ at: START + 2 * POLL, monotonicMs: 0 }, POLL);
    expect(gaps(quick, 0, 2 * POLL)).toEqual([]);
  });

  it('forgets what a wrong clock wrote: a year ahead and back', () => {
    const year = 365 * 24 * HOUR;
    const line = watched([
      [0, 0],
      [year, POLL],
      [year + POLL, 2 * POLL],
    ]);
    line.seen({ at: START + 3 * POLL, monotonicMs: 3 * POLL }, POLL);
    expect(gaps(line, 0, 3 * POLL)).toEqual([[0, 3 * POLL, 'clock']]);
    expect(line.takeChanges()).toMatchObject({
      fromAt: START,
      intervals: [{ fromAt: START }, { causes: ['clock'] }],
    });
  });

  it('set back by an hour claims nothing of the hour that is yet to come, and goes on', () => {
    const line = watched(Array.from({ length: 481 }, (_, i) => i * POLL));
    const back = HOUR + 5_000;
    line.seen({ at: START + back, monotonicMs: 2 * HOUR + POLL }, POLL);
    line.seen({ at: START + back + POLL, monotonicMs: 2 * HOUR + 2 * POLL }, POLL);
    expect(gaps(line, 0, 2 * HOUR, back + POLL)).toEqual([]);
    expect(line.takeChanges()?.intervals).toMatchObject([{ fromAt: START, toAt: START + back + POLL }]);
    // Set right again, the wrong hour is a gap: what was seen in it was seen at times that were not.
    line.seen({ at: START + 2 * HOUR + 3 * POLL, monotonicMs: 2 * HOUR + 3 * POLL }, POLL);
    expect(gaps(line, 0, 2 * HOUR + 3 * POLL)).toMatchObject([[back + POLL, 2 * HOUR + 3 * POLL, 'asleep']]);
  });

  it('remembers which gap was filled afterwards', () => {
    const line = watched([0]);
    const gap = line.seen({ at: START + HOUR, monotonicMs: HOUR }, POLL);
    if (!gap) throw new Error('no gap');
    line.takeChanges();
    line.filled(gap, START + HOUR + 500, ['It burned.']);
    expect(line.unwatched(START, START + HOUR, START + HOUR)).toMatchObject([
      { filledAt: START + HOUR + 500, found: ['It burned.'] },
    ]);
    expect(line.takeChanges()?.fromAt).toBe(START + HOUR);
    expect(line.takeChanges()).toBeNull();
  });

  it('says of every instant the same as the polls do, whatever is asked of it', () => {
    const steps = fc.array(fc.integer({ min: 1_000, max: 90_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.nat(4_000_000), fc.nat(4_000_000), (lengths, a, b) => {
        const times = [0];
        for (const step of lengths) times.push((times.at(-1) ?? 0) + step);
        const line = watched(times);
        const [fromAt, toAt] = [Math.min(a, b), Math.max(a, b) + 1];
        // A range of no length has no instant to ask about.
        const now = Math.max(toAt, times.at(-1) ?? 0);
        const spans = line.unwatched(START + fromAt, START + toAt, START + now);
        const seconds = Array.from({ length: 50 }, (_, i) => fromAt + ((toAt - fromAt) * i) / 50);
        for (const at of seconds) {
          const before = times.filter((one) => one <= at).at(-1) ?? -1;
          const after = times.find((one) => one > at);
          const isWatched = (after ?? now) - before <= 2 * POLL + 1_000;
          const isGap = spans.some((one) => START + at >= one.fromAt && START + at < one.toAt);
          expect(isGap).toBe(!isWatched);
        }
        for (const [i, span] of spans.entries())
          expect(span.toAt <= (spans[i + 1]?.fromAt ?? Infinity)).toBe(true);
      }),
    );
  });
});
