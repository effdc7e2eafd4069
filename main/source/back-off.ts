/** How long to leave a failing source alone. */
export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Half a minute at most: a source that comes back must be seen soon, and one request in that time is no load. */
export const DEFAULT_BACK_OFF: BackOff = { firstMs: 1_000, maxMs: 30_000 };

/**
 * Doubles with each failure up to the maximum, half of it drawn by lot, so that many watchers of one server that
 * restarts do not come back at one instant. What the server asked for is the least.
 * Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 *
 * @param failures failures in a row, 1 for the first
 * @param jitter 0 to 1
 */
export function backOffMs(
  failures: number,
  jitter: number,
  retryAfterMs: number | null,
  backOff: BackOff,
): number {
  const ceilingMs = Math.min(backOff.maxMs, backOff.firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  const waitMs = Math.round(ceilingMs / 2 + (ceilingMs / 2) * jitter);
  return Math.max(waitMs, retryAfterMs ?? 0);
}
