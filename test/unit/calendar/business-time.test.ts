import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBusinessHours } from '../../../main/calendar/index.ts';
import { BusinessHoursConfig } from '../../../shared/config/routing.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

const berlin = createBusinessHours(
  BusinessHoursConfig.parse({ time_zone: 'Europe/Berlin', holidays: ['2026-12-25'] }),
);
const at = (text: string) => Date.parse(text);
const shown = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());

describe('an amount of business time', () => {
  it.each([
    ['within one day', '2026-01-14T10:00:00+01:00', 2, '2026-01-14T12:00:00+01:00'],
    ['up to the closing itself', '2026-01-14T15:00:00+01:00', 2, '2026-01-14T17:00:00+01:00'],
    ['over a night', '2026-01-14T16:00:00+01:00', 2, '2026-01-15T10:00:00+01:00'],
    ['from before the opening', '2026-01-14T03:00:00+01:00', 2, '2026-01-14T11:00:00+01:00'],
    ['from after the closing', '2026-01-14T20:00:00+01:00', 2, '2026-01-15T11:00:00+01:00'],
    ['over a weekend', '2026-01-16T16:30:00+01:00', 2, '2026-01-19T10:30:00+01:00'],
    ['over a holiday and a weekend', '2026-12-24T16:00:00+01:00', 2, '2026-12-28T10:00:00+01:00'],
    ['of several days', '2026-01-14T09:00:00+01:00', 17, '2026-01-16T10:00:00+01:00'],
    [
      'over the night in which the clocks go forward',
      '2026-03-27T16:00:00+01:00',
      2,
      '2026-03-30T10:00:00+02:00',
    ],
  ])('%s', (_name, from, hours, expected) => {
    expect(shown(berlin.after(at(from), hours * HOUR_MS))).toBe(shown(at(expected)));
  });

  it('counts what a day really holds where the clocks change within the hours', () => {
    const always = createBusinessHours(
      BusinessHoursConfig.parse({
        time_zone: 'Europe/Berlin',
        days: ['sun'],
        from: '00:00',
        to: '24:00',
      }),
    );
    const long = at('2026-10-25T00:00:00+02:00');
    expect(shown(always.after(long, 25 * HOUR_MS))).toBe(shown(at('2026-10-26T00:00:00+01:00')));
    const short = at('2026-03-29T00:00:00+01:00');
    expect(shown(always.after(short, 24 * HOUR_MS))).toBe(shown(at('2026-04-05T01:00:00+02:00')));
  });

  it('never ends where people do not work, and never too early', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        fc.integer({ min: 1, max: 40 * 60 }),
        (from, minutes) => {
          const end = berlin.after(from, minutes * MINUTE_MS);
          if (end === null) throw new Error('two years hold forty hours');
          expect(end).toBeGreaterThanOrEqual(from + minutes * MINUTE_MS);
          // The closing is not within the hours; the instant before it is.
          expect(berlin.inBusinessHours(end - 1)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('adds up: two spans behind each other are one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2026-12-01T00:00:00Z') }),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 900 }),
        (from, first, second) => {
          const middle = berlin.after(from, first * MINUTE_MS) ?? 0;
          expect(berlin.after(middle, second * MINUTE_MS)).toBe(
            berlin.after(from, (first + second) * MINUTE_MS),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is not there where nobody ever works', () => {
    const holidays = Array.from({ length: 800 }, (_, day) =>
      new Date(at('2026-01-01T00:00:00Z') + day * 24 * HOUR_MS).toISOString().slice(0, 10),
    );
    const never = createBusinessHours(BusinessHoursConfig.parse({ holidays }));
    expect(never.after(at('2026-01-02T00:00:00Z'), HOUR_MS)).toBeNull();
  });
});
