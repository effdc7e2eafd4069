import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBusinessHours } from '../../../main/calendar/index.ts';
import { BusinessHoursConfig } from '../../../shared/config/routing.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

const at = (text: string) => Date.parse(text);
const hours = (config: Record<string, unknown>) => createBusinessHours(BusinessHoursConfig.parse(config));

describe('business hours in Berlin', () => {
  const berlin = hours({ time_zone: 'Europe/Berlin', holidays: ['2026-12-25'] });

  it('opens at 09:00 and closes at 17:00 of the wall clock, the end not included', () => {
    expect(berlin.inBusinessHours(at('2026-01-14T07:59:59.999Z'))).toBe(false);
    expect(berlin.inBusinessHours(at('2026-01-14T08:00:00Z'))).toBe(true);
    expect(berlin.inBusinessHours(at('2026-01-14T15:59:59.999Z'))).toBe(true);
    expect(berlin.inBusinessHours(at('2026-01-14T16:00:00Z'))).toBe(false);
  });

  it('opens an hour earlier by UTC after the clocks went forward on 29 March 2026', () => {
    expect(berlin.inBusinessHours(at('2026-03-27T07:30:00Z'))).toBe(false);
    expect(berlin.inBusinessHours(at('2026-03-30T07:30:00Z'))).toBe(true);
    expect(berlin.nextOpening(at('2026-03-27T16:00:00Z'))).toBe(at('2026-03-30T07:00:00Z'));
  });

  it('opens an hour later by UTC after the clocks went back on 25 October 2026', () => {
    expect(berlin.inBusinessHours(at('2026-10-23T07:30:00Z'))).toBe(true);
    expect(berlin.inBusinessHours(at('2026-10-26T07:30:00Z'))).toBe(false);
    expect(berlin.nextOpening(at('2026-10-23T15:00:00Z'))).toBe(at('2026-10-26T08:00:00Z'));
  });

  it('is closed at weekends and on holidays', () => {
    expect(berlin.inBusinessHours(at('2026-01-17T10:00:00Z'))).toBe(false);
    expect(berlin.inBusinessHours(at('2026-12-25T10:00:00Z'))).toBe(false);
    expect(berlin.nextOpening(at('2026-12-24T16:00:00Z'))).toBe(at('2026-12-28T08:00:00Z'));
  });
});

describe('business hours in New York', () => {
  const newYork = hours({ time_zone: 'America/New_York', from: '08:30', to: '18:00' });

  it('changes with the clocks there, not with those of Europe', () => {
    // 8 March 2026 forward, 1 November 2026 back.
    expect(newYork.nextOpening(at('2026-03-06T23:00:00Z'))).toBe(at('2026-03-09T12:30:00Z'));
    expect(newYork.inBusinessHours(at('2026-03-09T12:30:00Z'))).toBe(true);
    expect(newYork.inBusinessHours(at('2026-03-06T12:30:00Z'))).toBe(false);
    expect(newYork.nextOpening(at('2026-10-30T22:00:00Z'))).toBe(at('2026-11-02T13:30:00Z'));
    expect(newYork.inBusinessHours(at('2026-11-02T22:59:00Z'))).toBe(true);
    expect(newYork.inBusinessHours(at('2026-11-02T23:00:00Z'))).toBe(false);
  });
});

describe('business hours in the hour that is skipped or repeated', () => {
  it('open with the first instant after a gap that swallows the opening', () => {
    const early = hours({ time_zone: 'Europe/Berlin', days: ['sun'], from: '02:30', to: '06:00' });
    expect(early.nextOpening(at('2026-03-28T12:00:00Z'))).toBe(at('2026-03-29T01:00:00Z'));
    expect(early.inBusinessHours(at('2026-03-29T01:00:00Z'))).toBe(true);
    expect(early.inBusinessHours(at('2026-03-29T00:59:00Z'))).toBe(false);
  });

  it('are open twice in an hour that comes twice', () => {
    const night = hours({ time_zone: 'America/New_York', days: ['sun'], from: '01:00', to: '02:00' });
    expect(night.inBusinessHours(at('2026-11-01T05:30:00Z'))).toBe(true);
    expect(night.inBusinessHours(at('2026-11-01T06:30:00Z'))).toBe(true);
    expect(night.inBusinessHours(at('2026-11-01T07:30:00Z'))).toBe(false);
  });
});

describe('business hours in general', () => {
  it('are never open just before the next opening, and always at it', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({
          min: at('2024-01-01T00:00:00Z') / MINUTE_MS,
          max: at('2030-01-01T00:00:00Z') / MINUTE_MS,
        }),
        (time_zone, minute) => {
          const calendar = hours({ time_zone });
          const opening = calendar.nextOpening(minute * MINUTE_MS) ?? Number.NaN;
          expect(opening).toBeGreaterThan(minute * MINUTE_MS);
          expect(opening - minute * MINUTE_MS).toBeLessThanOrEqual(3 * DAY_MS + HOUR_MS);
          expect(calendar.inBusinessHours(opening)).toBe(true);
          expect(calendar.inBusinessHours(opening - 1)).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('say so where they never open', () => {
    const start = at('2026-01-01T00:00:00Z');
    const holidays = Array.from({ length: 120 }, (_, week) =>
      new Date(start + (3 + week * 7) * DAY_MS).toISOString().slice(0, 10),
    );
    expect(hours({ days: ['sun'], holidays }).nextOpening(start)).toBeNull();
  });

  it('refuse a time zone that does not exist and hours that end before they begin', () => {
    expect(BusinessHoursConfig.safeParse({ time_zone: 'Mars/Olympus' }).success).toBe(false);
    expect(BusinessHoursConfig.safeParse({ from: '18:00', to: '09:00' }).success).toBe(false);
  });
});
