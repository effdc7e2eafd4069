import { describe, expect, it } from 'vitest';
import { demandCurve, MEAN_REQUESTS_PER_SECOND } from '../../../main/demo/traffic.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONDAY = Date.UTC(2026, 4, 4);
const demand = demandCurve(1);

function mean(fromAt: number, durationMs: number): number {
  let sum = 0;
  const steps = 2_000;
  for (let step = 0; step < steps; step++) sum += demand(fromAt + (step / steps) * durationMs);
  return sum / steps;
}

describe('the demand curve', () => {
  it('has its mean over a week', () => {
    expect(mean(MONDAY, 7 * DAY_MS) / MEAN_REQUESTS_PER_SECOND).toBeCloseTo(1, 2);
  });

  it('peaks in the afternoon and sleeps at night', () => {
    const peak = mean(MONDAY + DAY_MS + 14 * HOUR_MS, 2 * HOUR_MS);
    const night = mean(MONDAY + DAY_MS + 2 * HOUR_MS, 2 * HOUR_MS);
    expect(peak).toBeGreaterThan(500);
    expect(night).toBeLessThan(300);
    expect(night).toBeGreaterThan(150);
  });

  it('is calmer at the weekend', () => {
    const sunday = mean(MONDAY + 6 * DAY_MS, DAY_MS);
    for (let day = 0; day < 5; day++)
      expect(mean(MONDAY + day * DAY_MS, DAY_MS)).toBeGreaterThan(sunday * 1.08);
  });

  it('moves without a jump: under 1 % from one minute to the next, midnights included', () => {
    for (let at = MONDAY; at < MONDAY + 8 * DAY_MS; at += 60_000) {
      expect(Math.abs(demand(at + 60_000) / demand(at) - 1)).toBeLessThan(0.02);
    }
  });

  it('changes little enough within an hour that its mean stands for the present', () => {
    for (let hour = 1; hour < 168; hour++) {
      const now = MONDAY + hour * HOUR_MS;
      expect(mean(now - HOUR_MS, HOUR_MS) / demand(now)).toBeGreaterThan(0.88);
      expect(mean(now - HOUR_MS, HOUR_MS) / demand(now)).toBeLessThan(1.12);
    }
  });

  it('is a function of time and seed alone', () => {
    expect(demandCurve(1)(MONDAY)).toBe(demand(MONDAY));
    expect(demandCurve(2)(MONDAY)).not.toBe(demand(MONDAY));
  });
});
