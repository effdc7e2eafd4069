/** A point in time by both clocks: wall time jumps, and on some systems monotonic time stands still in sleep. */
export interface Instant {
  readonly at: number;
  readonly monotonicMs: number;
}

/** A source that did not answer a poll for so many intervals is not watched, whatever it said before. */
export const STALE_INTERVALS = 2;

/** How long ago by the clock that saw more: neither a set-back wall clock nor a sleeping monotonic one hides a gap. */
export function silentMs(last: Instant, now: Instant): number {
  return Math.max(0, now.at - last.at, now.monotonicMs - last.monotonicMs);
}

/** Whether the last good poll is too long ago to be called current. */
export function isStale(last: Instant, now: Instant, pollEveryMs: number): boolean {
  return silentMs(last, now) >= STALE_INTERVALS * pollEveryMs;
}
