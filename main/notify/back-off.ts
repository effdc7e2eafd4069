import { MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';

const FIRST_MS = SECOND_MS;
const LONGEST_MS = MINUTE_MS;

/**
 * Wait before the next try: doubling up to a minute, the upper half of it by chance, so that many laptops do not come
 * back to one receiver at one instant. `random` gives 0 to 1.
 */
export function backOffMs(attempts: number, random: () => number): number {
  const wholeMs = Math.min(FIRST_MS * 2 ** Math.max(0, attempts - 1), LONGEST_MS);
  return Math.round(wholeMs / 2 + (wholeMs / 2) * random());
}

/** What a receiver asked for in `Retry-After`, bounded: a page that waits an hour is no page. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) : null;
  const waitMs = seconds === null ? Date.parse(header) - now : seconds * SECOND_MS;
  return Number.isFinite(waitMs) ? Math.min(Math.max(0, waitMs), LONGEST_MS) : null;
}
