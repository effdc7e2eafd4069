import type Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../../shared/unit/time.ts';
import type { MetricLimits, StoreSizes } from './metric-api.ts';
import { usedBytes } from './metric-compact.ts';

const SEEN_EVERY_MS = HOUR_MS;
/** Growth is measured over a week at most, so that weekends count and last month does not. */
const SEEN_FOR_MS = 7 * DAY_MS;

interface Totals {
  readonly raw: number;
  readonly rollup: number;
  /** What was ever written: kept or dropped since. */
  readonly rawWritten: number;
  readonly rollupWritten: number;
}

/** Keeps account of what the file holds, and says where that leads. */
export interface Sizes {
  /** Once an hour, from `compact`. */
  see(now: number): void;
  sizes(now: number, waitingBytes: number): StoreSizes;
}

export function createSizes(db: Database.Database, limits: MetricLimits): Sizes {
  const totals = db.prepare<[], Totals>(
    `SELECT raw, rollup, raw + raw_dropped AS rawWritten, rollup + rollup_dropped AS rollupWritten FROM size`,
  );
  const newestSeen = db.prepare<[], number | null>('SELECT max(at) FROM size_seen').pluck();
  const oldestSeen = db.prepare<[], { at: number; raw: number; rollup: number }>(
    'SELECT at, raw, rollup FROM size_seen ORDER BY at LIMIT 1',
  );
  const insert = db.prepare('INSERT OR REPLACE INTO size_seen (at, raw, rollup) VALUES (?, ?, ?)');
  // A clock that was ahead and was put right must not stop the account.
  const remove = db.prepare<[number, number]>('DELETE FROM size_seen WHERE at < ? OR at > ?');
  const oldestRaw = db.prepare<[], number>('SELECT to_at FROM chunk ORDER BY to_at LIMIT 1').pluck();
  const oldestRollup = db.prepare<[], number>('SELECT min(to_at) FROM rollup WHERE width = 300000').pluck();
  const now0: Totals = { raw: 0, rollup: 0, rawWritten: 0, rollupWritten: 0 };

  return {
    see(now) {
      const newest = newestSeen.get() ?? Number.NEGATIVE_INFINITY;
      if (newest <= now && now - newest < SEEN_EVERY_MS) return;
      const { rawWritten, rollupWritten } = totals.get() ?? now0;
      remove.run(now - SEEN_FOR_MS, now);
      insert.run(now, rawWritten, rollupWritten);
    },
    sizes(now, waitingBytes) {
      const { raw, rollup, rawWritten, rollupWritten } = totals.get() ?? now0;
      const seen = oldestSeen.get();
      const overMs = seen ? now - seen.at : 0;
      const perDay = (written: number, before: number) =>
        overMs >= SEEN_EVERY_MS ? (Math.max(0, written - before) / overMs) * DAY_MS : null;
      const rawPerDay = seen ? perDay(rawWritten, seen.raw) : null;
      const rollupPerDay = seen ? perDay(rollupWritten, seen.rollup) : null;
      const bytes = usedBytes(db);
      return {
        bytes,
        bytesMax: limits.bytesMax,
        rawBytes: raw,
        rollupBytes: rollup,
        waitingBytes,
        rawBytesPerDay: rawPerDay,
        rollupBytesPerDay: rollupPerDay,
        measuredOverMs: overMs,
        fullAt:
          rawPerDay === null || rollupPerDay === null
            ? null
            : whenFull(bytes, limits.bytesMax, now, [
                growing(rawPerDay, limits.liveRetentionMs, now - (oldestRaw.get() ?? now)),
                growing(rollupPerDay, limits.rollupRetentionMs, now - (oldestRollup.get() ?? now)),
              ]),
      };
    },
  };
}

/** Something that grows evenly until its oldest part is old enough to go. */
interface Growing {
  readonly perMs: number;
  readonly forMs: number;
}

function growing(perDay: number, keptMs: number, oldestMs: number): Growing {
  return { perMs: perDay / DAY_MS, forMs: Math.max(0, keptMs - Math.max(0, oldestMs)) };
}

/** When the sum of them reaches the limit at the present rates; null where it never does. */
export function whenFull(
  bytes: number,
  bytesMax: number,
  now: number,
  parts: readonly Growing[],
): number | null {
  if (bytes >= bytesMax) return now;
  const turns = [...new Set(parts.map(({ forMs }) => forMs))].sort((a, b) => a - b);
  let reached = bytes;
  let fromMs = 0;
  for (const toMs of turns) {
    const perMs = parts.reduce((sum, part) => sum + (part.forMs >= toMs ? part.perMs : 0), 0);
    const next = reached + perMs * (toMs - fromMs);
    if (next >= bytesMax) return now + fromMs + (bytesMax - reached) / perMs;
    reached = next;
    fromMs = toMs;
  }
  return null;
}
