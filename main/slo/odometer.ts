import type { Result } from '../../shared/error/result.ts';
import { ok } from '../../shared/error/result.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';
import { type Asking, type Counters, countWindow, type Problem } from './count.ts';

/** Events since watching began. Long windows are their last full count plus what the odometer has moved since. */
export interface Reading {
  readonly bad: number;
  readonly total: number;
}

/** The part that is settled, and the instant from which the rest is asked for. */
export interface Odometer {
  readonly settled: Reading;
  readonly fromAt: number;
  readonly reading: Reading;
}

/** The tail is asked for at each poll: it must never cost more than the windows that are exact. */
const TAIL_MAX_MS = HOUR_MS;

export function startOdometer(at: number): Odometer {
  const zero = { bad: 0, total: 0 };
  return { settled: zero, fromAt: at, reading: zero };
}

/**
 * Moves the odometer to the instant. The tail is one `increase` from where it was last settled, so that samples between
 * two polls are counted once whatever the scrape interval; it is settled each hour, and at once after a gap.
 */
export async function moveOdometer(
  odometer: Odometer,
  asking: Asking,
  counters: Counters,
  at: number,
): Promise<Result<Odometer, Problem>> {
  const tailMs = at - odometer.fromAt;
  if (tailMs === 0) return ok(odometer);
  // By a clock that was set back it would stand still until that has caught up, and the long windows with it.
  if (tailMs < 0) return ok({ settled: odometer.reading, fromAt: at, reading: odometer.reading });
  const tail = await countWindow(asking, counters, tailMs, at);
  if (!tail.ok) return tail;
  const reading = {
    bad: odometer.settled.bad + (tail.value.bad ?? 0),
    total: odometer.settled.total + (tail.value.total ?? 0),
  };
  return ok(tailMs >= TAIL_MAX_MS ? { settled: reading, fromAt: at, reading } : { ...odometer, reading });
}

/** What was counted between two readings; never less than nothing, for extrapolation may take a little back. */
export function movedSince(mark: Reading, now: Reading): Reading {
  return { bad: Math.max(0, now.bad - mark.bad), total: Math.max(0, now.total - mark.total) };
}
