import { formatSignificant } from './number.ts';
import { DAY_MS, formatDuration } from './time.ts';

/** Writes how often somebody is woken, as a person says it: `no page in 28 days`, `one page in 7 days`, `62 pages in 28 days (2.21 a day)`. */
export function formatPages(pagesPerDay: number, spanMs: number): string {
  const count = Math.round((pagesPerDay * spanMs) / DAY_MS);
  const span = spanText(spanMs);
  if (count === 0) return `no page in ${span}`;
  if (count === 1) return `one page in ${span}`;
  // Of a part of a day nothing is said about whole ones.
  const rate = pagesPerDay >= 1 && spanMs >= 2 * DAY_MS ? ` (${formatSignificant(pagesPerDay)} a day)` : '';
  return `${formatSignificant(count, 9)} pages in ${span}${rate}`;
}

function spanText(spanMs: number): string {
  const days = spanMs / DAY_MS;
  if (!Number.isInteger(days) && spanMs < 10 * DAY_MS) return formatDuration(spanMs);
  return Math.round(days) === 1 ? '1 day' : `${formatSignificant(Math.round(days), 9)} days`;
}
