import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../main/demo/fleet.ts';
import { FleetDriver } from '../../../main/demo/fleet-driver.ts';
import { type Clock, VirtualClock } from '../../../main/platform/index.ts';

const NOON = Date.UTC(2026, 4, 5, 12);

function driven(): { fleet: Fleet; clock: VirtualClock; driver: FleetDriver } {
  const clock = new VirtualClock(NOON);
  const fleet = new Fleet({ seed: 1, startAt: NOON, demand: () => 50 });
  return { fleet, clock, driver: new FleetDriver(fleet, clock) };
}

describe('driving the fleet by a clock', () => {
  it('keeps it at the clock, step by step, until it is stopped', async () => {
    const { fleet, clock, driver } = driven();
    driver.start();
    await clock.advance(5_000);
    expect(fleet.now).toBe(NOON + 5_000);
    driver.stop();
    await clock.advance(5_000);
    expect(fleet.now).toBe(NOON + 5_000);
  });

  it('lives through a minute of standing still and skips what is longer', () => {
    const { fleet, clock, driver } = driven();
    clock.jump(60_000);
    driver.catchUp();
    expect(fleet.state().skipped.times).toBe(0);
    clock.jump(60_001);
    driver.catchUp();
    expect(fleet.state().skipped).toMatchObject({ times: 1, totalMs: 60_001 });
    expect(fleet.now).toBe(NOON + 120_001);
  });

  it('goes on while the wall clock is set back, by the time that really passes', () => {
    let wallAt = NOON;
    let monotonicMs = 0;
    const clock: Clock = {
      now: () => wallAt,
      monotonic: () => monotonicMs,
      setTimeout: () => () => undefined,
    };
    const fleet = new Fleet({ seed: 1, startAt: NOON, demand: () => 50 });
    const driver = new FleetDriver(fleet, clock);
    wallAt -= 3_600_000;
    monotonicMs += 2_000;
    driver.catchUp();
    expect(fleet.now).toBe(NOON + 2_000);
    wallAt += 3_600_000 + 10_000;
    driver.catchUp();
    expect(fleet.now).toBe(NOON + 10_000);
    expect(fleet.state().skipped.times).toBe(0);
  });

  it('sees a machine that slept by its wall clock, where the monotonic one stood still', () => {
    let wallAt = NOON;
    const clock: Clock = { now: () => wallAt, monotonic: () => 5, setTimeout: () => () => undefined };
    const fleet = new Fleet({ seed: 1, startAt: NOON, demand: () => 50 });
    const driver = new FleetDriver(fleet, clock);
    wallAt += 6 * 3_600_000;
    driver.catchUp();
    expect(fleet.state().skipped.totalMs).toBe(6 * 3_600_000);
  });
});
