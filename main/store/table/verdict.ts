import type Database from 'better-sqlite3';
import { StageVerdict } from '../../../shared/model/alert.ts';
import type { FoundVerdict, VerdictQuery, VerdictRecord } from '../log-api.ts';
import { type OnUnreadable, readBodies } from './row.ts';

interface Row {
  readonly id: string;
  readonly body: string;
}

interface FoundRow extends Row {
  readonly title: string | null;
  readonly service: string | null;
}

/** A search looks at this many rows at most, so that it answers in any case; a narrower time finds the rest. */
const LOOKED_MAX = 200_000;
/** Retention takes away this many at a time: the thread writes pages, too. */
const PRUNED_MAX = 5_000;

/** The verdicts of all stages on all alerts, newest first. */
export function verdictTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const insert = db.prepare('INSERT INTO verdict (alert_id, at, body) VALUES (?, ?, ?)');
  const ofAlert = db.prepare(
    `SELECT alert_id AS id, body FROM verdict WHERE alert_id = @alertId AND at >= @fromAt AND at <= @toAt
     ORDER BY verdict.id DESC LIMIT @limit`,
  );
  const inForce = db.prepare(
    `SELECT alert_id AS id, body FROM verdict WHERE alert_id = @alertId AND at < @fromAt
       AND json_extract(body, '$.stage') = @stage ORDER BY verdict.id DESC LIMIT 1`,
  );
  const search = db.prepare(
    `SELECT id, body, json_extract(alert, '$.title') AS title, json_extract(alert, '$.service') AS service FROM (
       SELECT v.id AS number, v.alert_id AS id, v.body AS body, a.body AS alert
       FROM verdict v LEFT JOIN alert a ON a.id = v.alert_id
       WHERE v.at >= @fromAt AND v.at <= @toAt ORDER BY v.at DESC, v.id DESC LIMIT ${LOOKED_MAX}
     )
     WHERE @text = '' OR instr(lower(body), @text) > 0 OR id = @text
       OR instr(lower(coalesce(json_extract(alert, '$.title'), '')), @text) > 0
       OR instr(lower(coalesce(json_extract(alert, '$.service'), '')), @text) > 0
       OR instr(lower(coalesce(json_extract(alert, '$.ruleId'), '')), @text) > 0
     ORDER BY number DESC LIMIT @limit OFFSET @skip`,
  );
  const known = db.prepare('SELECT 1 FROM verdict WHERE alert_id = ? LIMIT 1');
  // Of one alert all is found, however many others were decided on since.
  const searchOne = db.prepare(
    `SELECT v.alert_id AS id, v.body AS body, json_extract(a.body, '$.title') AS title,
       json_extract(a.body, '$.service') AS service
     FROM verdict v LEFT JOIN alert a ON a.id = v.alert_id
     WHERE v.alert_id = @text AND v.at >= @fromAt AND v.at <= @toAt ORDER BY v.id DESC LIMIT @limit OFFSET @skip`,
  );
  const lookedFrom = db.prepare(
    `SELECT at FROM verdict WHERE at >= @fromAt AND at <= @toAt ORDER BY at DESC, id DESC LIMIT 1 OFFSET ${LOOKED_MAX}`,
  );
  const prune = db.prepare(
    `DELETE FROM verdict WHERE id IN (SELECT id FROM verdict WHERE at < ? ORDER BY at LIMIT ${PRUNED_MAX})`,
  );
  const read = (rows: unknown[]): VerdictRecord[] => {
    const all = rows as Row[];
    return all.flatMap((row) =>
      readBodies(StageVerdict, [row], 'verdict', onUnreadable).map((one) => ({ ...one, alertId: row.id })),
    );
  };
  return {
    save({ alertId, ...verdict }: VerdictRecord): void {
      insert.run(alertId, Math.round(verdict.at), JSON.stringify(verdict));
    },
    ofAlert: (alertId: string, limit: number): VerdictRecord[] =>
      read(ofAlert.all({ alertId, fromAt: 0, toAt: Number.MAX_SAFE_INTEGER, limit })),
    /** Those within the time, after those that were in force when it began, one a stage. */
    between: (alertId: string, fromAt: number, toAt: number, limit: number): VerdictRecord[] => [
      ...read(ofAlert.all({ alertId, fromAt, toAt, limit })),
      ...StageVerdict.shape.stage.options.flatMap((stage) => read(inForce.all({ alertId, fromAt, stage }))),
    ],
    search({ text, fromAt, toAt, limit, skip = 0 }: VerdictQuery): FoundVerdict[] {
      const asked = known.get(text) ? searchOne : search;
      const wanted = asked === search ? text.toLowerCase() : text;
      const rows = asked.all({ text: wanted, fromAt, toAt, limit, skip }) as FoundRow[];
      return rows.flatMap((row) =>
        read([row]).map((one) => ({ ...one, title: row.title, service: row.service })),
      );
    },
    /** Up to when a search of this time looks back; null where it looks at all of it. */
    lookedFrom({ text, fromAt, toAt }: Pick<VerdictQuery, 'text' | 'fromAt' | 'toAt'>): number | null {
      if (known.get(text)) return null;
      return (lookedFrom.get({ fromAt, toAt }) as { at: number } | undefined)?.at ?? null;
    },
    /** True where there are more to take away. */
    prune: (beforeAt: number): boolean => prune.run(beforeAt).changes === PRUNED_MAX,
  };
}
