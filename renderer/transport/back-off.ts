const FIRST_MS = 250;
const MOST_MS = 8_000;

/**
 * How long to wait before the given attempt (1 is the first retry): doubles up to 8 s, with up to a quarter of
 * jitter (0 to 1 from the caller), so that many windows do not return in one instant.
 */
export function backOffMs(attempt: number, jitter: number): number {
  const base = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(10, Math.max(0, attempt - 1)));
  return Math.round(base * (1 + jitter / 4));
}
