import { describe, expect, it } from 'vitest';
import { onCallNow } from '../../../main/app/on-call-look.ts';
import { ScheduleConfig } from '../../../shared/config/on-call.ts';
import { HOUR_MS } from '../../../shared/unit/time.ts';

const schedule = (written: unknown) => ({ schedules: { night: ScheduleConfig.parse(written) } });
const at = (text: string) => Date.parse(text);

describe('who is on call', () => {
  it('is the person now, by what, and the next hand-overs to the minute, on the wall clock', () => {
    const routing = schedule({
      time_zone: 'Europe/Berlin',
      rotations: [{ id: 'primary', people: ['anna', 'ben'], from: '2026-01-05T09:00', every: '1d' }],
      overrides: [{ person: 'cleo', from: '2026-01-06T18:10', to: '2026-01-06T20:00' }],
    });
    expect(onCallNow(routing, at('2026-01-06T12:00:00Z'))).toEqual([
      {
        ...{ schedule: 'night', timeZone: 'Europe/Berlin', person: 'ben', by: 'rotation primary' },
        next: [
          { fromAt: at('2026-01-06T17:10:00Z'), person: 'cleo', by: 'override' },
          { fromAt: at('2026-01-06T19:00:00Z'), person: 'ben', by: 'rotation primary' },
          { fromAt: at('2026-01-07T08:00:00Z'), person: 'anna', by: 'rotation primary' },
        ],
      },
    ]);
  });

  it('is nobody outside the hours, and says from when somebody is', () => {
    const routing = schedule({
      time_zone: 'UTC',
      rotations: [
        {
          ...{ id: 'day', people: ['anna'], from: '2026-01-05T00:00', every: '1w' },
          hours: { from: '09:00', to: '17:00' },
        },
      ],
    });
    const now = at('2026-01-06T20:00:00Z');
    expect(onCallNow(routing, now)[0]).toMatchObject({ person: null, by: null });
    expect(onCallNow(routing, now)[0]?.next[0]).toEqual({
      fromAt: now + 13 * HOUR_MS,
      person: 'anna',
      by: 'rotation day',
    });
  });

  it('is an empty list without schedules', () => {
    expect(onCallNow({ schedules: {} }, 0)).toEqual([]);
  });
});
