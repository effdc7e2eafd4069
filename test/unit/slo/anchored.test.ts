import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asking, type Counters, countWindow, readCounters } from '../../../main/slo/count.ts';
import { createLimit } from '../../../main/slo/limit.ts';
import { type Anchor, countSince, mustRecount, recount } from '../../../main/slo/long-window.ts';
import { moveOdometer, type Odometer, startOdometer } from '../../../main/slo/odometer.ts';
import { mustLook, type Seen, seenFraction } from '../../../main/slo/seen.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { type CounterTarget, counterTarget } from '../../support/counter-target.ts';

const T0 = 1_800_000_000_000;
const STEP = 30 * SECOND_MS;
const WINDOW = 6 * HOUR_MS;

function counters(): Counters {
  const read = readCounters({ indicator: { bad: 'failed', total: 'requests' } });
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}
const askingOf = (target: CounterTarget): Asking => ({ target, limit: createLimit(4), timeoutMs: 1_000 });

/** Traffic that changes each half hour, half a day long, with resets of the process in it. */
const traffic = fc.array(
  fc.record({
    perStep: fc.nat(300),
    failing: fc.double({ min: 0, max: 1, noNaN: true }),
    reset: fc.boolean(),
  }),
  { minLength: 26, maxLength: 26 },
);
type Traffic = readonly { perStep: number; failing: number; reset: boolean }[];

function fill(target: CounterTarget, halves: Traffic): void {
  let requests = 0;
  let failed = 0;
  let at = T0 - 13 * HOUR_MS;
  for (const { perStep, failing, reset } of halves) {
    if (reset) requests = failed = 0;
    for (let i = 0; i < 60; i += 1) {
      at += STEP;
      requests += perStep;
      failed += Math.round(perStep * failing);
      target.put('requests', at, requests);
      target.put('failed', at, failed);
    }
  }
}

async function unwrap<T>(
  result: Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>,
): Promise<T> {
  const one = await result;
  if (!one.ok) throw new Error(one.error.message);
  return one.value;
}

describe('a long window between two full counts', () => {
  it('is what a full count gives, within what has left at its far end and one sample at each seam', async () => {
    await fc.assert(
      fc.asyncProperty(traffic, fc.integer({ min: 1, max: 9 }), async (halves, everySteps) => {
        const target = counterTarget();
        fill(target, halves);
        const asking = askingOf(target);
        const known = counters();
        let at = T0 - 5 * HOUR_MS;
        let odometer: Odometer = startOdometer(at);
        let anchor: Anchor | undefined;
        const most = Math.max(...halves.map((one) => one.perStep));
        for (; at < T0; at += everySteps * STEP) {
          odometer = await unwrap(moveOdometer(odometer, asking, known, at));
          if (mustRecount(anchor, WINDOW, at))
            anchor = await unwrap(recount(asking, known, WINDOW, at, odometer.reading));
          const counted = countSince(anchor, WINDOW, at, odometer.reading, 1);
          const exact = await unwrap(countWindow(asking, known, WINDOW, at));
          const gone = at - (anchor?.at ?? at);
          const left =
            gone < 2 * STEP
              ? { total: most * 3, bad: most * 3 }
              : await unwrap(countWindow(asking, known, gone, at - WINDOW));
          const seams = 4 * most + 1;
          const total = (counted.total ?? 0) - (exact.total ?? 0);
          expect(total).toBeGreaterThanOrEqual(-seams);
          expect(total).toBeLessThanOrEqual((left.total ?? 0) + seams);
          expect(counted.bad ?? 0).toBeLessThanOrEqual((counted.total ?? 0) + 1e-6);
          expect(counted.anchoredAt).toBe(gone === 0 ? null : (anchor?.at ?? null));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('is no count any more once its anchor is older than a tenth of it, or the increments are unknown', async () => {
    const anchor: Anchor = { at: T0, bad: 1, total: 100, mark: { bad: 0, total: 0 } };
    const now = { bad: 0, total: 0 };
    expect(countSince(anchor, WINDOW, T0 + WINDOW / 10, now, 1).known).toBe(true);
    expect(countSince(anchor, WINDOW, T0 + WINDOW / 10 + 1, now, 1).known).toBe(false);
    expect(countSince(anchor, WINDOW, T0, now, null).known).toBe(false);
    expect(countSince(undefined, WINDOW, T0, now, 1).known).toBe(false);
  });

  it('of no traffic at all is no data, and not zero failures of zero', () => {
    const anchor: Anchor = { at: T0, bad: null, total: null, mark: { bad: 0, total: 0 } };
    expect(countSince(anchor, WINDOW, T0 + 1, { bad: 0, total: 0 }, 1)).toMatchObject({
      total: null,
      bad: null,
      known: true,
    });
    expect(countSince(anchor, WINDOW, T0 + 1, { bad: 1, total: 5 }, 1)).toMatchObject({ total: 5, bad: 1 });
  });
});

describe('the odometer', () => {
  it('reads the same however often it is looked at, but for a sample at each place where it is settled', async () => {
    await fc.assert(
      fc.asyncProperty(
        traffic,
        fc.uniqueArray(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        async (halves, looks) => {
          const target = counterTarget();
          fill(target, halves);
          const asking = askingOf(target);
          const known = counters();
          const begin = T0 - 6 * HOUR_MS;
          const end = T0 - STEP;
          let often = startOdometer(begin);
          for (const look of looks.sort((a, b) => a - b))
            often = await unwrap(moveOdometer(often, asking, known, Math.min(end, begin + look * STEP)));
          often = await unwrap(moveOdometer(often, asking, known, end));
          const truth = await unwrap(countWindow(asking, known, end - begin, end));
          const most = Math.max(...halves.map((one) => one.perStep));
          expect(Math.abs(often.reading.total - (truth.total ?? 0))).toBeLessThanOrEqual(
            most * (looks.length + 8),
          );
          expect(often.reading.bad).toBeLessThanOrEqual(often.reading.total + 1e-6);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('never runs backwards while time runs forward', async () => {
    const target = counterTarget();
    fill(
      target,
      Array.from({ length: 26 }, (_, i) => ({ perStep: i * 3, failing: 0.1, reset: i % 5 === 0 })),
    );
    let odometer = startOdometer(T0 - 10 * HOUR_MS);
    let before = 0;
    for (let at = T0 - 10 * HOUR_MS; at < T0; at += 7 * MINUTE_MS) {
      odometer = await unwrap(moveOdometer(odometer, askingOf(target), counters(), at));
      expect(odometer.reading.total).toBeGreaterThanOrEqual(before);
      before = odometer.reading.total;
    }
  });

  it('goes on at once where the clock was set back, and asks for no window of less than nothing', async () => {
    const target = counterTarget();
    fill(
      target,
      Array.from({ length: 26 }, () => ({ perStep: 60, failing: 0, reset: false })),
    );
    const asking = askingOf(target);
    let odometer = await unwrap(
      moveOdometer(startOdometer(T0 - HOUR_MS), asking, counters(), T0 - MINUTE_MS),
    );
    const before = odometer.reading.total;
    odometer = await unwrap(moveOdometer(odometer, asking, counters(), T0 - 3 * HOUR_MS));
    expect(odometer.reading.total).toBe(before);
    odometer = await unwrap(moveOdometer(odometer, asking, counters(), T0 - 3 * HOUR_MS + 10 * MINUTE_MS));
    expect(odometer.reading.total).toBeGreaterThan(before + 60 * 15);
    expect(target.asked.every((query) => !query.includes('[-') && !query.includes('[0'))).toBe(true);
  });
});

describe('how much of a window was seen', () => {
  it('grows with time and never passes the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.nat(10 ** 6),
        (windowMs, sinceMs, laterMs) => {
          const seen: Seen = { windowMs, firstAt: T0 - sinceMs, lookedAt: T0, lastDataAt: T0 };
          const now = seenFraction(seen, T0);
          expect(now).toBeGreaterThanOrEqual(0);
          expect(now).toBeLessThanOrEqual(1);
          expect(seenFraction(seen, T0 + laterMs)).toBeGreaterThanOrEqual(now);
          expect(seenFraction({ ...seen, firstAt: null }, T0)).toBe(1);
          expect(seenFraction({ ...seen, firstAt: Number.POSITIVE_INFINITY }, T0)).toBe(0);
        },
      ),
    );
  });

  it('is looked for anew after a gap, and not at each poll once it is whole', () => {
    const whole: Seen = { windowMs: HOUR_MS, firstAt: null, lookedAt: T0, lastDataAt: T0 };
    expect(mustLook(undefined, HOUR_MS, T0)).toBe(true);
    expect(mustLook(whole, HOUR_MS, T0 + SECOND_MS)).toBe(false);
    expect(mustLook(whole, HOUR_MS, T0 + 6 * MINUTE_MS + 1)).toBe(true);
    const part: Seen = { ...whole, firstAt: T0 - MINUTE_MS };
    expect(mustLook(part, HOUR_MS, T0 + 59 * SECOND_MS)).toBe(false);
    expect(mustLook(part, HOUR_MS, T0 + 60 * SECOND_MS)).toBe(true);
  });
});
