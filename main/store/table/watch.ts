import type Database from 'better-sqlite3';
import { z } from 'zod';
import { GapCause } from '../../../shared/model/watch.ts';
import type { WatchedInterval, WatchHistory } from '../log-api.ts';
import { type OnUnreadable, readBody } from './row.ts';

const Body = z.object({
  causes: z.array(GapCause),
  filledAt: z.number().nullable(),
  found: z.array(z.string()).optional(),
});

interface Row {
  readonly sourceId: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly body: string;
}

/** A source that comes and goes each minute would otherwise fill the file and the memory of whoever reads it. */
export const INTERVALS_MAX = 5_000;

export function watchTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const cut = db.prepare('DELETE FROM watch WHERE source_id = ? AND from_at >= ?');
  const put = db.prepare(
    'INSERT OR REPLACE INTO watch (source_id, from_at, to_at, body) VALUES (?, ?, ?, ?)',
  );
  const forget = db.prepare(
    `DELETE FROM watch WHERE source_id = @sourceId AND from_at <= (
       SELECT from_at FROM watch WHERE source_id = @sourceId ORDER BY from_at DESC LIMIT 1 OFFSET @most
     )`,
  );
  const all = db.prepare(
    'SELECT source_id AS sourceId, from_at AS fromAt, to_at AS toAt, body FROM watch ORDER BY source_id, from_at',
  );
  return {
    save({ sourceId, intervals }: WatchHistory, fromAt: number): void {
      cut.run(sourceId, fromAt);
      for (const { fromAt: begin, toAt, ...body } of intervals)
        put.run(sourceId, begin, toAt, JSON.stringify(body));
      forget.run({ sourceId, most: INTERVALS_MAX });
    },
    load(): WatchHistory[] {
      const bySource = new Map<string, WatchedInterval[]>();
      for (const { sourceId, fromAt, toAt, body } of all.all() as Row[]) {
        const read = readBody(Body, { id: `${sourceId} at ${fromAt}`, body }, 'watch', onUnreadable);
        if (!read) continue;
        const intervals = bySource.get(sourceId) ?? [];
        const { found, ...rest } = read;
        intervals.push({ fromAt, toAt, ...rest, ...(found && { found }) });
        bySource.set(sourceId, intervals);
      }
      return [...bySource].map(([sourceId, intervals]) => ({ sourceId, intervals }));
    },
  };
}
