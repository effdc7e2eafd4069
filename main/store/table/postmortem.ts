import type Database from 'better-sqlite3';
import { Postmortem } from '../../../shared/model/postmortem.ts';
import { type OnUnreadable, readBody } from './row.ts';

export function postmortemTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const revision = db.prepare('SELECT revision FROM postmortem WHERE incident_id = ?').pluck();
  const upsert = db.prepare(
    `INSERT INTO postmortem (incident_id, revision, body) VALUES (@incidentId, @revision, @body)
     ON CONFLICT (incident_id) DO UPDATE SET revision = excluded.revision, body = excluded.body`,
  );
  const one = db.prepare('SELECT incident_id AS id, body FROM postmortem WHERE incident_id = ?');
  return {
    /** 0 where there is none yet. */
    revision: (incidentId: string) => (revision.get(incidentId) as number | undefined) ?? 0,
    save(postmortem: Postmortem): void {
      const { incidentId, revision } = postmortem;
      upsert.run({ incidentId, revision, body: JSON.stringify(postmortem) });
    },
    load(incidentId: string): Postmortem | null {
      const row = one.get(incidentId) as { id: string; body: string } | undefined;
      return (row && readBody(Postmortem, row, 'postmortem', onUnreadable)) ?? null;
    },
  };
}
