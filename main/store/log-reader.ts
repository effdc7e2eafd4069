import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { LogApi } from './log-api.ts';
import { alertTable } from './table/alert.ts';
import { verdictTable } from './table/verdict.ts';

/** What can be asked of a log beside its writer, also while Midwatch runs. */
export interface LogReader extends Pick<LogApi, 'findAlerts' | 'verdictsBetween' | 'close'> {}

/** Opens `midwatch.db` to read it, and changes nothing of it. Throws `log-unreadable`. */
export function openLogReader(path: string): LogReader {
  const refuse = (why: string, cause?: unknown) =>
    new CodedError('log-unreadable', `${path} could not be read: ${why}.`, { cause, details: { path } });
  if (!existsSync(path))
    throw refuse('there is none yet; Midwatch has not run over this workspace with this --data');
  const unreadable = (table: string, id: string, problem: string) => {
    throw refuse(`the ${table} ${id} is damaged (${problem})`);
  };
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
    const alerts = alertTable(db, unreadable);
    const verdicts = verdictTable(db, unreadable);
    const opened = db;
    return {
      findAlerts: (text, limit) => alerts.find(text, limit),
      verdictsBetween: (alertId, fromAt, toAt, limit) => verdicts.between(alertId, fromAt, toAt, limit),
      close: () => void opened.close(),
    };
  } catch (thrown) {
    db?.close();
    // A format of before has other tables; the next start of Midwatch brings it up to date.
    throw refuse(messageOf(thrown), thrown);
  }
}
