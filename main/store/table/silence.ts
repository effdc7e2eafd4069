import type Database from 'better-sqlite3';
import { Silence } from '../../../shared/model/silence.ts';
import { type OnUnreadable, readBodies } from './row.ts';

/** Silences, also those that have ended: who wanted quiet, why and until when is history. */
export function silenceTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const upsert = db.prepare(
    `INSERT INTO silence (id, revision, ended_at, body) VALUES (@id, @revision, @endedAt, @body)
     ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, ended_at = excluded.ended_at, body = excluded.body`,
  );
  const revision = db.prepare('SELECT revision FROM silence WHERE id = ?').pluck();
  const load = db.prepare('SELECT id, body FROM silence WHERE ended_at >= ? ORDER BY ended_at, id');
  return {
    save(silence: Silence): void {
      upsert.run({
        id: silence.id,
        revision: silence.revision,
        endedAt: Math.round(silence.expiredAt ?? silence.endsAt),
        body: JSON.stringify(silence),
      });
    },
    /** 0 where there is none. */
    revision: (id: string) => (revision.get(id) as number | undefined) ?? 0,
    load: (endedSinceAt: number): Silence[] =>
      readBodies(Silence, load.all(endedSinceAt) as { id: string; body: string }[], 'silence', onUnreadable),
  };
}
