import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { niceStep, timeLabel, timeSplits, yRange, ySplits } from '../../../../renderer/chart/scale.ts';

const open = { floor: null, ceiling: null, include: [] };

describe('the range of an axis', () => {
  it('begins at zero where the samples come near it', () => {
    expect(yRange(0.2, 38, open)).toEqual([0, 40]);
  });

  it('leaves zero where it would only flatten the line', () => {
    const [low, high] = yRange(0.872, 0.945, open);
    expect(low).toBeGreaterThan(0.8);
    expect(high).toBeLessThan(1);
  });

  it('always shows the threshold', () => {
    expect(yRange(0, 3, { ...open, include: [13.44] })[1]).toBeGreaterThan(13.44);
  });

  it('holds all that must be seen, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (min, span) => {
          const [low, high] = yRange(min, min + span, open);
          return low <= min + 1e-6 && high >= min + span - Math.abs(min) * 1e-9 - 1e-6 && high > low;
        },
      ),
    );
  });

  it('is a range of numbers also for the smallest number there is', () => {
    const [low, high] = yRange(5e-324, 1e-323, open);
    expect([low <= 5e-324, high > 1e-323]).toEqual([true, true]);
    expect(yRange(1e-323, 1e-323, open).every(Number.isFinite)).toBe(true);
  });

  it('is never empty, also without samples', () => {
    const [low, high] = yRange(null, null, open);
    expect(high).toBeGreaterThan(low);
  });
});

describe('labels of an axis', () => {
  it('stand on round numbers, farther apart than text is high', () => {
    expect(ySplits(0, 40, 100)).toEqual([0, 20, 40]);
    expect(ySplits(0, 600, 140)).toEqual([0, 200, 400, 600]);
    expect(ySplits(0, 200, 40).length).toBeLessThanOrEqual(2);
  });

  it('are steps of 1, 2, 2.5 or 5', () => {
    expect([3, 6, 15, 0.3].map(niceStep)).toEqual([1, 2, 5, 0.1]);
  });

  it('stand on round times of UTC', () => {
    const from = Date.UTC(2026, 10, 24, 1, 3) / 1_000;
    const splits = timeSplits(from, from + 3_600, 600);
    expect(splits.map((at) => timeLabel(at, 600))).toEqual([
      '01:10',
      '01:20',
      '01:30',
      '01:40',
      '01:50',
      '02:00',
    ]);
  });

  it('name the day where it begins', () => {
    const midnight = Date.UTC(2026, 10, 24) / 1_000;
    expect(timeLabel(midnight, 3_600)).toBe('24 Nov');
    expect(timeLabel(midnight, 86_400)).toBe('24 Nov');
    expect(timeLabel(midnight + 5, 5)).toBe('00:00:05');
  });
});
