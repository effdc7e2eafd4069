import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { CodedError } from '../../shared/error/coded.ts';
import { backups, copyBeforeMigration, finishRescue, quickCheck, rescue } from './log-backup.ts';
import { isDamage, storeError } from './log-error.ts';
import { migrate, refuseForeign } from './log-migrate.ts';
import { LOG_MIGRATIONS } from './migration/log-migrations.ts';
import type { Migration } from './migration/migration.ts';

/**
 * Refuses a database that is not for this Midwatch before any thread is started for it, so that the start can say so.
 * Reads the header alone; a file that is missing or damaged is no reason to refuse: opening it deals with that.
 */
export function refuseUnusableLog(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    refuseForeign(db, path, LOG_MIGRATIONS.at(-1)?.version ?? 0);
  } catch (thrown) {
    if (!isDamage(thrown)) throw storeError(thrown);
  } finally {
    db.close();
  }
}

/** FULL, as `PRAGMA synchronous` reads it. */
const FULL = 2;

export interface OpenedLog {
  readonly db: Database.Database;
  /** What a person must hear of the opening: damage, restoration, migration. */
  readonly notices: string[];
}

/**
 * Opens `midwatch.db`: checks it, sets a damaged one aside and restores the newest backup, refuses one from the future,
 * migrates after a copy, and asserts after a first write that each commit reaches the disk.
 */
export function openDatabase(path: string, now: number, migrations: readonly Migration[]): OpenedLog {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  finishRescue(path);
  const notices: string[] = [];
  const known = migrations.at(-1)?.version ?? 0;
  let db = openChecked(path, known);
  if (typeof db === 'string') {
    const { quarantined, restored } = rescue(path, now);
    notices.push(
      restored
        ? `midwatch.db was damaged (${db}). It was set aside as ${quarantined}, and the backup ${restored} is in its place: what happened after that backup is missing here.`
        : `midwatch.db was damaged (${db}) and there is no whole backup. It was set aside as ${quarantined}, and Midwatch starts with an empty log: earlier incidents are missing here.`,
    );
    db = openChecked(path, known);
    if (typeof db === 'string')
      throw new CodedError(
        'store-damaged',
        `midwatch.db was damaged, and so is what was put in its place (${db}). Look at the disk; the damaged file is kept as ${quarantined}.`,
        { details: { path, quarantined } },
      );
  }
  try {
    makeDurable(db);
    const { from, to } = migrate(db, path, migrations, (format) => {
      notices.push(
        `midwatch.db was copied to ${copyBeforeMigration(opened(db), path, format, now)} before its format was changed.`,
      );
    });
    if (from !== to && from > 0) notices.push(`midwatch.db was brought from format ${from} to ${to}.`);
    assertDurable(db, now);
    return { db, notices };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function opened(db: Database.Database | string): Database.Database {
  if (typeof db === 'string') throw new Error(`The database is not open: ${db}`);
  return db;
}

/** The open database, or what is damaged about it. */
function openChecked(path: string, known: number): Database.Database | string {
  if (existsSync(path) && statSync(path).size === 0 && backups(path).length > 0) return 'the file is empty';
  const db = new Database(path, { timeout: 5_000 });
  try {
    refuseForeign(db, path, known);
    const problem = quickCheck(db);
    if (problem === null) return db;
    db.close();
    return problem;
  } catch (thrown) {
    db.close();
    if (isDamage(thrown)) return thrown instanceof Error ? thrown.message : 'unreadable';
    throw thrown;
  }
}

function makeDurable(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  // Explicitly: this build of SQLite drops to NORMAL in WAL mode at the first write, and reads FULL until then.
  db.pragma('synchronous = FULL');
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  db.pragma('foreign_keys = ON');
  db.pragma('recursive_triggers = ON');
  db.pragma('busy_timeout = 5000');
  db.pragma('trusted_schema = OFF');
}

/** Reads the settings back after a real write; a log that does not sync is refused, because "saved" would be a lie. */
export function assertDurable(db: Database.Database, now: number): void {
  db.prepare(
    `INSERT INTO setting (key, value) VALUES ('store.opened-at', ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  ).run(String(now));
  const found = {
    synchronous: Number(db.pragma('synchronous', { simple: true })),
    journalMode: String(db.pragma('journal_mode', { simple: true })),
    foreignKeys: Number(db.pragma('foreign_keys', { simple: true })),
  };
  if (found.synchronous !== FULL || found.journalMode !== 'wal' || found.foreignKeys !== 1) {
    throw new CodedError(
      'store-not-durable',
      `midwatch.db would not keep what it says is saved: ${JSON.stringify(found)} after a write, where synchronous 2, wal and foreign keys are needed. Put the data folder on a local disk.`,
      { details: found },
    );
  }
}
