import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { createRecurrence, type Plan, type Recurrence } from '../../../main/calendar/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

const recurrence = (plan: Plan): Recurrence => {
  const made = createRecurrence(plan);
  if (!made.ok) throw new Error(made.error);
  return made.value;
};
const at = (text: string) => Date.parse(text);
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/Sao_Paulo',
];

describe('a window that recurs', () => {
  const nightly = recurrence({ schedule: '30 2 * * *', durationMs: HOUR_MS, timeZone: 'Europe/Berlin' });

  it('includes its start and excludes its end', () => {
    const start = at('2026-01-14T01:30:00Z');
    expect(nightly.current(start - 1)).toBeNull();
    expect(nightly.current(start)).toEqual({ startsAt: start, endsAt: start + HOUR_MS });
    expect(nightly.current(start + HOUR_MS - 1)).toEqual({ startsAt: start, endsAt: start + HOUR_MS });
    expect(nightly.current(start + HOUR_MS)).toBeNull();
    expect(nightly.next(start)).toEqual({ startsAt: start + DAY_MS, endsAt: start + DAY_MS + HOUR_MS });
  });

  it('begins after the gap where the clocks skip its start, and lasts as long as always', () => {
    // 29 March 2026: 02:00 becomes 03:00 in Berlin, so 02:30 is not there.
    expect(nightly.next(at('2026-03-28T12:00:00Z'))).toEqual({
      startsAt: at('2026-03-29T01:00:00Z'),
      endsAt: at('2026-03-29T02:00:00Z'),
    });
  });

  it('takes place once where its start comes twice', () => {
    // 25 October 2026: 02:30 comes at 00:30 and at 01:30 UTC.
    const first = nightly.next(at('2026-10-24T12:00:00Z'));
    expect(first?.startsAt).toBe(at('2026-10-25T00:30:00Z'));
    expect(nightly.next(first?.startsAt ?? 0)?.startsAt).toBe(at('2026-10-26T01:30:00Z'));
  });

  it('of several that overlap is the latest', () => {
    const often = recurrence({ schedule: '*/10 * * * *', durationMs: HOUR_MS, timeZone: 'UTC' });
    expect(often.current(at('2026-01-14T10:25:00Z'))?.startsAt).toBe(at('2026-01-14T10:20:00Z'));
  });

  it.each([
    ['every day', 'expected five fields'],
    ['0 0 2 * * sun', 'expected five fields'],
    ['0 0 30 2 *', 'never comes'],
    ['0 25 * * *', 'is no schedule'],
    ['0 0 x 2 *', 'is no schedule'],
  ])('%s is refused: %s', (schedule, why) => {
    expect(createRecurrence({ schedule, durationMs: HOUR_MS, timeZone: 'UTC' })).toMatchObject({
      ok: false,
      error: expect.stringContaining(why),
    });
  });

  it('is where the wall clock says, at any instant, in any zone, across every change of the clocks', () => {
    const moment = fc.integer({
      min: at('2026-01-01T00:00:00Z') / MINUTE_MS,
      max: at('2028-01-01T00:00:00Z') / MINUTE_MS,
    });
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 1, max: 23 * 60 }),
        (minute, timeZone, hour, minuteOfHour, lasts) => {
          const now = minute * MINUTE_MS;
          const durationMs = lasts * MINUTE_MS;
          const daily = recurrence({ schedule: `${minuteOfHour} ${hour} * * *`, durationMs, timeZone });
          const starts = startsAround(now, timeZone, hour, minuteOfHour);
          const running = starts.filter((start) => start <= now && now < start + durationMs).at(-1);
          expect(daily.current(now)?.startsAt ?? null).toBe(running ?? null);
          expect(daily.next(now)?.startsAt).toBe(starts.find((start) => start > now));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** By brute force: that time of day on the days around, after the gap where it is skipped, the first where it comes twice. */
function startsAround(now: number, timeZone: string, hour: number, minute: number): number[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
  return [-2, -1, 0, 1, 2].map((days) => {
    const wall = today.add({ days }).toPlainDateTime({ hour, minute });
    const earlier = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
    if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds;
    return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.NaN;
  });
}

describe('a window that happens once', () => {
  it('stands on the wall clock of its zone', () => {
    const once = recurrence({ from: '2026-11-28T22:00', to: '2026-11-29 02:00', timeZone: 'Europe/Berlin' });
    const span = { startsAt: at('2026-11-28T21:00:00Z'), endsAt: at('2026-11-29T01:00:00Z') };
    expect(once.next(span.startsAt - 1)).toEqual(span);
    expect(once.current(span.startsAt)).toEqual(span);
    expect(once.next(span.startsAt)).toBeNull();
    expect(once.current(span.endsAt)).toBeNull();
  });

  it('begins after the gap where the clocks skip its start', () => {
    const once = recurrence({ from: '2026-03-29T02:30', to: '2026-03-29T06:00', timeZone: 'Europe/Berlin' });
    expect(once.next(0)?.startsAt).toBe(at('2026-03-29T01:00:00Z'));
  });

  it('is refused on a day that is not there', () => {
    expect(
      createRecurrence({ from: '2026-02-30T22:00', to: '2026-03-01T22:00', timeZone: 'UTC' }),
    ).toMatchObject({
      ok: false,
      error: expect.stringContaining('no date and time'),
    });
  });
});
