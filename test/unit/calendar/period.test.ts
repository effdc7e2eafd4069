import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runningPeriod } from '../../../main/calendar/index.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/unit/time.ts';

const month = {
  unit: 'month',
  count: 1,
  timeZone: 'Europe/Berlin',
  startTime: '2026-01-01 00:00:00',
} as const;

describe('a calendar period', () => {
  it('has the real length of its month, an hour less where the clocks go forward', () => {
    const march = runningPeriod(month, Date.UTC(2026, 2, 15));
    expect(new Date(march.startAt).toISOString()).toBe('2026-02-28T23:00:00.000Z');
    expect(march.endAt - march.startAt).toBe(31 * DAY_MS - HOUR_MS);
    const february = runningPeriod(month, Date.UTC(2026, 1, 15));
    expect(february.endAt - february.startAt).toBe(28 * DAY_MS);
    expect(february.startAt - february.previousStartAt).toBe(31 * DAY_MS);
  });

  it('begins at its start and ends before the next, before the first one too', () => {
    const { startAt, endAt } = runningPeriod(month, Date.UTC(2025, 5, 1));
    expect(runningPeriod(month, startAt).startAt).toBe(startAt);
    expect(runningPeriod(month, endAt).startAt).toBe(endAt);
    expect(runningPeriod(month, endAt - 1).startAt).toBe(startAt);
  });

  it('contains its instant and leaves no hole, whatever the unit', () => {
    const period = fc.record({
      unit: fc.constantFrom(
        'day' as const,
        'week' as const,
        'month' as const,
        'quarter' as const,
        'year' as const,
      ),
      count: fc.integer({ min: 1, max: 3 }),
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'),
      startTime: fc.constantFrom('2026-01-01 00:00:00', '2024-02-29 12:30:00', '2025-10-31'),
    });
    const at = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2032, 0, 1) });
    fc.assert(
      fc.property(period, at, (one, instant) => {
        const { startAt, endAt, previousStartAt } = runningPeriod(one, instant);
        expect(startAt <= instant && instant < endAt).toBe(true);
        expect(runningPeriod(one, startAt - 1)).toMatchObject({ startAt: previousStartAt, endAt: startAt });
      }),
    );
  });
});
