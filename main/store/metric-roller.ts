import type Database from 'better-sqlite3';
import { HOUR_MS } from '../../shared/unit/time.ts';
import type { ChunkHistory } from './metric-history.ts';
import { mergeSamples } from './metric-merge.ts';
import { bucketEnd, joinRollups, type Rollup, rollUp, rollupBetween, widen } from './metric-rollup.ts';
import { decodeRollup, encodeRollup } from './metric-rollup-block.ts';
import { blockSpanMs, blockStart, ROLLUP_WIDTHS } from './metric-rollup-width.ts';

const [NARROW_MS, WIDE_MS] = ROLLUP_WIDTHS;
/** A series that fell silent this long ago has its last, part-filled bucket rolled up as it is. */
const SILENT_MS = HOUR_MS;
/** Chunks of one series decoded in one step; four times as many where they do not fill a bucket. */
const CHUNKS_STEP = 64;

/** Looking at a series that has nothing to do costs as much as rolling up so many samples. */
const LOOK_COST = 200;

interface Step {
  readonly samples: number;
  readonly more: boolean;
  readonly againAt: number;
}

const NOTHING: Step = { samples: 0, more: false, againAt: Number.POSITIVE_INFINITY };

/**
 * Writes the rollups of named series from their chunks, inside the caller's calls to `compact`. A bucket is written when a
 * later sample of its series is packed: `append` takes nothing older, so only a backfill can still change it, and that
 * sets the series back. What is written and how far it reaches change in one transaction.
 */
export interface Roller {
  /** Rolls up until about so many samples were read. `more`: call again soon. */
  roll(now: number, samplesMax: number): { rolled: number; more: boolean };
  /** Samples of the series were packed or filled in; part of the transaction that did it. */
  added(ref: number, firstAt: number): void;
  /** Looks at these again: they were named just now. */
  look(refs: Iterable<number>): void;
}

export interface RollerParts {
  readonly history: () => ChunkHistory;
  readonly isNamed: (ref: number) => boolean;
  /** The oldest sample that is not packed yet, or ∞. */
  readonly headFromAt: () => number;
}

export function createRoller(db: Database.Database, parts: RollerParts): Roller {
  const { history, isNamed, headFromAt } = parts;
  const sql = prepare(db);
  const { startOf, write, narrowOf } = createRollupTable(sql);
  /** Series that may have something to roll up, and not before when. */
  const waiting = new Map<number, number>();

  /** One step of one series. Answers the samples read and whether it has more, or when to look again. */
  const step = (ref: number, now: number): Step => {
    const doneAt = startOf(ref);
    if (doneAt === undefined) return NOTHING;
    let chunks = history().chunksAfter(ref, doneAt, CHUNKS_STEP);
    let toAt = lastComplete(chunks, now, headFromAt());
    for (let limit = CHUNKS_STEP * 4; toAt <= doneAt && !chunks.isAll; limit *= 4) {
      chunks = history().chunksAfter(ref, doneAt, limit);
      toAt = lastComplete(chunks, now, headFromAt());
    }
    const isPending = chunks.newestAt > Math.max(toAt, doneAt);
    const againAt = isPending ? now + SILENT_MS : Number.POSITIVE_INFINITY;
    if (toAt <= doneAt) return { samples: 0, more: false, againAt };
    const samples = mergeSamples(chunks.parts);
    const narrow = rollupBetween(rollUp(samples, NARROW_MS), doneAt, toAt);
    write(ref, NARROW_MS, narrow, doneAt);
    const [wideFromAt, wideToAt] = [floorTo(doneAt, WIDE_MS), floorTo(toAt, WIDE_MS)];
    if (wideToAt > wideFromAt)
      write(ref, WIDE_MS, widen(narrowOf(ref, wideFromAt, wideToAt), WIDE_MS), wideFromAt);
    sql.advance.run(ref, toAt, now);
    return { samples: samples.times.length, more: !chunks.isAll, againAt };
  };

  const round = db.transaction((now: number, samplesMax: number) => {
    const later = new Map<number, number>();
    let rolled = 0;
    let cost = 0;
    let more = false;
    for (const [ref, notBefore] of waiting) {
      if (notBefore > now) continue;
      more = cost >= samplesMax;
      if (more) break;
      const done = isNamed(ref) ? step(ref, now) : NOTHING;
      rolled += done.samples;
      cost += done.samples + LOOK_COST;
      later.set(ref, done.more ? now : done.againAt);
    }
    return { rolled, more, later };
  }).immediate;

  return {
    roll(now, samplesMax) {
      const { later, ...done } = round(now, samplesMax);
      // Only what was committed is known to be done.
      for (const [ref, againAt] of later) {
        if (Number.isFinite(againAt)) waiting.set(ref, againAt);
        else waiting.delete(ref);
      }
      const isLeft = [...later.values()].some((againAt) => againAt <= now);
      return { ...done, more: done.more || isLeft };
    },
    added(ref, firstAt) {
      if (isNamed(ref)) waiting.set(ref, Number.NEGATIVE_INFINITY);
      // Never back into what has no raw samples any more: its buckets are all that is left of it.
      sql.setBack.run({ ref, firstAt, at: floorTo(firstAt - 1, WIDE_MS) });
    },
    look(refs) {
      for (const ref of refs) waiting.set(ref, Number.NEGATIVE_INFINITY);
    },
  };
}

function floorTo(at: number, widthMs: number): number {
  return Math.floor(at / widthMs) * widthMs;
}

/** End of the last bucket to which nothing can be appended any more. */
function lastComplete(
  { newestAt, isAll }: { readonly newestAt: number; readonly isAll: boolean },
  now: number,
  headFromAt: number,
): number {
  if (!Number.isFinite(newestAt)) return newestAt;
  const silentTo = isAll ? floorTo(Math.min(now - SILENT_MS, headFromAt - 1), NARROW_MS) : 0;
  return Math.max(floorTo(newestAt, NARROW_MS), Math.min(silentTo, bucketEnd(newestAt, NARROW_MS)));
}

/** What is written of rollups, for the one that writes them. */
function createRollupTable(sql: ReturnType<typeof prepare>) {
  const startOf = (ref: number): number | undefined => {
    const known = sql.progress.get(ref)?.doneAt;
    if (known !== undefined) return known;
    const oldestAt = sql.oldest.get(ref);
    return oldestAt === undefined ? undefined : bucketEnd(oldestAt, WIDE_MS) - WIDE_MS;
  };
  const write = (ref: number, widthMs: number, fresh: Rollup, doneAt: number) => {
    for (const block of blocksOf(fresh, widthMs)) {
      const fromAt = blockStart(block.ends[0] ?? 0, widthMs);
      const stored = readBlock(sql.block.get(ref, widthMs, fromAt)?.data);
      const all = joinRollups([rollupBetween(stored, Number.NEGATIVE_INFINITY, doneAt), block]);
      sql.remove.run(ref, widthMs, fromAt);
      sql.write.run(ref, widthMs, fromAt, all.ends.at(-1) ?? fromAt, all.ends.length, encodeRollup(all));
    }
  };
  const narrowOf = (ref: number, fromAt: number, toAt: number): Rollup =>
    rollupBetween(
      joinRollups(
        sql.blocks
          .all(ref, NARROW_MS, blockStart(fromAt + 1, NARROW_MS), toAt)
          .map(({ data }) => readBlock(data)),
      ),
      fromAt,
      toAt,
    );
  return { startOf, write, narrowOf };
}

/** Cuts buckets where their blocks end. */
function blocksOf(rollup: Rollup, widthMs: number): Rollup[] {
  const blocks: Rollup[] = [];
  const { ends } = rollup;
  for (let from = 0; from < ends.length; ) {
    const startAt = blockStart(ends[from] ?? 0, widthMs);
    const block = rollupBetween(rollup, startAt, startAt + blockSpanMs(widthMs));
    blocks.push(block);
    from += block.ends.length;
  }
  return blocks;
}

/** A block that cannot be read is lost; it must not stop what comes after it. */
function readBlock(data: Uint8Array | undefined): Rollup {
  if (!data) return joinRollups([]);
  try {
    return decodeRollup(data);
  } catch {
    return joinRollups([]);
  }
}

function prepare(db: Database.Database) {
  return {
    progress: db.prepare<[number], { doneAt: number }>(
      'SELECT done_at AS doneAt FROM rollup_progress WHERE ref = ?',
    ),
    oldest: db
      .prepare<[number], number>('SELECT from_at FROM chunk WHERE ref = ? ORDER BY to_at LIMIT 1')
      .pluck(),
    block: db.prepare<[number, number, number], { data: Uint8Array }>(
      'SELECT data FROM rollup WHERE ref = ? AND width = ? AND from_at = ?',
    ),
    blocks: db.prepare<[number, number, number, number], { data: Uint8Array }>(
      'SELECT data FROM rollup WHERE ref = ? AND width = ? AND from_at >= ? AND from_at < ? ORDER BY from_at',
    ),
    remove: db.prepare('DELETE FROM rollup WHERE ref = ? AND width = ? AND from_at = ?'),
    write: db.prepare(
      'INSERT INTO rollup (ref, width, from_at, to_at, buckets, data) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    advance: db.prepare(
      `INSERT INTO rollup_progress (ref, done_at, dropped_to, named_at) VALUES (?, ?, 0, ?)
       ON CONFLICT (ref) DO UPDATE SET done_at = excluded.done_at, named_at = excluded.named_at`,
    ),
    setBack: db.prepare<[{ ref: number; firstAt: number; at: number }]>(
      `UPDATE rollup_progress SET done_at = min(done_at, max(@at, (dropped_to + ${WIDE_MS - 1}) / ${WIDE_MS} * ${WIDE_MS}))
       WHERE ref = @ref AND done_at >= @firstAt`,
    ),
  };
}
