import type Database from 'better-sqlite3';
import type { Labels } from '../../shared/model/metric.ts';
import type { Clock } from '../platform/index.ts';
import type { MetricLimits, SeriesRefusal } from './metric-api.ts';
import { refusalOf, seriesKey } from './metric-series.ts';

/** Who is which number. Numbers are never given twice. */
export interface Registry {
  register(labels: readonly Labels[]): { refs: Uint32Array; refused: SeriesRefusal[] };
  has(ref: number): boolean;
  size(): number;
  series(): Iterable<readonly [key: string, ref: number]>;
  /** Says that samples of these came. */
  touch(refs: Uint32Array, at: number): void;
  /** Frees the places of series whose last sample was dropped and that have been silent since the given time. */
  forgetEmpty(silentSinceAt: number): void;
}

/** Looking for empty series reads an index for each: not more often than this. */
const FORGET_EVERY_MS = 600_000;

export function openRegistry(
  db: Database.Database,
  limits: MetricLimits,
  clock: Pick<Clock, 'now'>,
  onNew: (ref: number, labels: Labels) => void = () => undefined,
): Registry {
  const { insert, remove, hasAnything, removeProgress, bumpHistory } = prepare(db);
  const byKey = new Map<string, number>();
  const touchedAt = new Map<number, number>();
  const openedAt = clock.now();
  let forgottenAt = openedAt;
  for (const row of db
    .prepare<[], { ref: number; labels: string }>('SELECT ref, labels FROM series')
    .iterate()) {
    byKey.set(row.labels, row.ref);
    touchedAt.set(row.ref, openedAt);
  }

  const numberOf = (labels: Labels): number | string => {
    const refusal = refusalOf(labels);
    if (refusal) return refusal;
    const key = seriesKey(labels);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    if (byKey.size >= limits.seriesMax)
      return `The local store is full: it keeps ${limits.seriesMax} series. Leave out what is not needed, or wait until unused ones age away.`;
    const ref = Number(insert.run(key).lastInsertRowid);
    byKey.set(key, ref);
    touchedAt.set(ref, clock.now());
    onNew(ref, labels);
    return ref;
  };

  return {
    register(labels) {
      const fresh: string[] = [];
      const write = db.transaction(() => {
        const refused: SeriesRefusal[] = [];
        const refs = Uint32Array.from(labels, (one) => {
          const before = byKey.size;
          const answer = numberOf(one);
          if (byKey.size > before) fresh.push(seriesKey(one));
          if (typeof answer === 'number') return answer;
          refused.push({ labels: one, reason: answer });
          return 0;
        });
        return { refs, refused };
      });
      try {
        return write();
      } catch (thrown) {
        // What was rolled back must not be remembered as written.
        for (const key of fresh) byKey.delete(key);
        throw thrown;
      }
    },
    has: (ref) => touchedAt.has(ref),
    size: () => byKey.size,
    series: () => byKey.entries(),
    touch(refs, at) {
      for (const ref of refs) touchedAt.set(ref, at);
    },
    forgetEmpty(silentSinceAt) {
      const now = clock.now();
      if (now - forgottenAt < FORGET_EVERY_MS) return;
      forgottenAt = now;
      db.transaction(() => {
        const before = byKey.size;
        for (const [key, ref] of byKey) {
          if ((touchedAt.get(ref) ?? 0) >= silentSinceAt) continue;
          if (hasAnything.get(ref, ref) !== undefined) continue;
          remove.run(ref);
          removeProgress.run(ref);
          byKey.delete(key);
          touchedAt.delete(ref);
        }
        if (byKey.size < before) bumpHistory.run();
      })();
    },
  };
}

function prepare(db: Database.Database) {
  const insert = db.prepare<[string]>('INSERT INTO series (labels) VALUES (?)');
  const remove = db.prepare<[number]>('DELETE FROM series WHERE ref = ?');
  const hasAnything = db
    .prepare<[number, number], number>(
      'SELECT 1 FROM chunk WHERE ref = ? UNION ALL SELECT 1 FROM rollup WHERE ref = ? LIMIT 1',
    )
    .pluck();
  const removeProgress = db.prepare<[number]>('DELETE FROM rollup_progress WHERE ref = ?');
  const bumpHistory = db.prepare('UPDATE generation SET history = history + 1');
  return { insert, remove, hasAnything, removeProgress, bumpHistory };
}
