import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf } from '../../shared/error/coded.ts';
import { isDamage } from './metric-file.ts';

const SCHEMA_VERSION = 1;
/** "MWtr": tells our file from any other SQLite database. */
const APPLICATION_ID = 0x4d577472;

const SCHEMA = `
  CREATE TABLE span (
    id INTEGER PRIMARY KEY AUTOINCREMENT, trace_id BLOB NOT NULL, span_id BLOB NOT NULL, parent_id BLOB,
    service TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, start_at REAL NOT NULL, duration_ms REAL NOT NULL,
    status TEXT NOT NULL, attributes TEXT NOT NULL, bytes INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX span_identity ON span (trace_id, span_id);
  CREATE INDEX span_by_start ON span (start_at);
  CREATE INDEX span_by_service ON span (service, start_at);
`;

/** Spans lie beside the samples, in a file of their own. */
export function spanPath(metricPath: string): string {
  return join(dirname(metricPath), 'traces.db');
}

/**
 * Opens `traces.db` for writing. It is a cache: a file that is damaged or of a newer Midwatch is moved aside, never
 * deleted, and a fresh one begun. `now` names the file that was moved.
 */
export function openSpanFile(path: string, now: number): { db: Database.Database; notice: string | null } {
  try {
    return { db: opened(path), notice: null };
  } catch (thrown) {
    if (!isDamage(thrown) && !(thrown instanceof UnknownFormat)) throw thrown;
    return { db: beginAfresh(path, now), notice: noticeOf(path, messageOf(thrown)) };
  }
}

/** For a file that turned out damaged while it was in use; its connection must be closed. */
export function replaceSpanFile(path: string, now: number, problem: string) {
  return { db: beginAfresh(path, now), notice: noticeOf(path, problem) };
}

function noticeOf(path: string, problem: string): string {
  return `${path} could not be used (${problem}). It was moved aside and a fresh one was begun: traces start now, incidents are untouched. Delete the moved file if you do not need it.`;
}

class UnknownFormat extends Error {}

function opened(path: string): Database.Database {
  const db = new Database(path);
  try {
    db.pragma('journal_mode = WAL');
    // A cache may lose its last moments with the power; it must not hold up the samples that are written beside it.
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -8000');
    const version = Number(db.pragma('user_version', { simple: true }));
    const application = db.pragma('application_id', { simple: true });
    if (version === 0 && application === 0) create(db);
    else if (application !== APPLICATION_ID)
      throw new UnknownFormat("it is a database, but not one of Midwatch's traces");
    else if (version > SCHEMA_VERSION)
      throw new UnknownFormat(`it has format ${version}, this Midwatch knows ${SCHEMA_VERSION}`);
    db.prepare('SELECT id, attributes FROM span ORDER BY start_at DESC LIMIT 1').get();
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function create(db: Database.Database): void {
  db.transaction(() => {
    db.exec(SCHEMA);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  })();
}

function beginAfresh(path: string, now: number): Database.Database {
  const aside = `${path}.unusable-${new Date(now).toISOString().replaceAll(':', '')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(path + suffix, aside + suffix);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }
  return opened(path);
}
