import type Database from 'better-sqlite3';
import { ChangeEvent } from '../../../shared/model/service.ts';
import { type OnUnreadable, readBodies } from './row.ts';

/** A source whose version flickers would otherwise fill the file. */
const KEPT = 10_000;

/** Deployments and other changes, oldest first. Prepared at their first use, as a file of an older format has no such table. */
export function changeTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const put = () => db.prepare('INSERT OR REPLACE INTO change (id, at, body) VALUES (?, ?, ?)');
  const forget = () =>
    db.prepare(
      `DELETE FROM change WHERE at < (SELECT at FROM change ORDER BY at DESC LIMIT 1 OFFSET ${KEPT - 1})`,
    );
  const newest = () => db.prepare('SELECT id, body FROM change ORDER BY at DESC, id LIMIT ?');
  return {
    save(changes: readonly ChangeEvent[]): void {
      const insert = put();
      for (const change of changes) insert.run(change.id, Math.round(change.at), JSON.stringify(change));
      forget().run();
    },
    load: (limit: number): ChangeEvent[] =>
      readBodies(
        ChangeEvent,
        newest().all(limit) as { id: string; body: string }[],
        'change',
        onUnreadable,
      ).reverse(),
  };
}
