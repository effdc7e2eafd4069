import type { Result } from '../../shared/error/result.ts';
import { ok } from '../../shared/error/result.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import { type Asking, type Count, type Counters, countWindow, type Problem } from './count.ts';
import type { WindowCount } from './math/index.ts';
import { movedSince, type Reading } from './odometer.ts';

/** A long window as it was last counted in full, with what the odometer read then. */
export interface Anchor extends Count {
  readonly at: number;
  readonly mark: Reading;
}

/** A full count is made anew after this share of the window; the error of the increments between stays under it. */
const RECOUNT_SHARE = 1 / 100;
/** An anchor older than this share is no count any more: too much at its far end should have left the window. */
const STALE_SHARE = 1 / 10;
/** One query over a month of raw samples can take a backend down; a day at a time cannot. */
const CHUNK_MS = DAY_MS;

export function mustRecount(anchor: Anchor | undefined, windowMs: number, at: number): boolean {
  return !anchor || at - anchor.at >= windowMs * RECOUNT_SHARE || at < anchor.at;
}

/** Counts the whole window in chunks of at most a day, one after the other. */
export async function recount(
  asking: Asking,
  counters: Counters,
  windowMs: number,
  at: number,
  mark: Reading,
): Promise<Result<Anchor, Problem>> {
  let bad: number | null = null;
  let total: number | null = null;
  const chunkMs = windowMs <= 3 * CHUNK_MS ? windowMs : CHUNK_MS;
  for (let doneMs = 0; doneMs < windowMs; doneMs += chunkMs) {
    const chunk = await countWindow(asking, counters, Math.min(chunkMs, windowMs - doneMs), at - doneMs);
    if (!chunk.ok) return chunk;
    if (chunk.value.total === null) continue;
    bad = (bad ?? 0) + (chunk.value.bad ?? 0);
    total = (total ?? 0) + chunk.value.total;
  }
  return ok({ bad, total, at, mark });
}

/** The window at this instant: the anchor and what was counted since, labelled with the anchor's time. */
export function countSince(
  anchor: Anchor | undefined,
  windowMs: number,
  at: number,
  now: Reading,
  seenFraction: number | null,
): WindowCount {
  if (!anchor || seenFraction === null || at - anchor.at > windowMs * STALE_SHARE) {
    return { bad: null, total: null, seenFraction: 0, anchoredAt: null, known: false };
  }
  const moved = movedSince(anchor.mark, now);
  const empty = anchor.total === null && moved.total === 0;
  return {
    bad: empty ? null : (anchor.bad ?? 0) + moved.bad,
    total: empty ? null : (anchor.total ?? 0) + moved.total,
    seenFraction,
    anchoredAt: anchor.at === at ? null : anchor.at,
    known: true,
  };
}
