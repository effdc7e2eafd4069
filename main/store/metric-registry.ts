import type Database from 'better-sqlite3';
import type { Labels } from '../../shared/model/metric.ts';
import type { Clock } from '../platform/index.ts';
import type { MetricLimits, SeriesBringer, SeriesRefusal } from './metric-api.ts';
import { refusalOf, seriesKey } from './metric-series.ts';

/** Who is which number. Numbers are never given twice. */
export interface Registry {
  register(labels: readonly Labels[], by?: SeriesBringer): { refs: Uint32Array; refused: SeriesRefusal[] };
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

/**
 * Series of a source in the store to those it may have at one time: a deployment gives all of them new names, and the old
 * ones stay until their samples age away. Without it one source whose names never end would leave no room to the others.
 */
const KEPT_TO_LIVE = 4;

/** Series that were written without a source, as by the history of the demo. */
const NOBODY: SeriesBringer = { sourceId: '', seriesMax: Number.POSITIVE_INFINITY };

export function openRegistry(
  db: Database.Database,
  limits: MetricLimits,
  clock: Pick<Clock, 'now'>,
  onNew: (ref: number, labels: Labels) => void = () => undefined,
): Registry {
  const { insert, remove, hasAnything, removeProgress, bumpHistory } = prepare(db);
  let forgottenAt = clock.now();
  const { stored, size } = storedSeries(db, limits, forgottenAt);

  const numberOf = (labels: Labels, by: SeriesBringer): number | string => {
    const { byKey, touchedAt, accounts } = stored();
    const refusal = refusalOf(labels);
    if (refusal) return refusal;
    const key = seriesKey(labels);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const noRoom = accounts.noRoomFor(by);
    if (noRoom) return noRoom;
    const ref = Number(insert.run(key, by.sourceId).lastInsertRowid);
    accounts.count(by.sourceId, 1);
    byKey.set(key, ref);
    touchedAt.set(ref, clock.now());
    onNew(ref, labels);
    return ref;
  };

  return {
    register(labels, by = NOBODY) {
      const { byKey, accounts } = stored();
      const fresh: string[] = [];
      const write = db.transaction(() => {
        const refused: SeriesRefusal[] = [];
        const refs = Uint32Array.from(labels, (one) => {
          const before = byKey.size;
          const answer = numberOf(one, by);
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
        accounts.count(by.sourceId, -fresh.length);
        throw thrown;
      }
    },
    has: (ref) => stored().touchedAt.has(ref),
    size,
    series: () => stored().byKey.entries(),
    touch(refs, at) {
      const { touchedAt } = stored();
      for (const ref of refs) touchedAt.set(ref, at);
    },
    forgetEmpty(silentSinceAt) {
      const now = clock.now();
      if (now - forgottenAt < FORGET_EVERY_MS) return;
      forgottenAt = now;
      const { byKey, touchedAt, accounts } = stored();
      db.transaction(() => {
        const before = byKey.size;
        for (const [key, ref] of byKey) {
          if ((touchedAt.get(ref) ?? 0) >= silentSinceAt) continue;
          if (hasAnything.get(ref, ref) !== undefined) continue;
          accounts.count(String(remove.get(ref) ?? ''), -1);
          removeProgress.run(ref);
          byKey.delete(key);
          touchedAt.delete(ref);
        }
        if (byKey.size < before) bumpHistory.run();
      })();
    },
  };
}

/** The series that are there, by their keys, when samples of each came last, and whose they are. */
interface Stored {
  readonly byKey: Map<string, number>;
  readonly touchedAt: Map<number, number>;
  readonly accounts: ReturnType<typeof createAccounts>;
}

/** Read when somebody asks for one: a start answers questions about what is stored before anything is written. */
function storedSeries(db: Database.Database, limits: MetricLimits, openedAt: number) {
  const count = db.prepare<[], number>('SELECT count(*) FROM series').pluck();
  let read: Stored | undefined;
  return {
    stored(): Stored {
      read ??= readStored(db, limits, openedAt);
      return read;
    },
    size: () => read?.byKey.size ?? count.get() ?? 0,
  };
}

function readStored(db: Database.Database, limits: MetricLimits, at: number): Stored {
  const stored = { byKey: new Map(), touchedAt: new Map(), accounts: createAccounts(limits) };
  const rows = db.prepare<[], { ref: number; labels: string; source: string }>(
    'SELECT ref, labels, source FROM series',
  );
  for (const { ref, labels, source } of rows.iterate()) {
    stored.accounts.count(source, 1);
    stored.byKey.set(labels, ref);
    stored.touchedAt.set(ref, at);
  }
  return stored;
}

/** How many series each source brought first, and whether it may bring one more. */
function createAccounts(limits: MetricLimits) {
  const countOf = new Map<string, number>();
  let total = 0;
  const of = (sourceId: string) => countOf.get(sourceId) ?? 0;
  return {
    count(sourceId: string, more: number) {
      countOf.set(sourceId, of(sourceId) + more);
      total += more;
    },
    noRoomFor({ sourceId, seriesMax }: SeriesBringer): string | undefined {
      if (of(sourceId) >= KEPT_TO_LIVE * seriesMax)
        return `${sourceId} has ${of(sourceId)} series in the local store, ${KEPT_TO_LIVE} times its series_limit (${seriesMax}). Raise series_limit, look for a label whose values never end, or wait until unused ones age away.`;
      return total < limits.seriesMax
        ? undefined
        : `The local store is full: it keeps ${limits.seriesMax} series. Leave out what is not needed, or wait until unused ones age away.`;
    },
  };
}

function prepare(db: Database.Database) {
  const insert = db.prepare<[string, string]>('INSERT INTO series (labels, source) VALUES (?, ?)');
  const remove = db.prepare<[number], string>('DELETE FROM series WHERE ref = ? RETURNING source').pluck();
  const hasAnything = db
    .prepare<[number, number], number>(
      'SELECT 1 FROM chunk WHERE ref = ? UNION ALL SELECT 1 FROM rollup WHERE ref = ? LIMIT 1',
    )
    .pluck();
  const removeProgress = db.prepare<[number]>('DELETE FROM rollup_progress WHERE ref = ?');
  const bumpHistory = db.prepare('UPDATE generation SET history = history + 1');
  return { insert, remove, hasAnything, removeProgress, bumpHistory };
}
