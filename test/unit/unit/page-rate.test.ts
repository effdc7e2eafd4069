import { describe, expect, it } from 'vitest';
import { formatPages } from '../../../shared/unit/page-rate.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/unit/time.ts';

describe('how often somebody is woken', () => {
  it.each([
    [0, 28 * DAY_MS, 'no page in 28 days'],
    [1 / 28, 28 * DAY_MS, 'one page in 28 days'],
    [5 / 28, 28 * DAY_MS, '5 pages in 28 days'],
    [62 / 28, 28 * DAY_MS, '62 pages in 28 days (2.21 a day)'],
    [24 / 9, 9 * HOUR_MS, 'one page in 9 h'],
    [3, DAY_MS, '3 pages in 1 day'],
    [2_000, 30 * DAY_MS + HOUR_MS, '60,083 pages in 30 days (2,000 a day)'],
  ])('%f a day over %i ms is said as a person would', (perDay, spanMs, text) => {
    expect(formatPages(perDay, spanMs)).toBe(text);
  });
});
