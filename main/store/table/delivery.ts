import type Database from 'better-sqlite3';
import { Delivery } from '../../../shared/model/notification.ts';
import { type OnUnreadable, readBodies } from './row.ts';

export function deliveryTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const upsert = db.prepare(
    `INSERT INTO delivery (id, state, created_at, body) VALUES (@id, @state, @createdAt, @body)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
  );
  const pending = db.prepare(`SELECT id, body FROM delivery WHERE state = 'queued' ORDER BY created_at, id`);
  const recent = db.prepare('SELECT id, body FROM delivery ORDER BY created_at DESC, id DESC LIMIT ?');
  const read = (rows: unknown[]) =>
    readBodies(Delivery, rows as { id: string; body: string }[], 'delivery', onUnreadable);
  return {
    save(delivery: Delivery): void {
      const { id, state, createdAt } = delivery;
      upsert.run({ id, state, createdAt: Math.round(createdAt), body: JSON.stringify(delivery) });
    },
    pending: (): Delivery[] => read(pending.all()),
    recent: (limit: number): Delivery[] => read(recent.all(limit)),
  };
}
