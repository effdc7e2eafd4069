import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Correction } from '../../shared/model/correction.ts';
import { storeError } from './log-error.ts';
import { correctionTable } from './table/correction.ts';
import type { OnUnreadable } from './table/row.ts';

/** The corrections in a `midwatch.db`, read beside whoever writes it; none where there is no file or no such table yet. */
export function readCorrections(path: string, onUnreadable: OnUnreadable): Correction[] {
  if (!existsSync(path)) return [];
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
    const table = db
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'correction'")
      .get();
    return table ? [...correctionTable(db, onUnreadable).load()] : [];
  } catch (thrown) {
    throw storeError(thrown);
  } finally {
    db?.close();
  }
}
