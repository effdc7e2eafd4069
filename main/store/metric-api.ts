import type { Labels } from '../../shared/model/metric.ts';

/** One scrape: values of many series at one instant. `refs[i]` goes with `values[i]`. */
export interface SampleBatch {
  readonly at: number;
  readonly refs: Uint32Array;
  readonly values: Float64Array;
}

/** Many samples of one series: backfill and written history. Times ascend. */
export interface SeriesBlock {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly synthetic: boolean;
}

export interface SeriesRefusal {
  readonly labels: Labels;
  readonly reason: string;
}

/** What the cache may hold. The defaults are `METRIC_LIMITS`; a test gives smaller ones. */
export interface MetricLimits {
  readonly seriesMax: number;
  readonly liveRetentionMs: number;
  readonly syntheticRetentionMs: number;
  readonly bytesMax: number;
  /** `compact` begins to pack when so many samples wait, … */
  readonly packAfterSamples: number;
  /** … or when the oldest has waited this long. */
  readonly packAfterMs: number;
  /** At most so many samples are packed in one call, so that no append waits long behind it. */
  readonly packSamplesMax: number;
  readonly chunkSamplesMax: number;
}

/** What the cache holds. `notice` is what a person should know of its opening: a damaged or newer file was moved aside. */
export interface MetricStats {
  readonly series: number;
  readonly samples: number;
  readonly bytes: number;
  /** Where the samples that age next begin: never before the very oldest one, at most a chunk's length after it. */
  readonly oldestAt: number | null;
  readonly newestAt: number | null;
  readonly notice: string | null;
}

/**
 * `metrics.db`, served by its one writer thread: a cache of samples; losing it loses no incident.
 * Each function answers after its commit. The rule for doubtful samples: within one series the first sample stored for an
 * instant stays (a second is a duplicate), and `append` takes only what is newer than all it has of that series
 * (older is out of order); `backfill` alone fills holes in the past.
 */
export type MetricWriterApi = {
  /** Gives each series its number (above 0), the same for ever; a refused one has number 0 and is named. */
  register(labels: readonly Labels[]): { refs: Uint32Array; refused: SeriesRefusal[] };
  /** `unknown` counts numbers that name no series, as after its last sample aged away: register it again. */
  append(batch: SampleBatch): { accepted: number; duplicates: number; outOfOrder: number; unknown: number };
  /** Answers how many samples were new; the same blocks again add none. */
  backfill(blocks: readonly SeriesBlock[]): { samples: number; refused: SeriesRefusal[] };
  /** Marks the series as ended at this instant, as Prometheus' staleness does: a look-back must not reach over it. */
  markStale(refs: Uint32Array, at: number): void;
  /** Packs what was appended into chunks and drops what is past its age or over the size. `more`: call again soon. */
  compact(now: number): { packed: number; dropped: number; more: boolean };
  stats(): MetricStats;
  close(): void;
};

export type Matcher = {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
};

/**
 * A series' samples between two instants, oldest first. `stale` holds the ascending indices of stale markers, whose value
 * is a NaN; other NaNs are values. The arrays may be views of a cache: read them, never write them, never transfer them.
 */
export interface StoredSeries {
  readonly ref: number;
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly stale: Uint32Array;
  /** Time of the first sample that is stored of this series at all. */
  readonly firstAt: number;
}

export interface SelectOptions {
  /** More samples than this in one answer are refused with the code `too-many-samples`. */
  readonly samplesMax?: number;
  /** Called between series; throws to give up. */
  readonly check?: () => void;
}

/**
 * The reader's side, synchronous, with a read-only connection of its own: lives in the worker that evaluates queries.
 * Regular expressions in matchers are RE2's, anchored at both ends, and matched in linear time.
 */
export interface MetricReader {
  /** Samples with fromAt < t ≤ toAt of each series that the matchers select; series without samples are left out. */
  select(matchers: readonly Matcher[], fromAt: number, toAt: number, options?: SelectOptions): StoredSeries[];
  labelValues(name: string): string[];
  close(): void;
}
