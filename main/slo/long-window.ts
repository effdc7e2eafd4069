import type { Result } from '../../shared/error/result.ts';
import { ok } from '../../shared/error/result.ts';
import { DAY_MS, HOUR_MS } from '../../shared/unit/time.ts';
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

/** Samples may come late: a day is counted once and kept when it has been over for so long. */
const SETTLED_MS = HOUR_MS;

/** Days of a long window that were counted, by when they ended: a month is asked for once, and then what is new of it. */
export interface KeptDays {
  /** Where all days end, within a day: at the instant of the first count. */
  readonly endAt: number;
  readonly days: Map<number, Count>;
}

/** Counts the whole window in chunks of at most a day, one after the other, but for the days that are kept. */
export async function recount(
  asking: Asking,
  counters: Counters,
  windowMs: number,
  at: number,
  mark: Reading,
  kept?: KeptDays,
): Promise<Result<Anchor, Problem>> {
  let bad: number | null = null;
  let total: number | null = null;
  const isWhole = windowMs <= 3 * CHUNK_MS;
  // Of one question nothing is kept, and a shorter window must not forget a longer one's days.
  const days = isWhole ? undefined : kept?.days;
  const chunks = isWhole ? [{ endAt: at, lengthMs: windowMs }] : chunksOf(windowMs, at, kept?.endAt ?? at);
  for (const { endAt, lengthMs } of chunks) {
    const known = lengthMs === CHUNK_MS ? days?.get(endAt) : undefined;
    const chunk = known ? ok(known) : await countWindow(asking, counters, lengthMs, endAt);
    if (!chunk.ok) return chunk;
    const { total: own, bad: failed } = chunk.value;
    if (own === null) continue;
    if (lengthMs === CHUNK_MS && at - endAt >= SETTLED_MS) days?.set(endAt, chunk.value);
    bad = (bad ?? 0) + (failed ?? 0);
    total = (total ?? 0) + own;
  }
  for (const endAt of days?.keys() ?? []) if (endAt <= at - windowMs) days?.delete(endAt);
  return ok({ bad, total, at, mark });
}

/** The newest first. Where days are kept, all but the newest and the oldest chunk are those that the first count had. */
function chunksOf(windowMs: number, at: number, gridAt: number) {
  const chunks: { endAt: number; lengthMs: number }[] = [];
  const startAt = at - windowMs;
  const newestMs = (((at - gridAt) % CHUNK_MS) + CHUNK_MS) % CHUNK_MS;
  for (let endAt = at; endAt > startAt; ) {
    const wanted = endAt === at && newestMs > 0 ? newestMs : CHUNK_MS;
    const lengthMs = Math.min(wanted, endAt - startAt);
    chunks.push({ endAt, lengthMs });
    endAt -= lengthMs;
  }
  return chunks;
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
