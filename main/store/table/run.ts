import type Database from 'better-sqlite3';
import { PlaybookRun } from '../../../shared/model/playbook.ts';
import { type OnUnreadable, readBodies } from './row.ts';

export function runTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const revision = db.prepare('SELECT revision FROM run WHERE id = ?').pluck();
  const upsert = db.prepare(
    `INSERT INTO run (id, incident_id, revision, started_at, body)
     VALUES (@id, @incidentId, @revision, @startedAt, @body)
     ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, body = excluded.body`,
  );
  const all = db.prepare('SELECT id, body FROM run ORDER BY started_at, id');
  return {
    /** 0 for a run that is not there yet. */
    revision: (id: string) => (revision.get(id) as number | undefined) ?? 0,
    save(run: PlaybookRun): void {
      const { id, incidentId, revision, startedAt } = run;
      upsert.run({ id, incidentId, revision, startedAt: Math.round(startedAt), body: JSON.stringify(run) });
    },
    load: (): PlaybookRun[] =>
      readBodies(PlaybookRun, all.all() as { id: string; body: string }[], 'run', onUnreadable),
  };
}
