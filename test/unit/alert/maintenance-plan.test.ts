import { describe, expect, it } from 'vitest';
import { planMaintenance } from '../../../main/alert/index.ts';

/** A Friday, a month before the clocks of Berlin go forward. */
const NOW = Date.parse('2026-02-27T12:00:00Z');
const iso = (span: { startsAt: number; endsAt: number } | null) =>
  span && [span.startsAt, span.endsAt].map((at) => new Date(at).toISOString().slice(0, 16));
const weekly = {
  id: 'reindex',
  services: ['search'],
  time_zone: 'Europe/Berlin',
  schedule: '30 2 * * sun',
  duration: '1h',
};

describe('a maintenance window that is being written', () => {
  it('says when it would come, on its own clock, and after the clocks change', () => {
    const plan = planMaintenance(weekly, NOW);
    expect(plan.problems).toEqual([]);
    expect(plan.current).toBeNull();
    expect(plan.upcoming.map(iso)).toEqual([
      ['2026-03-01T01:30', '2026-03-01T02:30'],
      ['2026-03-08T01:30', '2026-03-08T02:30'],
      ['2026-03-15T01:30', '2026-03-15T02:30'],
      ['2026-03-22T01:30', '2026-03-22T02:30'],
    ]);
    // 02:30 does not exist on that day: it begins when the clocks have been put forward.
    expect(iso(plan.afterClockChange)).toEqual(['2026-03-29T01:00', '2026-03-29T02:00']);
  });

  it('finds that day of an hourly plan too, and none where clocks stay', () => {
    const hourly = planMaintenance({ ...weekly, schedule: '0 * * * *', duration: '5m' }, NOW);
    expect(iso(hourly.afterClockChange)?.[0]).toBe('2026-03-29T01:00');
    expect(planMaintenance({ ...weekly, time_zone: 'UTC' }, NOW).afterClockChange).toBeNull();
  });

  it('runs now, comes once, or lies in the past', () => {
    const once = (from: string, to: string) =>
      planMaintenance({ id: 'move', services: ['db'], time_zone: 'UTC', from, to }, NOW);
    expect(iso(once('2026-02-27T11:00', '2026-02-27T13:00').current)).toEqual([
      '2026-02-27T11:00',
      '2026-02-27T13:00',
    ]);
    expect(once('2026-03-27T11:00', '2026-03-27T13:00').upcoming).toHaveLength(1);
    expect(once('2026-01-27T11:00', '2026-01-27T13:00')).toMatchObject({ problems: [], upcoming: [] });
  });

  it('says what is wrong with each key at once', () => {
    const { problems } = planMaintenance({ id: 'x', time_zone: 'Europe/Nowhere', matchers: ['zone'] }, NOW);
    expect(problems.map((one) => one.key)).toEqual(expect.arrayContaining(['time_zone', 'matchers']));
    const keys = (change: object) =>
      planMaintenance({ ...weekly, ...change }, NOW).problems.map((one) => `${one.key}: ${one.message}`);
    expect(keys({ services: [] })).toEqual([
      expect.stringContaining('services: expected services or matchers'),
    ]);
    expect(keys({ schedule: '61 * * * *' })).toEqual([expect.stringMatching(/^schedule: .*no schedule/)]);
    expect(keys({ schedule: '* * *' })).toEqual([expect.stringMatching(/^schedule: expected five fields/)]);
    expect(keys({ duration: 'long' })).toEqual([expect.stringMatching(/^duration: /)]);
    const backwards = {
      schedule: undefined,
      duration: undefined,
      from: '2026-03-02T10:00',
      to: '2026-03-01T10:00',
    };
    expect(keys(backwards)).toEqual(['to: must end after it begins']);
  });
});
