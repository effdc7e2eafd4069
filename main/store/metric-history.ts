import type Database from 'better-sqlite3';
import { decodeChunk, encodeChunk, type Samples } from './metric-chunk.ts';
import { mergeSamples } from './metric-merge.ts';

interface ChunkRow {
  readonly id: number;
  readonly samples: number;
  readonly synthetic: number;
  readonly data: Uint8Array;
}

/**
 * The chunks of `metrics.db` as their writer sees them: no two of one series overlap.
 * To be called inside a transaction of the caller.
 */
export interface ChunkHistory {
  /** Stores what is new among the samples; where an instant is taken, what is there stays. Answers how many were new. */
  add(ref: number, samples: Samples, synthetic: boolean): number;
  /** The oldest chunks that reach beyond the instant, at most so many. One that cannot be read is dropped. */
  chunksAfter(ref: number, at: number, limit: number): { parts: Samples[]; newestAt: number; isAll: boolean };
  /** The newest stored time of the series, or −∞. */
  newestAt(ref: number): number;
  /** Chunks that could not be read and were dropped, since the opening. */
  damagedChunks(): number;
}

export function createChunkHistory(
  db: Database.Database,
  chunkSamplesMax: number,
  onAdded: (ref: number, firstAt: number) => void = () => undefined,
): ChunkHistory {
  const { overlapping, before, after, remove, insert, total, newest } = prepare(db);
  let damaged = 0;

  const read = (row: ChunkRow): Samples | undefined => {
    try {
      return decodeChunk(row.data);
    } catch {
      // The samples are lost either way; a chunk that cannot be read must not stop all writing after it.
      damaged += 1;
      remove.run(row.id);
      total.run(-row.samples);
      return undefined;
    }
  };

  return {
    add(ref, samples, synthetic) {
      const count = samples.times.length;
      if (count === 0) return 0;
      const firstAt = samples.times[0] ?? 0;
      const lastAt = samples.times[count - 1] ?? 0;
      const rows = overlapping.all(ref, firstAt, lastAt);
      const neighbour = rows.length === 0 ? before.get(ref, firstAt) : undefined;
      // Small chunks cost a row each, so one under a quarter full is joined; larger ones stay, as writing them again costs too.
      const isSmall = neighbour && neighbour.samples < chunkSamplesMax / 4;
      const isAlike = neighbour && Boolean(neighbour.synthetic) === synthetic;
      if (neighbour && isSmall && isAlike && neighbour.samples + count <= chunkSamplesMax)
        rows.push(neighbour);
      const kept: { row: ChunkRow; samples: Samples }[] = [];
      for (const row of rows) {
        const stored = read(row);
        if (stored) kept.push({ row, samples: stored });
      }
      const storedCount = kept.reduce((sum, part) => sum + part.samples.times.length, 0);
      const merged = mergeSamples([...kept.map((part) => part.samples), samples]);
      const added = merged.times.length - storedCount;
      if (added === 0) return 0;
      for (const { row } of kept) remove.run(row.id);
      // A chunk with one live sample ages as live ones do: raw samples must not stay on by hiding in written history.
      const allSynthetic = synthetic && kept.every(({ row }) => row.synthetic === 1);
      for (let from = 0; from < merged.times.length; from += chunkSamplesMax) {
        const times = merged.times.subarray(from, from + chunkSamplesMax);
        const values = merged.values.subarray(from, from + chunkSamplesMax);
        const data = encodeChunk({ times, values });
        insert.run(ref, times[0], times[times.length - 1], times.length, allSynthetic ? 1 : 0, data);
      }
      total.run(added);
      onAdded(ref, firstAt);
      return added;
    },
    chunksAfter(ref, at, limit) {
      const rows = after.all(ref, at, limit + 1);
      const used = rows.slice(0, limit);
      return {
        parts: used.flatMap((row) => read(row) ?? []),
        newestAt: used.at(-1)?.toAt ?? Number.NEGATIVE_INFINITY,
        isAll: rows.length <= limit,
      };
    },
    newestAt: (ref) => newest.get(ref) ?? Number.NEGATIVE_INFINITY,
    damagedChunks: () => damaged,
  };
}

function prepare(db: Database.Database) {
  const overlapping = db.prepare<[number, number, number], ChunkRow>(
    'SELECT id, samples, synthetic, data FROM chunk WHERE ref = ? AND to_at >= ? AND from_at <= ? ORDER BY from_at',
  );
  const before = db.prepare<[number, number], ChunkRow>(
    'SELECT id, samples, synthetic, data FROM chunk WHERE ref = ? AND to_at < ? ORDER BY to_at DESC LIMIT 1',
  );
  const after = db.prepare<[number, number, number], ChunkRow & { readonly toAt: number }>(
    `SELECT id, samples, synthetic, data, to_at AS toAt FROM chunk WHERE ref = ? AND to_at > ? ORDER BY to_at LIMIT ?`,
  );
  const remove = db.prepare<[number]>('DELETE FROM chunk WHERE id = ?');
  const insert = db.prepare(
    'INSERT INTO chunk (ref, from_at, to_at, samples, synthetic, data) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // The total is kept, because counting gigabytes of chunks would take seconds each time somebody asks.
  const total = db.prepare<[number]>('UPDATE generation SET samples = samples + ?');
  const newest = db.prepare<[number], number | null>('SELECT max(to_at) FROM chunk WHERE ref = ?').pluck();
  return { overlapping, before, after, remove, insert, total, newest };
}
