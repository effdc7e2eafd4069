import type Database from 'better-sqlite3';
import type { PastChange } from './metric-api.ts';

/** Who looks each second misses none; who comes later counts anew what is carried. */
const KEPT = 50_000;

/** Writes down what changed among samples that had been stored, or that were older than stored ones. */
export interface PastLog {
  /** To be called in the transaction that changes the samples. */
  note(change: PastChange): void;
  trim(): void;
}

/** It tells readers of this moment, so it begins empty: what they carry ends with their process. */
export function openPastLog(db: Database.Database): PastLog {
  db.exec(
    'CREATE TABLE IF NOT EXISTS past_change (id INTEGER PRIMARY KEY AUTOINCREMENT, ref INTEGER NOT NULL, came INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL) STRICT',
  );
  const insert = db.prepare<[number, number, number, number]>(
    'INSERT INTO past_change (ref, came, from_at, to_at) VALUES (?, ?, ?, ?)',
  );
  const trim = db.prepare<[number]>(
    'DELETE FROM past_change WHERE id <= (SELECT max(id) FROM past_change) - ?',
  );
  trim.run(0);
  return {
    note: ({ ref, came, fromAt, toAt }) => void insert.run(ref, came ? 1 : 0, fromAt, toAt),
    trim: () => void trim.run(KEPT),
  };
}

/** Reads what the log has after a number; null where some of that is not there any more. */
export function createPastReader(db: Database.Database) {
  const exists = db.prepare<[], number>("SELECT 1 FROM sqlite_master WHERE name = 'past_change'").pluck();
  const prepare = () => ({
    last: db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'past_change'").pluck(),
    after: db.prepare<[number], { id: number; ref: number; came: number; fromAt: number; toAt: number }>(
      'SELECT id, ref, came, from_at AS fromAt, to_at AS toAt FROM past_change WHERE id > ? ORDER BY id',
    ),
  });
  let statements: ReturnType<typeof prepare> | undefined;
  return (afterId: number): { lastId: number; changes: readonly PastChange[] | null } => {
    if (!statements && exists.get() === undefined) return { lastId: 0, changes: afterId === 0 ? [] : null };
    statements ??= prepare();
    const lastId = statements.last.get() ?? 0;
    if (lastId === afterId) return { lastId, changes: [] };
    const rows = statements.after.all(afterId);
    if (lastId < afterId || rows.length !== lastId - afterId) return { lastId, changes: null };
    return { lastId, changes: rows.map(({ id: _, came, ...change }) => ({ ...change, came: came === 1 })) };
  };
}
