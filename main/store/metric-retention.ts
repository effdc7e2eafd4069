import type Database from 'better-sqlite3';
import { HOUR_MS } from '../../shared/unit/time.ts';
import type { MetricLimits } from './metric-api.ts';
import { usedBytes } from './metric-compact.ts';
import type { PastLog } from './metric-past.ts';
import { ROLLUP_WIDTHS } from './metric-rollup-width.ts';

/** At most so many rows are dropped in one call: a year of absence must not stop the writer for a minute. */
const DROP_MAX = 5_000;
/** That a series is still named is written down this often. */
const NAMED_EVERY_MS = HOUR_MS;

/** Raw samples of a named series whose rollups are not written yet. */
const UNROLLED = `ref IN (SELECT ref FROM temp.named) AND to_at > coalesce(
  (SELECT done_at FROM rollup_progress AS progress WHERE progress.ref = chunk.ref), 0)`;
const UNNAMED = 'ref NOT IN (SELECT ref FROM temp.named)';

interface DroppedChunk {
  readonly ref: number;
  readonly fromAt: number;
  readonly toAt: number;
  readonly samples: number;
  readonly bytes: number;
}

interface Dropped {
  readonly rows: number;
  readonly samples: number;
}

/**
 * Drops what is past its age, then, while the file is over its size, the oldest of what gives way first: raw samples that
 * nothing names; other raw samples whose rollups are written; five-minute rollups; hourly rollups; whatever raw is left.
 * Raw samples of named series never go by age before they are rolled up. Answers the samples dropped.
 * Source of the order: the domain's terms, section 1.
 */
export function createRetention(
  db: Database.Database,
  limits: MetricLimits,
  past: PastLog,
): (now: number) => { dropped: number; more: boolean } {
  const raw = rawDropper(db, past);
  const rollup = rollupDropper(db);
  const chunkCount = db.prepare<[], number>('SELECT count(*) FROM chunk').pluck();
  const rollupCount = db.prepare<[], number>('SELECT count(*) FROM rollup').pluck();
  const unnamedSince = createForgetting(db, limits);
  const [narrow, wide] = ROLLUP_WIDTHS;
  const portionOf = (rows: number | undefined) => Math.min(DROP_MAX, Math.ceil((rows ?? 0) / 20));

  // A twentieth at a time: enough to matter, little enough to keep what still fits.
  const squeeze = (): Dropped => {
    const chunks = portionOf(chunkCount.get());
    const rollups = portionOf(rollupCount.get());
    const steps = [
      () => raw(UNNAMED, [], chunks),
      () => raw(`NOT (${UNROLLED})`, [], chunks),
      () => rollup('width = ?', [narrow], rollups),
      () => rollup('width = ?', [wide], rollups),
      () => raw('1', [], chunks),
    ];
    for (const step of steps) {
      const dropped = step();
      if (dropped.rows > 0) return dropped;
    }
    return { rows: 0, samples: 0 };
  };

  return db.transaction((now: number) => {
    const aged = raw(
      `to_at < ? AND (synthetic = 0 OR to_at < ?) AND NOT (${UNROLLED})`,
      [now - limits.liveRetentionMs, now - limits.syntheticRetentionMs],
      DROP_MAX,
    );
    const old = rollup(
      `width IN (${ROLLUP_WIDTHS.join(', ')}) AND to_at < ?`,
      [now - limits.rollupRetentionMs],
      DROP_MAX,
    );
    const forgotten = unnamedSince(now);
    const squeezed = usedBytes(db) > limits.bytesMax ? squeeze() : { rows: 0, samples: 0 };
    const isFull = [aged, old].some(({ rows }) => rows === DROP_MAX) || forgotten.more;
    return {
      dropped: aged.samples + squeezed.samples,
      more: isFull || (squeezed.rows > 0 && usedBytes(db) > limits.bytesMax),
    };
  }).immediate;
}

/** Drops the oldest chunks that a condition holds for, and keeps the totals and what rollups must know of it. */
function rawDropper(db: Database.Database, past: PastLog) {
  const statements = new Map<string, Database.Statement<number[], DroppedChunk>>();
  const bump = db.prepare<[number]>('UPDATE generation SET history = history + 1, samples = samples - ?');
  const total = db.prepare<[number]>('UPDATE size SET raw_dropped = raw_dropped + ?');
  const droppedTo = db.prepare<[number, number]>(
    'UPDATE rollup_progress SET dropped_to = max(dropped_to, ?) WHERE ref = ?',
  );
  return (condition: string, values: readonly number[], limit: number): Dropped => {
    const statement =
      statements.get(condition) ??
      db.prepare<number[], DroppedChunk>(
        `DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE ${condition} ORDER BY to_at LIMIT ?)
         RETURNING ref, from_at AS fromAt, to_at AS toAt, samples, length(data) AS bytes`,
      );
    statements.set(condition, statement);
    const rows = statement.all(...values, limit);
    const samples = rows.reduce((sum, row) => sum + row.samples, 0);
    if (rows.length === 0) return { rows: 0, samples };
    for (const [ref, { fromAt, toAt }] of spansOf(rows)) {
      droppedTo.run(toAt, ref);
      past.note({ ref, came: false, fromAt, toAt });
    }
    past.trim();
    total.run(rows.reduce((sum, row) => sum + row.bytes, 0));
    bump.run(samples);
    return { rows: rows.length, samples };
  };
}

/** From the oldest to the newest that was dropped of each series. */
function spansOf(rows: readonly DroppedChunk[]): ReadonlyMap<number, { fromAt: number; toAt: number }> {
  const spans = new Map<number, { fromAt: number; toAt: number }>();
  for (const { ref, fromAt, toAt } of rows) {
    const known = spans.get(ref) ?? { fromAt, toAt };
    spans.set(ref, { fromAt: Math.min(known.fromAt, fromAt), toAt: Math.max(known.toAt, toAt) });
  }
  return spans;
}

function rollupDropper(db: Database.Database) {
  const statements = new Map<string, Database.Statement<number[], number>>();
  const total = db.prepare<[number]>('UPDATE size SET rollup_dropped = rollup_dropped + ?');
  return (condition: string, values: readonly number[], limit: number): Dropped => {
    const statement =
      statements.get(condition) ??
      db
        .prepare<number[], number>(
          `DELETE FROM rollup WHERE id IN (SELECT id FROM rollup WHERE ${condition} ORDER BY to_at LIMIT ?)
           RETURNING length(data)`,
        )
        .pluck();
    statements.set(condition, statement);
    const rows = statement.all(...values, limit);
    if (rows.length > 0) total.run(rows.reduce((sum, bytes) => sum + bytes, 0));
    return { rows: rows.length, samples: 0 };
  };
}

/**
 * Rollups of a series that nothing has named for as long as raw samples are kept. Not at once: a slip in the
 * configuration must not cost a year.
 */
function createForgetting(db: Database.Database, limits: MetricLimits) {
  const still = db.prepare<[number]>(
    'UPDATE rollup_progress SET named_at = ? WHERE ref IN (SELECT ref FROM temp.named)',
  );
  const stale = db
    .prepare<[number, number], number>('SELECT ref FROM rollup_progress WHERE named_at < ? LIMIT ?')
    .pluck();
  const rollups = db
    .prepare<[number], number>('DELETE FROM rollup WHERE ref = ? RETURNING length(data)')
    .pluck();
  const progress = db.prepare<[number]>('DELETE FROM rollup_progress WHERE ref = ?');
  const total = db.prepare<[number]>('UPDATE size SET rollup_dropped = rollup_dropped + ?');
  /** Series a call: each has thousands of buckets at most. */
  const SERIES_MAX = 100;
  let writtenAt = Number.NEGATIVE_INFINITY;
  return (now: number): { more: boolean } => {
    if (now - writtenAt >= NAMED_EVERY_MS) {
      still.run(now);
      writtenAt = now;
    }
    const refs = stale.all(now - limits.liveRetentionMs, SERIES_MAX);
    for (const ref of refs) {
      total.run(rollups.all(ref).reduce((sum, bytes) => sum + bytes, 0));
      progress.run(ref);
    }
    return { more: refs.length === SERIES_MAX };
  };
}
