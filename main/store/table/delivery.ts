import type Database from 'better-sqlite3';
import { Delivery } from '../../../shared/model/notification.ts';
import type { DeliveryQuery } from '../log-api.ts';
import { type OnUnreadable, readBodies } from './row.ts';

/** A search looks at this many rows at most, so that it answers in any case. */
const LOOKED_MAX = 100_000;

export function deliveryTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const upsert = db.prepare(
    `INSERT INTO delivery (id, state, created_at, body) VALUES (@id, @state, @createdAt, @body)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
  );
  const pending = db.prepare(`SELECT id, body FROM delivery WHERE state = 'queued' ORDER BY created_at, id`);
  const recent = db.prepare('SELECT id, body FROM delivery ORDER BY created_at DESC, id DESC LIMIT ?');
  const search = db.prepare(
    `SELECT id, body FROM (SELECT id, body, state, created_at FROM delivery ORDER BY created_at DESC, id DESC LIMIT ${LOOKED_MAX})
     WHERE (@state = 'all' OR state = @state) AND (@text = '' OR instr(lower(body), @text) > 0)
     ORDER BY created_at DESC, id DESC LIMIT @limit OFFSET @skip`,
  );
  const read = (rows: unknown[]) =>
    readBodies(Delivery, rows as { id: string; body: string }[], 'delivery', onUnreadable);
  return {
    save(delivery: Delivery): void {
      const { id, state, createdAt } = delivery;
      upsert.run({ id, state, createdAt: Math.round(createdAt), body: JSON.stringify(delivery) });
    },
    pending: (): Delivery[] => read(pending.all()),
    /** The newest first. */
    search: ({ text, state, skip, limit }: DeliveryQuery): Delivery[] =>
      read(search.all({ text: text.trim().toLowerCase(), state, skip, limit })),
    recent: (limit: number): Delivery[] => read(recent.all(limit)),
  };
}
