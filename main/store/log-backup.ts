import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';

/** Three, so that a damage that went unseen for a day or two still has a whole copy behind it. */
const KEPT = 3;
const BACKUP_NAME = /^midwatch-\d{4}-\d\d-\d\dT[\d-]+Z\.db$/;

/** A copy of the whole database, checked. */
export interface LogBackup {
  readonly path: string;
  readonly at: number;
  readonly bytes: number;
}

/** Beside the database, in a folder of its own. */
export function backupFolder(path: string): string {
  return join(dirname(path), 'backup');
}

/** An instant that may stand in a file name and sorts as time does. */
export function fileStamp(at: number): string {
  return new Date(at).toISOString().replaceAll(':', '-').replace('.', '-');
}

export function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Null for a whole database; otherwise the first thing that is wrong with it. */
export function checkFile(path: string): string | null {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      return quickCheck(db);
    } finally {
      db.close();
    }
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

export function quickCheck(db: Database.Database): string | null {
  const [first] = db.pragma('quick_check(1)') as { quick_check: string }[];
  return first?.quick_check === 'ok' ? null : (first?.quick_check ?? 'the check gave no answer');
}

/** The kept backups, newest first. */
export function backups(path: string): string[] {
  const folder = backupFolder(path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => BACKUP_NAME.test(name))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/**
 * Copies the database with SQLite's backup interface while it is in use, checks the copy, and drops all but the newest three.
 * A copy that does not pass its check never takes the place of an older one.
 */
export async function backUp(db: Database.Database, path: string, at: number): Promise<LogBackup> {
  const folder = backupFolder(path);
  const target = join(folder, `midwatch-${fileStamp(at)}.db`);
  const partial = `${target}.partial`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Also those of a process that was killed: each is as large as the whole database.
  removePartials(folder);
  try {
    await db.backup(partial);
    const problem = checkFile(partial);
    if (problem) throw new Error(`the copy did not pass its check: ${problem}`);
    sync(partial);
    renameSync(partial, target);
  } finally {
    // A piece that stays on a full disk would keep it full; reading the copy for its check leaves companions in WAL mode.
    removePartials(folder);
  }
  // After the clock was set back the newest copy has not the latest name: it is never the one that goes.
  const older = backups(path).filter((one) => one !== target);
  for (const old of older.slice(KEPT - 1)) rmSync(old, { force: true });
  return { path: target, at, bytes: statSync(target).size };
}

function removePartials(folder: string): void {
  for (const name of readdirSync(folder))
    if (/^midwatch-.*\.db\.partial(?:-wal|-shm|-journal)?$/.test(name))
      rmSync(join(folder, name), { force: true });
}

/** A copy before a migration, in one blocking step: nobody else may write between it and the migration. Never dropped. */
export function copyBeforeMigration(db: Database.Database, path: string, format: number, at: number): string {
  const folder = backupFolder(path);
  const target = join(folder, `before-migration-from-${format}-${fileStamp(at)}.db`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  rmSync(`${target}.partial`, { force: true });
  db.prepare('VACUUM INTO ?').run(`${target}.partial`);
  sync(`${target}.partial`);
  renameSync(`${target}.partial`, target);
  return target;
}

/** What became of a damaged file. */
export interface Rescue {
  readonly quarantined: string;
  readonly restored: string | null;
}

/**
 * Sets a damaged database aside under another name and puts the newest whole backup in its place.
 * The replacement is made ready first, so that a crash in between can be finished by `finishRescue`.
 */
export function rescue(path: string, at: number): Rescue {
  const restored = backups(path).find((candidate) => checkFile(candidate) === null) ?? null;
  const ready = `${path}.restoring`;
  if (restored) {
    copyFileSync(restored, `${ready}.partial`);
    sync(`${ready}.partial`);
    renameSync(`${ready}.partial`, ready);
  }
  const quarantined = `${path}.damaged-${fileStamp(at)}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${quarantined}${suffix}`);
  }
  finishRescue(path);
  return { quarantined, restored: restored && basename(restored) };
}

/** Puts a replacement in its place that an earlier start had made ready but not moved. */
export function finishRescue(path: string): void {
  const ready = `${path}.restoring`;
  if (!existsSync(ready)) return;
  if (existsSync(path)) rmSync(ready);
  else renameSync(ready, path);
}
