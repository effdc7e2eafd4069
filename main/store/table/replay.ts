import type Database from 'better-sqlite3';
import { ReplayRecord } from '../../../shared/model/replay.ts';
import { type OnUnreadable, readBodies } from './row.ts';

/** Replays are made again when they are wanted: only the newest are kept. */
const KEPT = 50;

export function replayTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const insert = db.prepare('INSERT INTO replay (id, made_at, body) VALUES (@id, @madeAt, @body)');
  const forget = db.prepare(
    'DELETE FROM replay WHERE id NOT IN (SELECT id FROM replay ORDER BY made_at DESC, id LIMIT ?)',
  );
  const all = db.prepare('SELECT id, body FROM replay ORDER BY made_at DESC, id');
  const read = (rows: unknown[]) =>
    readBodies(ReplayRecord, rows as { id: string; body: string }[], 'replay', onUnreadable);
  return {
    save(record: ReplayRecord): void {
      const { id, madeAt } = record;
      insert.run({ id, madeAt, body: JSON.stringify(record) });
      forget.run(KEPT);
    },
    /** The newest first. */
    list: (): ReplayRecord[] => read(all.all()),
  };
}
