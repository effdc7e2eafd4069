import type Database from 'better-sqlite3';
import { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import type { VerdictRecord } from '../log-api.ts';
import { type OnUnreadable, readBodies } from './row.ts';

/** Alerts as they last were, and the verdicts of all stages for ever. */
export function alertTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const upsert = db.prepare(
    `INSERT INTO alert (id, phase, resolved_at, body) VALUES (@id, @phase, @resolvedAt, @body)
     ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, resolved_at = excluded.resolved_at, body = excluded.body`,
  );
  const load = db.prepare(
    `SELECT id, body FROM alert WHERE phase NOT IN ('inactive', 'resolved')
     OR (resolved_at IS NOT NULL AND resolved_at >= ?) ORDER BY id`,
  );
  const insertVerdict = db.prepare('INSERT INTO verdict (alert_id, at, body) VALUES (?, ?, ?)');
  const verdicts = db.prepare(
    'SELECT alert_id AS id, body FROM verdict WHERE alert_id = ? ORDER BY verdict.id DESC LIMIT ?',
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
    saveVerdict({ alertId, ...verdict }: VerdictRecord): void {
      insertVerdict.run(alertId, Math.round(verdict.at), JSON.stringify(verdict));
    },
    load: (resolvedSinceAt: number): Alert[] =>
      readBodies(Alert, load.all(resolvedSinceAt) as { id: string; body: string }[], 'alert', onUnreadable),
    /** Newest first. */
    verdicts: (alertId: string, limit: number): VerdictRecord[] =>
      readBodies(
        StageVerdict,
        verdicts.all(alertId, limit) as { id: string; body: string }[],
        'verdict',
        onUnreadable,
      ).map((verdict) => ({ ...verdict, alertId })),
  };
}
