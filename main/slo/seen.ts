import type { Result } from '../../shared/error/result.ts';
import { ok } from '../../shared/error/result.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { presenceQuery } from './build-query.ts';
import { type Asking, askRange, type Counters, type Problem } from './count.ts';

/** From when on a window has samples of the total. `firstAt` null: from before the window began; Infinity: not yet. */
export interface Seen {
  readonly windowMs: number;
  readonly firstAt: number | null;
  readonly lookedAt: number;
  /** The last evaluation at which the window had data: after a gap it must be looked for again. */
  readonly lastDataAt: number;
}

const LOOK_POINTS = 60;

/** How much of the window was seen at the instant, 0 to 1. */
export function seenFraction(seen: Seen, at: number): number {
  if (seen.firstAt === null) return 1;
  return Math.min(1, Math.max(0, (at - seen.firstAt) / seen.windowMs));
}

/** Looked for at the start, after a gap, and, while partly seen, again at each step: a backfill may have come. */
export function mustLook(seen: Seen | undefined, windowMs: number, at: number): boolean {
  if (!seen) return true;
  if (at - seen.lastDataAt > Math.max(windowMs / 10, 2 * MINUTE_MS)) return true;
  return seenFraction(seen, at) < 1 && at - seen.lookedAt >= windowMs / LOOK_POINTS;
}

/**
 * Finds the first sample of the total in the window, to a sixtieth of it, on the side that makes the burn lower: seen
 * time that was not seen would be an alert out of nothing. `shorter` are the windows that were looked at before.
 */
export async function lookSeen(
  asking: Asking,
  counters: Counters,
  windowMs: number,
  at: number,
  shorter: readonly Seen[],
): Promise<Result<Seen, Problem>> {
  const stepMs = Math.max(1, Math.floor(windowMs / LOOK_POINTS));
  const fromAt = at - stepMs * LOOK_POINTS;
  const found = await askRange(asking, presenceQuery(counters.total), { fromAt, toAt: at, stepMs });
  if (!found.ok) return found;
  const gridAt = found.value?.times[0];
  if (gridAt === undefined) return ok(unseen(windowMs, at));
  return ok({
    windowMs,
    firstAt: gridAt <= fromAt ? null : refine(gridAt, stepMs, shorter),
    lookedAt: at,
    lastDataAt: at,
  });
}

/** Nothing of it yet: whatever comes begins later than this look, so it is looked for again at the next. */
function unseen(windowMs: number, at: number): Seen {
  const never = Number.NEGATIVE_INFINITY;
  return { windowMs, firstAt: Number.POSITIVE_INFINITY, lookedAt: at, lastDataAt: never };
}

/** The grid is coarse at the start of a watch; a shorter window that began inside the same step knows better. */
function refine(gridAt: number, stepMs: number, shorter: readonly Seen[]): number {
  const begun = shorter.flatMap(({ firstAt }) =>
    firstAt !== null && firstAt > gridAt - stepMs && firstAt < gridAt ? [firstAt] : [],
  );
  return Math.min(gridAt, ...begun);
}
