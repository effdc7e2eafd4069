import { setImmediate } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Long enough to be worth its while, short enough that nobody who waits notices. */
const SLICE_MS = 10;

/**
 * Lets requests, frames and polls through in the midst of long work on the main thread: to be asked between two pieces of
 * it. Null while the slice is not over; a clock that stands still, as in scenarios and replays, never takes a break.
 */
export function createBreather(clock: Pick<Clock, 'monotonic'>): () => Promise<void> | null {
  let sinceMs = clock.monotonic();
  return () => {
    if (clock.monotonic() - sinceMs < SLICE_MS) return null;
    return setImmediate().then(() => {
      sinceMs = clock.monotonic();
    });
  };
}
