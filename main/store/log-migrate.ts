import type Database from 'better-sqlite3';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { Migration } from './migration/migration.ts';

/** "MidW", in the file's header: tells our database from any other that lies where ours should. */
export const APPLICATION_ID = 0x4d696457;

export function formatOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** Refuses, before anything is written, a file of a newer Midwatch and a file that is no Midwatch's. */
export function refuseForeign(db: Database.Database, path: string, known: number): void {
  const found = formatOf(db);
  const tables = db
    .prepare("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .get() as number;
  const applicationId = Number(db.pragma('application_id', { simple: true }));
  if (tables > 0 && applicationId !== APPLICATION_ID) {
    throw new CodedError(
      'database-not-ours',
      `${path} is a database, but not one that Midwatch wrote. It was left as it is. Move it elsewhere, or start with --data and another folder.`,
      { details: { path, applicationId } },
    );
  }
  if (found > known) {
    throw new CodedError(
      'database-from-the-future',
      `${path} was written by a newer Midwatch: its format is ${found}, this one knows formats up to ${known}. It was left as it is. Start the newer Midwatch, or start this one with --data and another folder.`,
      { details: { path, found, known } },
    );
  }
}

/**
 * Brings the file to the newest format in one transaction: all steps or none.
 * `copyFirst` is called before a file that already holds something is changed.
 */
export function migrate(
  db: Database.Database,
  path: string,
  migrations: readonly Migration[],
  copyFirst: (format: number) => void,
): { from: number; to: number } {
  const from = formatOf(db);
  const pending = migrations.filter((step) => step.version > from);
  const to = pending.at(-1)?.version ?? from;
  if (pending.length === 0) return { from, to };
  if (from > 0) copyFirst(from);
  try {
    db.transaction(() => {
      for (const step of pending) {
        db.exec(step.sql);
        db.pragma(`user_version = ${step.version}`);
      }
      db.pragma(`application_id = ${APPLICATION_ID}`);
      const broken = db.pragma('foreign_key_check') as unknown[];
      if (broken.length > 0) throw new Error(`${broken.length} rows point at rows that are not there`);
    }).immediate();
  } catch (thrown) {
    throw new CodedError(
      'migration-failed',
      `${path} could not be brought from format ${from} to ${to}: ${messageOf(thrown)}. Nothing of it was kept; the file is as it was. Start the previous Midwatch, or report this.`,
      { details: { path, from, to }, cause: thrown },
    );
  }
  return { from, to };
}
