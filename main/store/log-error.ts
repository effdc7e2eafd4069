import Database from 'better-sqlite3';
import { CodedError, messageOf } from '../../shared/error/coded.ts';

/** What the operating system or the disk did to us; everything else that SQLite refuses is a bug and stays one. */
const FAILURES: readonly { readonly code: RegExp; readonly retryable: boolean; readonly advice: string }[] = [
  {
    code: /^SQLITE_FULL/,
    retryable: true,
    advice: 'The disk is full: free some space; Midwatch tries again by itself.',
  },
  {
    code: /^SQLITE_(BUSY|LOCKED)/,
    retryable: true,
    advice: 'Another program holds the file; Midwatch tries again by itself.',
  },
  {
    code: /^SQLITE_IOERR_WRITE|^SQLITE_IOERR_FSYNC/,
    retryable: true,
    advice: 'The disk refused a write: look at its health and its space.',
  },
  {
    code: /^SQLITE_(IOERR|READONLY|CANTOPEN|PERM|AUTH|NOMEM|NOLFS)/,
    retryable: false,
    advice: 'Look at the disk and at the rights of the folder, then restart Midwatch.',
  },
  {
    code: /^SQLITE_(CORRUPT|NOTADB)/,
    retryable: false,
    advice: 'The file is damaged: restart Midwatch, which sets it aside and takes the newest backup.',
  },
];

/** `store-failed` for a failure of disk or file, the thrown thing itself otherwise. */
export function storeError(thrown: unknown): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const failure = FAILURES.find(({ code }) => code.test(thrown.code));
  if (!failure) return thrown;
  return new CodedError(
    'store-failed',
    `midwatch.db could not be used (${thrown.code}: ${messageOf(thrown)}). Nothing of this change was saved. ${failure.advice}`,
    { details: { sqlite: thrown.code }, retryable: failure.retryable, cause: thrown },
  );
}

/** True for a file whose content, not its surroundings, is the trouble. */
export function isDamage(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(thrown.code);
}

export function staleRevision(what: string, id: string, stored: number, given: number): CodedError {
  return new CodedError(
    'stale-revision',
    `${what} was changed meanwhile: the stored revision is ${stored}, this change was made for ${given - 1}. Nothing was saved; read it again and repeat the change.`,
    { details: { id, stored, given, revision: stored } },
  );
}
