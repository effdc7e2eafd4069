import { renameSync } from 'node:fs';
import Database from 'better-sqlite3';
import { messageOf } from '../../shared/error/coded.ts';

/** Raised with each change of the tables below. */
const SCHEMA_VERSION = 3;
/** "MWms": tells our file from any other SQLite database. */
const APPLICATION_ID = 0x4d576d73;

const SCHEMA = `
  CREATE TABLE generation (id INTEGER PRIMARY KEY CHECK (id = 1), packed INTEGER NOT NULL, history INTEGER NOT NULL, samples INTEGER NOT NULL) STRICT;
  INSERT INTO generation VALUES (1, 0, 0, 0);
  CREATE TABLE series (ref INTEGER PRIMARY KEY AUTOINCREMENT, labels TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE head (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, refs BLOB NOT NULL, vals BLOB NOT NULL) STRICT;
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ref INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,
    samples INTEGER NOT NULL, synthetic INTEGER NOT NULL, data BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chunk_of_series ON chunk (ref, to_at, from_at);
`;

/** What format 2 has over format 1: rollups, and what is known of sizes. */
const SECOND = `
  DROP INDEX IF EXISTS chunk_by_age;
  CREATE INDEX chunk_by_age ON chunk (to_at, ref, synthetic);
  CREATE TABLE rollup (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ref INTEGER NOT NULL, width INTEGER NOT NULL, from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL, buckets INTEGER NOT NULL, data BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX rollup_of_series ON rollup (ref, width, from_at);
  CREATE INDEX rollup_by_age ON rollup (width, to_at);
  CREATE TABLE rollup_progress (
    ref INTEGER PRIMARY KEY, done_at INTEGER NOT NULL, dropped_to INTEGER NOT NULL, named_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE size (
    id INTEGER PRIMARY KEY CHECK (id = 1), raw INTEGER NOT NULL, rollup INTEGER NOT NULL,
    raw_dropped INTEGER NOT NULL, rollup_dropped INTEGER NOT NULL
  ) STRICT;
  INSERT INTO size SELECT 1, coalesce(sum(length(data)), 0), 0, 0, 0 FROM chunk;
  CREATE TABLE size_seen (at INTEGER PRIMARY KEY, raw INTEGER NOT NULL, rollup INTEGER NOT NULL) STRICT;
  CREATE TRIGGER chunk_came AFTER INSERT ON chunk BEGIN UPDATE size SET raw = raw + length(new.data); END;
  CREATE TRIGGER chunk_went AFTER DELETE ON chunk BEGIN UPDATE size SET raw = raw - length(old.data); END;
  CREATE TRIGGER rollup_came AFTER INSERT ON rollup BEGIN UPDATE size SET rollup = rollup + length(new.data); END;
  CREATE TRIGGER rollup_went AFTER DELETE ON rollup BEGIN UPDATE size SET rollup = rollup - length(old.data); END;
`;

/** What format 3 has over format 2: who brought a series first, on whose account it counts. */
const THIRD = `
  ALTER TABLE series ADD COLUMN source TEXT NOT NULL DEFAULT '';
`;

export interface OpenedMetricFile {
  readonly db: Database.Database;
  /** What a person should know: the old file was moved aside. Null where it was opened as it is. */
  readonly notice: string | null;
}

/**
 * Opens `metrics.db` for writing. It is a cache, so a damaged file or one of a newer Midwatch is moved aside (never
 * deleted) and a fresh one begun, and that is said. `now` names the file that was moved.
 */
export function openMetricFile(path: string, now: number): OpenedMetricFile {
  const first = tryOpen(path, now);
  if ('db' in first) return { db: first.db, notice: null };
  return beginAfresh(path, now, first.why, first.problem);
}

/** Moves the file aside and begins an empty one; to be called when its connection is closed. */
export function beginAfresh(
  path: string,
  now: number,
  why: 'damaged' | 'newer',
  problem: string,
): OpenedMetricFile {
  const aside = `${path}.${why}-${new Date(now).toISOString().replaceAll(':', '')}`;
  moveAside(path, aside);
  const second = tryOpen(path, now);
  if (!('db' in second)) throw new Error(`A fresh ${path} could not be opened either: ${second.problem}`);
  return {
    db: second.db,
    notice: `${problem} It was moved to ${aside} and a fresh one was begun: local metrics start now, incidents are untouched. Delete the moved file if you do not need it.`,
  };
}

type Attempt =
  | { readonly db: Database.Database }
  | { readonly why: 'damaged' | 'newer'; readonly problem: string };

function tryOpen(path: string, now: number): Attempt {
  let db: Database.Database | undefined;
  try {
    db = new Database(path);
    configure(db);
    const version = db.pragma('user_version', { simple: true });
    const application = db.pragma('application_id', { simple: true });
    if (version === 0 && application === 0) create(db, now);
    else if (application !== APPLICATION_ID) {
      db.close();
      return { why: 'damaged', problem: `${path} is a database, but not one of Midwatch's metrics.` };
    } else if (typeof version === 'number' && version > SCHEMA_VERSION) {
      db.close();
      return {
        why: 'newer',
        problem: `${path} was written by a newer Midwatch (format ${version}, this one knows ${SCHEMA_VERSION}).`,
      };
    } else if (typeof version === 'number' && version < SCHEMA_VERSION) upgrade(db, version);
    probe(db);
    return { db };
  } catch (thrown) {
    db?.close();
    // While opening, a statement that does not compile means that a table is missing or another.
    if (!isDamage(thrown) && !hasCode(thrown, 'SQLITE_ERROR')) throw thrown;
    return { why: 'damaged', problem: `${path} is damaged (${messageOf(thrown)}).` };
  }
}

function configure(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  // A cache may lose its last moments with the power; it must not wait for the disk each second.
  db.pragma('synchronous = NORMAL');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -16000');
  db.pragma('wal_autocheckpoint = 2000');
}

/**
 * A fresh file numbers its series from elsewhere than the one before it: whoever still holds old numbers must meet
 * "unknown" and never another series.
 */
function firstRef(now: number): number {
  return (Math.floor(now / 1000) % 40_000) * 100_000;
}

function create(db: Database.Database, now: number): void {
  db.transaction(() => {
    db.exec(SCHEMA);
    db.exec(SECOND);
    db.exec(THIRD);
    db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('series', ?)").run(firstRef(now));
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  })();
}

function upgrade(db: Database.Database, from: number): void {
  db.transaction(() => {
    if (from < 2) db.exec(SECOND);
    db.exec(THIRD);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  }).immediate();
}

/** A full check of gigabytes would hold up the start; this reads the schema and both ends of each table. */
function probe(db: Database.Database): void {
  db.prepare('SELECT packed, history FROM generation').get();
  for (const table of ['series', 'head', 'chunk', 'rollup', 'rollup_progress', 'size']) {
    const key = table === 'series' || table === 'rollup_progress' ? 'ref' : 'id';
    db.prepare(`SELECT * FROM ${table} ORDER BY ${key} LIMIT 1`).get();
    db.prepare(`SELECT * FROM ${table} ORDER BY ${key} DESC LIMIT 1`).get();
  }
}

/** Whether SQLite says that the file itself is wrong, as against a full disk or missing rights. */
export function isDamage(thrown: unknown): boolean {
  return hasCode(thrown, 'SQLITE_CORRUPT') || hasCode(thrown, 'SQLITE_NOTADB');
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Database.SqliteError && thrown.code.startsWith(code);
}

function moveAside(path: string, aside: string): void {
  renameSync(path, aside);
  for (const suffix of ['-wal', '-shm']) {
    try {
      renameSync(path + suffix, aside + suffix);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }
}
