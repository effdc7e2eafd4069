import Database from 'better-sqlite3';
import { CodedError } from '../../shared/error/coded.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { Matcher, RollupOptions, SelectOptions, SeriesRollup, StoredSeries } from './metric-api.ts';
import { type BufferSlice, createSampleBuffer, type SampleBuffer } from './metric-buffer.ts';
import { decodeChunk, type Samples } from './metric-chunk.ts';
import { type HeadRow, refsOf, valuesOf } from './metric-compact.ts';
import { createSeriesDirectory, type SeriesDirectory } from './metric-directory.ts';
import { firstAfter, mergeSamples } from './metric-merge.ts';
import { createPastReader } from './metric-past.ts';
import { createReaderHead } from './metric-reader-head.ts';
import { createRollupReader } from './metric-rollup-reader.ts';
import type { RollupWidth } from './metric-rollup-width.ts';
import { staleIndices, wordsOf } from './metric-stale.ts';

/** Windows that end so near a series' newest sample come again at the next poll, so what was decoded for them is kept. */
const RECENT_MS = 600_000;

const EMPTY: Samples = { times: new Float64Array(0), values: new Float64Array(0) };

interface Generation {
  /** Number of the last batch that was packed into chunks. */
  readonly packed: number;
  /** Counts each time that older samples came or went. */
  readonly history: number;
}

interface RollupSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly widthMs: RollupWidth;
}

interface ChunkRow {
  readonly samples: number;
  readonly data: Uint8Array;
}

/**
 * One read-only connection with what was learnt over it: the series, the batches that wait in the head, and the decoded
 * samples of the series asked for last. A question costs what was written since the one before.
 */
export class MetricConnection {
  private readonly db: Database.Database;
  private readonly statements: ReturnType<typeof prepare>;
  private readonly cachedSamplesMax: number;
  private readonly directory: SeriesDirectory;
  /** Recently asked series, the one asked longest ago first. */
  private readonly cache = new Map<number, SampleBuffer>();
  private cachedSamples = 0;
  private readonly firstTimes = new Map<number, number>();
  private readonly head = createReaderHead();
  private lastBatch = 0;
  private seen: Generation = { packed: 0, history: 0 };
  readonly select: (
    matchers: readonly Matcher[],
    fromAt: number,
    toAt: number,
    options: SelectOptions,
  ) => StoredSeries[];
  readonly rollups: (
    matchers: readonly Matcher[],
    span: RollupSpan,
    options: RollupOptions,
  ) => SeriesRollup[];
  private rollupOf: ReturnType<typeof createRollupReader> | undefined;
  readonly labelSets: (matchers: readonly Matcher[]) => readonly Labels[];
  readonly pastChanges: ReturnType<typeof createPastReader>;

  constructor(path: string, cachedSamplesMax: number) {
    this.db = new Database(path, { readonly: true, fileMustExist: true });
    this.statements = prepare(this.db);
    this.directory = createSeriesDirectory(this.db);
    this.cachedSamplesMax = cachedSamplesMax;
    this.pastChanges = createPastReader(this.db);
    // One transaction a question: the chunks and the head that it sees belong together.
    this.select = this.db.transaction((matchers, fromAt, toAt, options) => {
      this.refresh();
      return this.collect(matchers, fromAt, toAt, options);
    });
    this.rollups = this.db.transaction((matchers, span, options) => {
      this.refresh();
      return this.collectRollups(matchers, span, options);
    });
    this.labelSets = this.db.transaction((matchers: readonly Matcher[]) => {
      this.refresh();
      return (matchers.length === 0 ? this.directory.all() : this.directory.find(matchers)).map(
        ({ labels }) => labels,
      );
    });
  }

  close(): void {
    this.db.close();
  }

  private collect(
    matchers: readonly Matcher[],
    fromAt: number,
    toAt: number,
    options: SelectOptions,
  ): StoredSeries[] {
    const found: StoredSeries[] = [];
    let budget = options.samplesMax ?? Number.POSITIVE_INFINITY;
    const series = this.directory.find(matchers);
    this.head.prepare(series.map((one) => one.ref));
    for (const { ref, labels } of series) {
      options.check?.();
      const slice = this.sliceOf(ref, options.fromAtOf?.(ref) ?? fromAt, toAt, budget);
      if (slice.times.length === 0) continue;
      budget -= slice.times.length;
      if (budget < 0) throw tooManySamples();
      found.push({ ref, labels, ...slice, firstAt: this.firstAt(ref, slice) });
    }
    if (this.cachedSamples > this.cachedSamplesMax) this.trim();
    return found;
  }

  private collectRollups(
    matchers: readonly Matcher[],
    span: RollupSpan,
    options: RollupOptions,
  ): SeriesRollup[] {
    this.rollupOf ??= createRollupReader(this.db);
    const found: SeriesRollup[] = [];
    let samples = options.samplesMax ?? Number.POSITIVE_INFINITY;
    let buckets = options.bucketsMax ?? Number.POSITIVE_INFINITY;
    const series = this.directory.find(matchers);
    this.head.prepare(series.map((one) => one.ref));
    for (const { ref, labels } of series) {
      options.check?.();
      const samplesAfter = (at: number) => {
        const rest = this.sliceOf(ref, at, span.toAt, samples);
        samples -= rest.times.length;
        if (samples < 0) throw tooManySamples();
        return rest;
      };
      const waitingFromAt = this.head.get(ref)?.oldestAt() ?? Number.POSITIVE_INFINITY;
      const rollup = this.rollupOf(ref, span, { waitingFromAt, samplesAfter });
      buckets -= rollup.ends.length;
      if (buckets < 0) throw tooManySamples();
      if (rollup.ends.length > 0) found.push({ ref, labels, ...rollup });
    }
    if (this.cachedSamples > this.cachedSamplesMax) this.trim();
    return found;
  }

  /** Learns what was written since the last question. */
  private refresh(): void {
    const now = this.statements.generation.get() ?? { packed: 0, history: 0 };
    // Older samples came or went, or batches were packed before we saw them: what is decoded has holes.
    const holes = now.history !== this.seen.history || now.packed > this.lastBatch;
    if (holes) {
      this.cache.clear();
      this.firstTimes.clear();
      this.cachedSamples = 0;
    }
    this.directory.refresh(now.history !== this.seen.history);
    const repacked = now.packed !== this.seen.packed;
    // With nothing decoded yet, as at the first question after a start, nothing needs to be brought up to date.
    if (this.cache.size > 0 || !repacked)
      for (const row of this.statements.head.iterate(this.lastBatch)) this.take(row, !repacked);
    if (repacked) this.readHead(now.packed);
    this.seen = now;
  }

  private readHead(packed: number): void {
    const rows = this.statements.head.all(0);
    this.head.load(rows);
    this.lastBatch = Math.max(this.lastBatch, packed, rows.at(-1)?.id ?? 0);
  }

  private take(row: HeadRow, intoHead: boolean): void {
    this.lastBatch = row.id;
    if (intoHead) this.head.take(row);
    if (this.cache.size === 0) return;
    const refs = refsOf(row);
    const words = wordsOf(valuesOf(row));
    for (let i = 0; i < refs.length; i += 1) {
      const ref = refs[i] ?? 0;
      const cached = this.cache.get(ref);
      if (cached) {
        cached.append(row.at, words, i);
        this.cachedSamples += 1;
      }
    }
  }

  private sliceOf(ref: number, fromAt: number, toAt: number, budget: number): BufferSlice {
    const known = this.cache.get(ref);
    if (known && known.coversAfterAt() <= fromAt) {
      this.cache.delete(ref);
      this.cache.set(ref, known);
      return known.slice(fromAt, toAt);
    }
    const waitingAt = this.head.get(ref)?.newestAt() ?? Number.NEGATIVE_INFINITY;
    // What ends near the newest that waits is recent, whatever chunks there are.
    if (waitingAt <= fromAt || toAt < waitingAt - RECENT_MS) {
      // A backfill may reach beyond what still waits in the head, so both are asked.
      const newestAt = Math.max(waitingAt, this.statements.newest.get(ref) ?? fromAt);
      if (newestAt <= fromAt) return { ...EMPTY, stale: NO_INDICES };
      if (toAt < newestAt - RECENT_MS) return between(this.load(ref, fromAt, toAt, budget), fromAt, toAt);
    }
    const buffer = createSampleBuffer(this.load(ref, fromAt, Number.MAX_SAFE_INTEGER, budget), fromAt);
    this.cachedSamples += buffer.samples() - (known?.samples() ?? 0);
    this.cache.delete(ref);
    this.cache.set(ref, buffer);
    return buffer.slice(fromAt, toAt);
  }

  private load(ref: number, fromAt: number, toAt: number, budget: number): Samples {
    const rows = this.statements.chunks.all(ref, fromAt, toAt);
    // Both end chunks may reach beyond the window, so only what is surely inside counts before it is decoded.
    const inside = rows.slice(1, -1).reduce((sum, row) => sum + row.samples, 0);
    if (inside > budget) throw tooManySamples();
    const chunks = rows.map((row) => decodeChunk(row.data));
    const waiting = this.head.get(ref)?.slice(fromAt, toAt);
    const all = mergeSamples(waiting ? [...chunks, waiting] : chunks);
    return between(all, fromAt, toAt);
  }

  private firstAt(ref: number, slice: BufferSlice): number {
    const known = this.firstTimes.get(ref);
    if (known !== undefined) return known;
    // What came before was dropped: the oldest that is left is not the series' birth, from which it would count from 0.
    const dropped = this.statements.dropped.get(ref) || Number.POSITIVE_INFINITY;
    const found = Math.min(
      dropped,
      this.statements.oldest.get(ref) ?? Number.POSITIVE_INFINITY,
      this.head.get(ref)?.oldestAt() ?? Number.POSITIVE_INFINITY,
      slice.times[0] ?? Number.POSITIVE_INFINITY,
    );
    this.firstTimes.set(ref, found);
    return found;
  }

  private trim(): void {
    for (const [ref, buffer] of this.cache) {
      if (this.cachedSamples <= this.cachedSamplesMax) break;
      this.cache.delete(ref);
      this.cachedSamples -= buffer.samples();
    }
    if (this.cache.size === 0) this.cachedSamples = 0;
  }
}

const NO_INDICES = new Uint32Array(0);

function prepare(db: Database.Database) {
  return {
    generation: db.prepare<[], Generation>('SELECT packed, history FROM generation'),
    head: db.prepare<[number], HeadRow>('SELECT id, at, refs, vals FROM head WHERE id > ? ORDER BY id'),
    chunks: db.prepare<[number, number, number], ChunkRow>(
      'SELECT samples, data FROM chunk WHERE ref = ? AND to_at > ? AND from_at <= ? ORDER BY to_at',
    ),
    dropped: db.prepare<[number], number>('SELECT dropped_to FROM rollup_progress WHERE ref = ?').pluck(),
    newest: db.prepare<[number], number | null>('SELECT max(to_at) FROM chunk WHERE ref = ?').pluck(),
    oldest: db
      .prepare<[number], number>('SELECT from_at FROM chunk WHERE ref = ? ORDER BY to_at LIMIT 1')
      .pluck(),
  };
}

function between({ times, values }: Samples, fromAt: number, toAt: number): BufferSlice {
  const from = firstAfter(times, fromAt);
  const to = firstAfter(times, toAt);
  const inside = values.subarray(from, to);
  return { times: times.subarray(from, to), values: inside, stale: staleIndices(inside) };
}

function tooManySamples(): CodedError<'too-many-samples'> {
  return new CodedError(
    'too-many-samples',
    'The question needs more samples than one may take. Nothing was answered; ask for a shorter range or fewer series.',
  );
}
