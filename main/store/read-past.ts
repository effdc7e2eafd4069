import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Incident } from '../../shared/model/incident.ts';
import type { Silence } from '../../shared/model/silence.ts';
import { storeError } from './log-error.ts';
import { incidentTable } from './table/incident.ts';
import type { OnUnreadable } from './table/row.ts';
import { silenceTable } from './table/silence.ts';

/** What people did and said in the past, as far as a `midwatch.db` knows it. */
export interface LoggedPast {
  readonly silences: readonly Silence[];
  readonly incidents: readonly Incident[];
}

/** Silences and incidents of a `midwatch.db`, read beside whoever writes it; none where there is no file or no such table yet. */
export function readPast(path: string, onUnreadable: OnUnreadable): LoggedPast {
  if (!existsSync(path)) return { silences: [], incidents: [] };
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
    return {
      silences: tables.includes('silence') ? silenceTable(db, onUnreadable).load(0) : [],
      incidents: tables.includes('incident') ? incidentTable(db, onUnreadable).load() : [],
    };
  } catch (thrown) {
    throw storeError(thrown);
  } finally {
    db?.close();
  }
}
