import type Database from 'better-sqlite3';
import { z } from 'zod';
import type { JournalRecord } from '../log-api.ts';
import type { OnUnreadable } from './row.ts';

const JournalRow = z.object({
  id: z.string(),
  runId: z.string(),
  stepId: z.string(),
  attempt: z.number(),
  idempotencyKey: z.string(),
  intent: z.string(),
  intendedAt: z.number(),
  outcome: z.string().nullable(),
  endedAt: z.number().nullable(),
});

export function journalTable(db: Database.Database, onUnreadable: OnUnreadable) {
  // An intent never changes, and an outcome that is known is never overwritten.
  const upsert = db.prepare(
    `INSERT INTO journal (id, run_id, step_id, attempt, idempotency_key, intent, intended_at, outcome, ended_at)
     VALUES (@id, @runId, @stepId, @attempt, @idempotencyKey, @intent, @intendedAt, @outcome, @endedAt)
     ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, ended_at = excluded.ended_at
     WHERE journal.outcome IS NULL`,
  );
  const open = db.prepare(
    `SELECT id, run_id AS runId, step_id AS stepId, attempt, idempotency_key AS idempotencyKey, intent,
     intended_at AS intendedAt, outcome, ended_at AS endedAt FROM journal WHERE outcome IS NULL ORDER BY intended_at, id`,
  );
  return {
    save(record: JournalRecord): void {
      upsert.run({ ...record });
    },
    open: (): JournalRecord[] =>
      open.all().flatMap((row) => {
        const parsed = JournalRow.safeParse(row);
        if (parsed.success) return [parsed.data];
        onUnreadable('journal', String((row as { id?: unknown }).id), parsed.error.message);
        return [];
      }),
  };
}
