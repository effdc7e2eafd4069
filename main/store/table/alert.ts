import type Database from 'better-sqlite3';
import { Alert } from '../../../shared/model/alert.ts';
import { type OnUnreadable, readBodies } from './row.ts';

/** Alerts as they last were. */
export function alertTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const upsert = db.prepare(
    `INSERT INTO alert (id, phase, resolved_at, body) VALUES (@id, @phase, @resolvedAt, @body)
     ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, resolved_at = excluded.resolved_at, body = excluded.body`,
  );
  const load = db.prepare(
    `SELECT id, body FROM alert WHERE phase NOT IN ('inactive', 'resolved')
     OR (resolved_at IS NOT NULL AND resolved_at >= ?) ORDER BY id`,
  );
  const find = db.prepare(
    `SELECT id, body FROM alert WHERE id = @text OR id LIKE @prefix ESCAPE '\\'
       OR instr(lower(json_extract(body, '$.title')), @text) > 0
       OR instr(lower(json_extract(body, '$.ruleId')), @text) > 0
       OR instr(lower(json_extract(body, '$.service')), @text) > 0
     ORDER BY coalesce(json_extract(body, '$.firedAt'), json_extract(body, '$.lastEvaluatedAt')) DESC, id LIMIT @limit`,
  );
  return {
    save(alert: Alert): void {
      const { id, phase, resolvedAt } = alert;
      upsert.run({
        id,
        phase,
        resolvedAt: resolvedAt && Math.round(resolvedAt),
        body: JSON.stringify(alert),
      });
    },
    load: (resolvedSinceAt: number): Alert[] =>
      readBodies(Alert, load.all(resolvedSinceAt) as { id: string; body: string }[], 'alert', onUnreadable),
    /** By id, the beginning of an id, or text of its title, rule or service; the last that fired first. */
    find(text: string, limit: number): Alert[] {
      const prefix = `${text.replace(/[\\%_]/g, '\\$&')}%`;
      const rows = find.all({ text: text.toLowerCase(), prefix, limit }) as { id: string; body: string }[];
      return readBodies(Alert, rows, 'alert', onUnreadable);
    },
  };
}
