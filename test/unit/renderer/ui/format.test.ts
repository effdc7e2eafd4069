import { describe, expect, it } from 'vitest';
import {
  absoluteUtc,
  ago,
  bytesText,
  clockUtc,
  coarse,
  countdown,
  dayUtc,
  shortUtc,
} from '../../../../renderer/ui/format.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../shared/unit/time.ts';

const at = Date.UTC(2026, 10, 24, 1, 52, 40);

describe('times', () => {
  it('are written in UTC and say so where they stand alone', () => {
    expect(clockUtc(at)).toBe('01:52:40');
    expect(dayUtc(at)).toBe('Tue 24 Nov');
    expect(absoluteUtc(at)).toBe('2026-11-24 01:52:40 UTC');
  });

  it('carry the day once they are not of today', () => {
    expect(shortUtc(at, at + HOUR_MS)).toBe('01:52:40');
    expect(shortUtc(at, at + 2 * DAY_MS)).toBe('24 Nov 01:52');
  });

  it('are relative for the young', () => {
    expect(
      [500, 45_000, 3.5 * MINUTE_MS, 136 * MINUTE_MS, 12 * DAY_MS].map((ms) => ago(at - ms, at)),
    ).toEqual(['just now', '45 s ago', '3 m ago', '2 h 16 m ago', '12 d ago']);
    expect(coarse(85 * MINUTE_MS)).toBe('1 h 25 m');
  });

  it('count down, and say when they are late', () => {
    expect(countdown(26 * MINUTE_MS + 28_000)).toBe('26:28');
    expect(countdown(3 * HOUR_MS + 56 * MINUTE_MS)).toBe('3 h 56 m');
    expect(countdown(-70_000)).toBe('late by 1:10');
  });
});

describe('sizes', () => {
  it('keep two digits that mean something', () => {
    expect([0, 900, 4_210_688, 186_646_528].map(bytesText)).toEqual(['0 B', '900 B', '4.0 MB', '178 MB']);
  });
});
