import { describe, expect, it } from 'vitest';
import { scheduleGaps } from '../../../main/alert/schedule-gaps.ts';
import { createOnCall } from '../../../main/calendar/index.ts';
import { ScheduleConfig } from '../../../shared/config/on-call.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

const MONDAY = Date.parse('2026-03-23T00:00:00Z');
const gapsOf = (config: unknown, days = 14) =>
  scheduleGaps(ScheduleConfig.parse(config), MONDAY, MONDAY + days * DAY_MS).map(({ fromAt, toAt }) => [
    new Date(fromAt).toISOString().slice(5, 16),
    new Date(toAt).toISOString().slice(5, 16),
  ]);

describe('gaps of a schedule', () => {
  it('are none where turns follow each other', () => {
    const rotations = [{ id: 'a', people: ['anna', 'ben'], from: '2026-03-16T09:00', every: '1w' }];
    expect(gapsOf({ rotations })).toEqual([]);
  });

  it('are what lies before the first turn, between shifts, and after the last one', () => {
    const shifts = [
      { person: 'anna', from: '2026-03-23T08:07', to: '2026-03-24T20:00' },
      { person: 'ben', from: '2026-03-25T06:31', to: '2026-03-26T00:00' },
    ];
    expect(gapsOf({ shifts }, 4)).toEqual([
      ['03-23T00:00', '03-23T08:07'],
      ['03-24T20:00', '03-25T06:31'],
      ['03-26T00:00', '03-27T00:00'],
    ]);
  });

  it('follow the wall through the night in which the clocks change', () => {
    const rotations = [
      {
        id: 'day',
        people: ['anna'],
        from: '2026-03-16T00:00',
        every: '1w',
        hours: { from: '08:00', to: '20:00', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
      },
    ];
    const nights = gapsOf({ time_zone: 'Europe/Berlin', rotations }, 8);
    expect(nights).toContainEqual(['03-27T19:00', '03-28T07:00']);
    // An hour is missing from the night to the 29th.
    expect(nights).toContainEqual(['03-28T19:00', '03-29T06:00']);
    expect(nights).toContainEqual(['03-29T18:00', '03-30T06:00']);
  });

  it('hold every minute in which nobody is on call, and no other', () => {
    const config = ScheduleConfig.parse({
      time_zone: 'America/New_York',
      shifts: [
        { person: 'anna', from: '2026-03-23T09:00', to: '2026-03-23T17:30' },
        { person: 'ben', from: '2026-03-23T17:00', to: '2026-03-24T01:15' },
      ],
      overrides: [{ person: 'eve', from: '2026-03-24T03:00', to: '2026-03-24T04:00' }],
    });
    const gaps = scheduleGaps(config, MONDAY, MONDAY + 36 * HOUR_MS);
    const schedule = createOnCall(config);
    for (let at = MONDAY; at < MONDAY + 36 * HOUR_MS; at += MINUTE_MS)
      expect([at, gaps.some((one) => one.fromAt <= at && at < one.toAt)]).toEqual([
        at,
        schedule.at(at) === null,
      ]);
  });
});
