import type Database from 'better-sqlite3';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { DAY_MS, HOUR_MS } from '../../shared/unit/time.ts';
import type { Clock } from '../platform/index.ts';
import { createAliveAtOpening } from './metric-alive.ts';
import type { Matcher, MetricLimits, MetricStats, MetricWriterApi, SeriesBlock } from './metric-api.ts';
import { createPacker, samplesBySeries, usedBytes } from './metric-compact.ts';
import { beginAfresh, isDamage, type OpenedMetricFile, openMetricFile } from './metric-file.ts';
import { choose, type Head, openHead, pick, requireBatch, requireBlock } from './metric-head.ts';
import { type ChunkHistory, createChunkHistory } from './metric-history.ts';
import { createNaming } from './metric-naming.ts';
import { openPastLog, type PastLog } from './metric-past.ts';
import { openRegistry } from './metric-registry.ts';
import { createRetention } from './metric-retention.ts';
import { createRoller } from './metric-roller.ts';
import { createSizes } from './metric-size.ts';
import { staleValues } from './metric-stale.ts';

/** Source of the retention, the size and the number of series: the promises' table of limits. */
export const METRIC_LIMITS: MetricLimits = {
  // A million costs each thread that knows them half a gigabyte; each source has its own limit far below.
  seriesMax: 1_000_000,
  liveRetentionMs: 15 * DAY_MS,
  syntheticRetentionMs: 35 * DAY_MS,
  // Thirteen months, and the longest of them.
  rollupRetentionMs: 397 * DAY_MS,
  bytesMax: 2 * 1024 ** 3,
  packAfterSamples: 200_000,
  packAfterMs: 2 * HOUR_MS,
  packSamplesMax: 200_000,
  chunkSamplesMax: 480,
};

/** What a sample takes while it waits: its number and its value. */
const SAMPLE_BYTES = 12;

/** If nobody calls `compact`, the writer packs by itself at this multiple: an endless head would fill the readers' memory. */
const FORGOTTEN_FACTOR = 3;

/**
 * The writer of `metrics.db`, in this thread. One per file. A file found damaged while it is written is moved aside and a
 * fresh one begun; the call that met it throws `store-damaged`, and series must be registered again.
 */
export function openMetricWriter(
  path: string,
  limits: MetricLimits,
  clock: Pick<Clock, 'now'>,
): MetricWriterApi {
  const first = openOrExplain(path, clock.now());
  let notice = first.notice;
  let session = openSession(first.db, limits, clock);
  let selections: readonly (readonly Matcher[])[] = [];
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (thrown) {
      if (thrown instanceof CodedError || !isSqliteError(thrown)) throw thrown;
      if (!isDamage(thrown)) throw failed(path, thrown);
      session.close();
      const fresh = beginAfresh(path, clock.now(), 'damaged', `${path} is damaged (${messageOf(thrown)}).`);
      notice = fresh.notice;
      session = openSession(fresh.db, limits, clock);
      session.nameSeries(selections);
      throw new CodedError('store-damaged', fresh.notice ?? `${path} is damaged.`, {
        retryable: true,
        cause: thrown,
      });
    }
  };
  return {
    register: (labels, by) => guarded(() => session.register(labels, by)),
    append: (batch) => guarded(() => session.append(batch)),
    backfill: (blocks) => guarded(() => session.backfill(blocks)),
    markStale: (refs, at) =>
      guarded(() => void session.append({ at, refs, values: staleValues(refs.length) })),
    aliveAtOpening: (sourceId, sinceAt) => guarded(() => session.aliveAtOpening(sourceId, sinceAt)),
    nameSeries(given) {
      const named = guarded(() => session.nameSeries(given));
      selections = given;
      return named;
    },
    compact: (now) => guarded(() => session.compact(now)),
    stats: () => guarded(() => ({ ...session.stats(), notice })),
    sizes: () => guarded(() => session.sizes()),
    close: () => session.close(),
  };
}

function openOrExplain(path: string, now: number): OpenedMetricFile {
  try {
    return openMetricFile(path, now);
  } catch (thrown) {
    throw isSqliteError(thrown) || thrown instanceof TypeError ? failed(path, thrown) : thrown;
  }
}

function isSqliteError(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'SqliteError';
}

function failed(path: string, thrown: unknown): CodedError<'store-failed'> {
  return new CodedError(
    'store-failed',
    `${path} could not be written (${messageOf(thrown)}). These samples are not kept and local queries will show a gap; check the disk's free space and rights.`,
    { retryable: true, cause: thrown },
  );
}

type Session = Omit<MetricWriterApi, 'stats' | 'markStale'> & { stats(): Omit<MetricStats, 'notice'> };

function openSession(db: Database.Database, limits: MetricLimits, clock: Pick<Clock, 'now'>): Session {
  const head = openHead(db);
  const naming = createNaming(db);
  const roller = createRoller(db, {
    history: () => history,
    isNamed: naming.has,
    headFromAt: head.oldestAt,
  });
  const history: ChunkHistory = createChunkHistory(db, limits.chunkSamplesMax, roller.added);
  const pack = createPacker(db, history, limits);
  const { retain, fill } = createPastChangers(db, limits, history, head);
  const registry = openRegistry(db, limits, clock, naming.add);
  const sizes = createSizes(db, limits);
  const totals = createTotals(db, head);
  const newestAt = new Map<number, number>();
  const newestOf = (ref: number) =>
    newestAt.get(ref) ?? Math.max(history.newestAt(ref), head.newestAtOpening(ref));
  const packOne = () => {
    const samples = pack();
    head.refresh();
    return samples;
  };

  return {
    register: registry.register,
    append(batch) {
      requireBatch(batch);
      const chosen = choose(batch, newestOf, registry.has);
      if (chosen.refs.length > 0) {
        head.insert(batch.at, chosen.refs, chosen.values);
        for (const ref of chosen.refs) newestAt.set(ref, batch.at);
        registry.touch(chosen.refs, batch.at);
        if (head.samples() > limits.packAfterSamples * FORGOTTEN_FACTOR) packOne();
      }
      const { duplicates, outOfOrder, unknown } = chosen;
      return { accepted: chosen.refs.length, duplicates, outOfOrder, unknown };
    },
    backfill(blocks) {
      for (const block of blocks) requireBlock(block);
      const { refs, refused } = registry.register(blocks.map((block) => block.labels));
      const samples = fill(blocks, refs);
      blocks.forEach((block, index) => {
        const ref = refs[index] ?? 0;
        const lastAt = block.times.at(-1) ?? Number.NEGATIVE_INFINITY;
        if (newestAt.has(ref)) newestAt.set(ref, Math.max(newestOf(ref), lastAt));
      });
      return { samples, refused };
    },
    aliveAtOpening: createAliveAtOpening(db),
    nameSeries(selections) {
      const named = naming.name(selections, registry.series());
      roller.look(naming.refs());
      return { named };
    },
    compact(now) {
      const due = () =>
        head.samples() >= limits.packAfterSamples || now - head.oldestAt() >= limits.packAfterMs;
      const packedNow = head.samples() > 0 && due() ? packOne() : 0;
      const rolled = roller.roll(now, limits.packSamplesMax);
      const retained = retain(now);
      registry.forgetEmpty(now - limits.liveRetentionMs);
      sizes.see(now);
      return {
        packed: packedNow,
        dropped: retained.dropped,
        more: retained.more || rolled.more || (head.samples() > 0 && due()),
      };
    },
    stats: () => ({ series: registry.size(), ...totals() }),
    sizes: () => sizes.sizes(clock.now(), head.samples() * SAMPLE_BYTES),
    close: () => void db.close(),
  };
}

/** What changes samples of the past, and writes down that it did. */
function createPastChangers(db: Database.Database, limits: MetricLimits, history: ChunkHistory, head: Head) {
  const past = openPastLog(db);
  return { retain: createRetention(db, limits, past), fill: createBackfill(db, history, head, past) };
}

/** Stores the blocks in one transaction; answers how many samples were new. A block with number 0 was refused. */
function createBackfill(
  db: Database.Database,
  history: ChunkHistory,
  head: Head,
  past: PastLog,
): (blocks: readonly SeriesBlock[], refs: Uint32Array) => number {
  const bumpHistory = db.prepare('UPDATE generation SET history = history + 1');
  return db.transaction((blocks: readonly SeriesBlock[], refs: Uint32Array) => {
    const inHead = samplesBySeries(head.rows());
    let samples = 0;
    blocks.forEach((block, index) => {
      const ref = refs[index] ?? 0;
      if (ref === 0) return;
      // What still waits in the head counts as stored too: the same instant must not come twice.
      const taken = new Set(inHead.get(ref)?.times);
      const keep = Uint32Array.from(block.times.keys()).filter((i) => !taken.has(block.times[i] ?? 0));
      const times = Float64Array.from(keep, (i) => block.times[i] ?? 0);
      const values = keep.length === block.times.length ? block.values : pick(block.values, keep);
      const added = history.add(ref, { times, values }, block.synthetic);
      samples += added;
      if (added > 0) past.note({ ref, came: true, fromAt: times[0] ?? 0, toAt: times.at(-1) ?? 0 });
    });
    past.trim();
    bumpHistory.run();
    return samples;
  }).immediate;
}

function createTotals(db: Database.Database, head: Head): () => Omit<MetricStats, 'notice' | 'series'> {
  const oldest = db.prepare<[], number>('SELECT from_at FROM chunk ORDER BY to_at LIMIT 1').pluck();
  const newest = db.prepare<[], number>('SELECT to_at FROM chunk ORDER BY to_at DESC LIMIT 1').pluck();
  const packed = db.prepare<[], number>('SELECT samples FROM generation').pluck();
  return () => {
    const times = [oldest.get(), newest.get(), head.oldestAt(), head.newestAt()].filter(
      (at): at is number => typeof at === 'number' && Number.isFinite(at),
    );
    return {
      samples: Number(packed.get()) + head.samples(),
      bytes: usedBytes(db),
      oldestAt: times.length === 0 ? null : Math.min(...times),
      newestAt: times.length === 0 ? null : Math.max(...times),
    };
  };
}
