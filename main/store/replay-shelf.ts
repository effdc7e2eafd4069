import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { ReplayRecord } from '../../shared/model/replay.ts';
import { storeError } from './log-error.ts';
import { replayTable } from './table/replay.ts';
import type { OnUnreadable } from './table/row.ts';

/** The replays that are kept in a `midwatch.db`. */
export interface ReplayShelf {
  /** One short transaction; the newest fifty are kept. */
  save(record: ReplayRecord): void;
  /** The newest first. */
  list(): ReplayRecord[];
  close(): void;
}

/**
 * Opens the shelf from outside the core, also while it runs: SQLite lets the two write in turn, and nothing of this table is
 * the core's. Null where the file, or this table of it, is not there yet.
 */
export function openReplayShelf(path: string, onUnreadable: OnUnreadable): ReplayShelf | null {
  if (!existsSync(path)) return null;
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { fileMustExist: true, timeout: 5_000 });
    db.pragma('synchronous = FULL');
    const has = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'replay'").get();
    if (!has) {
      db.close();
      return null;
    }
    const table = replayTable(db, onUnreadable);
    const opened = db;
    return {
      save: (record) => guard(() => opened.transaction(() => table.save(record)).immediate()),
      list: () => guard(() => table.list()),
      close: () => void opened.close(),
    };
  } catch (thrown) {
    db?.close();
    throw storeError(thrown);
  }
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw storeError(thrown);
  }
}
