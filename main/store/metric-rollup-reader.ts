import type Database from 'better-sqlite3';
import type { Samples } from './metric-chunk.ts';
import { bucketEnd, joinRollups, type Rollup, rollUp, rollupBetween } from './metric-rollup.ts';
import { decodeRollup } from './metric-rollup-block.ts';
import { blockStart, ROLLUP_WIDTHS, type RollupWidth } from './metric-rollup-width.ts';

const [NARROW_MS, WIDE_MS] = ROLLUP_WIDTHS;

interface Progress {
  readonly doneAt: number;
  readonly droppedTo: number;
}

/** What a series has beside its blocks. */
interface RawSide {
  /** Its oldest sample that waits to be packed, or ∞. */
  readonly waitingFromAt: number;
  samplesAfter(at: number): Samples;
}

interface BlockRow {
  readonly buckets: number;
  readonly data: Uint8Array;
}

/** Reads the rollups of one series: what is written, then what its raw samples give after that. */
export function createRollupReader(db: Database.Database) {
  const progress = db.prepare<[number], Progress>(
    'SELECT done_at AS doneAt, dropped_to AS droppedTo FROM rollup_progress WHERE ref = ?',
  );
  const blocks = db.prepare<[number, number, number, number], BlockRow>(
    'SELECT buckets, data FROM rollup WHERE ref = ? AND width = ? AND from_at >= ? AND from_at < ? ORDER BY from_at',
  );
  return (
    ref: number,
    {
      fromAt,
      toAt,
      widthMs,
    }: { readonly fromAt: number; readonly toAt: number; readonly widthMs: RollupWidth },
    raw: RawSide,
  ): Rollup & { readonly completeTo: number } => {
    const completeTo = floorTo(completeUntil(progress.get(ref), raw.waitingFromAt), widthMs);
    // Only whole buckets are answered: those that begin at or after `fromAt` and end at or before `toAt`.
    const firstAt = Math.ceil(fromAt / widthMs) * widthMs;
    const lastAt = floorTo(toAt, widthMs);
    const storedTo = Math.min(lastAt, completeTo);
    const stored = blocks
      .all(ref, widthMs, blockStart(firstAt + 1, widthMs), Math.max(storedTo, firstAt))
      .map(({ data }) => decodeRollup(data));
    const written = rollupBetween(joinRollups(stored), firstAt, storedTo);
    if (lastAt <= completeTo) return { ...written, completeTo };
    const rest = rollUp(raw.samplesAfter(Math.max(firstAt, completeTo)), widthMs);
    return { ...joinRollups([written, rollupBetween(rest, firstAt, lastAt)]), completeTo };
  };
}

/** A sample that came late and waits to be packed is not in the bucket that silence had closed, unless that is all that is left. */
function completeUntil(progress: Progress | undefined, waitingFromAt: number): number {
  if (!progress) return Number.NEGATIVE_INFINITY;
  const { doneAt, droppedTo } = progress;
  if (waitingFromAt > doneAt) return doneAt;
  const before = floorTo(waitingFromAt - 1, NARROW_MS);
  return Math.min(doneAt, Math.max(before, bucketEnd(droppedTo, WIDE_MS)));
}

function floorTo(at: number, widthMs: number): number {
  return Math.floor(at / widthMs) * widthMs;
}
