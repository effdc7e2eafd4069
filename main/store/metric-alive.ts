import type Database from 'better-sqlite3';
import type { SeriesTimes } from './metric-api.ts';
import { type HeadRow, refsOf } from './metric-compact.ts';

const NONE: SeriesTimes = { refs: new Uint32Array(0), times: new Float64Array(0) };

/**
 * Which series of a source the file ended with. It is looked at once, at the first question, and each source's part is
 * let go when it was given: a source asks once, before it brings anything itself.
 */
export function createAliveAtOpening(
  db: Database.Database,
): (sourceId: string, sinceAt: number) => SeriesTimes {
  let bySource: Map<string, Map<number, number>> | undefined;
  return (sourceId, sinceAt) => {
    bySource ??= readAlive(db, sinceAt);
    const own = bySource.get(sourceId);
    if (!own) return NONE;
    bySource.delete(sourceId);
    return { refs: Uint32Array.from(own.keys()), times: Float64Array.from(own.values()) };
  };
}

function readAlive(db: Database.Database, sinceAt: number): Map<string, Map<number, number>> {
  const newest = new Map<number, number>();
  const see = (ref: number, at: number) => {
    const known = newest.get(ref);
    if (known === undefined || known < at) newest.set(ref, at);
  };
  const packed = db.prepare<[number], { ref: number; at: number }>(
    'SELECT ref, max(to_at) AS at FROM chunk WHERE to_at > ? GROUP BY ref',
  );
  for (const { ref, at } of packed.iterate(sinceAt)) see(ref, at);
  const head = db.prepare<[number], HeadRow>('SELECT id, at, refs, vals FROM head WHERE at > ? ORDER BY id');
  for (const row of head.iterate(sinceAt)) for (const ref of refsOf(row)) see(ref, row.at);
  const sourceOf = db.prepare<[number], string>('SELECT source FROM series WHERE ref = ?').pluck();
  const bySource = new Map<string, Map<number, number>>();
  for (const [ref, at] of newest) {
    const source = sourceOf.get(ref);
    if (source === undefined) continue;
    const own = bySource.get(source) ?? new Map<number, number>();
    bySource.set(source, own);
    own.set(ref, at);
  }
  return bySource;
}
