import type Database from 'better-sqlite3';
import { Correction } from '../../../shared/model/correction.ts';
import { type OnUnreadable, readBodies } from './row.ts';

/** Prepared at their first use: a file of the first format, opened to be carried on, has no such table yet. */
export function correctionTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const upsert = () =>
    db.prepare(
      `INSERT INTO correction (id, objective_id, created_at, body) VALUES (@id, @objectiveId, @createdAt, @body)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
    );
  const all = () => db.prepare('SELECT id, body FROM correction ORDER BY created_at DESC, id');
  return {
    save(correction: Correction): void {
      const { id, objectiveId, createdAt } = correction;
      upsert().run({ id, objectiveId, createdAt, body: JSON.stringify(correction) });
    },
    load: () =>
      readBodies(Correction, all().all() as { id: string; body: string }[], 'correction', onUnreadable),
  };
}
