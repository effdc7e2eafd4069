import type { Labels } from '../../shared/model/metric.ts';
import type { Rollup } from './metric-rollup.ts';
import type { RollupWidth } from './metric-rollup-width.ts';

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

/** Who brings series first, and how many it may have at one time (`series_limit`). */
export interface SeriesBringer {
  readonly sourceId: string;
  readonly seriesMax: number;
}

export interface SeriesRefusal {
  readonly labels: Labels;
  readonly reason: string;
}

/** Series with the time of the newest sample of each. `refs[i]` goes with `times[i]`. */
export interface SeriesTimes {
  readonly refs: Uint32Array<ArrayBuffer>;
  readonly times: Float64Array<ArrayBuffer>;
}

/** What the cache may hold. The defaults are `METRIC_LIMITS`; a test gives smaller ones. */
export interface MetricLimits {
  /** Of all sources together. */
  readonly seriesMax: number;
  readonly liveRetentionMs: number;
  readonly syntheticRetentionMs: number;
  readonly rollupRetentionMs: number;
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
 * What the file holds by kind, and where it leads at the present rate. What is not known yet is null: growth is measured
 * over an hour at least and a week at most, and nothing of it is guessed.
 */
export interface StoreSizes {
  /** All of the file that is in use: samples, rollups, labels, indexes. */
  readonly bytes: number;
  /** Over this, the oldest gives way. */
  readonly bytesMax: number;
  /** Packed raw samples. */
  readonly rawBytes: number;
  readonly rollupBytes: number;
  /** Samples that wait to be packed. */
  readonly waitingBytes: number;
  /** Written per day, whatever aged away meanwhile. */
  readonly rawBytesPerDay: number | null;
  readonly rollupBytesPerDay: number | null;
  /** How long growth was measured. */
  readonly measuredOverMs: number;
  /** When `bytesMax` is reached, counting that raw samples and rollups stop to add up at their age; null: never, or not known. */
  readonly fullAt: number | null;
}

/**
 * `metrics.db`, served by its one writer thread: a cache of samples; losing it loses no incident.
 * Each function answers after its commit. The rule for doubtful samples: within one series the first sample stored for an
 * instant stays (a second is a duplicate), and `append` takes only what is newer than all it has of that series
 * (older is out of order); `backfill` alone fills holes in the past.
 */
export type MetricWriterApi = {
  /**
   * Gives each series its number (above 0), the same for ever; a refused one has number 0 and is named. New ones count on
   * the account of their bringer, which is refused more than four times its limit: what ended stays for its retention.
   */
  register(labels: readonly Labels[], by?: SeriesBringer): { refs: Uint32Array; refused: SeriesRefusal[] };
  /** `unknown` counts numbers that name no series, as after its last sample aged away: register it again. */
  append(batch: SampleBatch): { accepted: number; duplicates: number; outOfOrder: number; unknown: number };
  /** Answers how many samples were new; the same blocks again add none. */
  backfill(blocks: readonly SeriesBlock[]): { samples: number; refused: SeriesRefusal[] };
  /** Marks the series as ended at this instant, as Prometheus' staleness does: a look-back must not reach over it. */
  markStale(refs: Uint32Array, at: number): void;
  /**
   * Series that the source brought first and that the file ended with, newer than `sinceAt`: an end that fell into the
   * time when nobody wrote is told from them. To be asked once a source, before it brings anything itself.
   */
  aliveAtOpening(sourceId: string, sinceAt: number): SeriesTimes;
  /**
   * Says which series rules, objectives, detectors and plans name; it replaces what was said before, and new series are
   * tested as they come. Only these are rolled up, and they give way last. Answers how many are named.
   */
  nameSeries(selections: readonly (readonly Matcher[])[]): { named: number };
  /**
   * Packs what was appended into chunks, rolls up what is complete of named series, and drops what is past its age or
   * over the size: a bounded amount of each. `more`: call again soon.
   */
  compact(now: number): { packed: number; dropped: number; more: boolean };
  stats(): MetricStats;
  sizes(): StoreSizes;
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
  /** Where a series begins in the answer, where that is not the same for all. */
  readonly fromAtOf?: (ref: number) => number;
}

/** Samples that came among older ones, or that were dropped: between these two instants, both included. */
export interface PastChange {
  readonly ref: number;
  readonly came: boolean;
  readonly fromAt: number;
  readonly toAt: number;
}

/**
 * One series in buckets, in the order of time. Buckets that end at or before `completeTo` were written by the store and
 * only a backfill changes them; later ones are made from raw samples at the time of the question and the newest may still
 * grow. −∞ where nothing is written, as for series that nothing names. The arrays are read, never written or transferred.
 */
export interface SeriesRollup extends Rollup {
  readonly ref: number;
  readonly labels: Labels;
  readonly completeTo: number;
}

export interface RollupOptions extends SelectOptions {
  /** More buckets than this in one answer are refused with the code `too-many-samples`. */
  readonly bucketsMax?: number;
}

/**
 * The reader's side, synchronous, with a read-only connection of its own: lives in the worker that evaluates queries.
 * Regular expressions in matchers are RE2's, anchored at both ends, and matched in linear time.
 */
export interface MetricReader {
  /** Samples with fromAt < t ≤ toAt of each series that the matchers select; series without samples are left out. */
  select(matchers: readonly Matcher[], fromAt: number, toAt: number, options?: SelectOptions): StoredSeries[];
  /**
   * The same series in buckets of 5 min or 1 h: those that lie whole in the span, fromAt ≤ start and end ≤ toAt, so align
   * both to the width. What is older than raw samples is answered for named series only, up to 13 months back. With them
   * min, max, sum, count and last over any span of whole buckets are exact, `rollupIncrease` is exact over counters with
   * resets, and `firstAt`, `lastAt` and `count` are what Prometheus' extrapolation needs. `samplesMax` bounds the raw
   * samples that are read for what is not written yet. Series without buckets in the span are left out.
   */
  rollups(
    matchers: readonly Matcher[],
    fromAt: number,
    toAt: number,
    widthMs: RollupWidth,
    options?: RollupOptions,
  ): SeriesRollup[];
  /**
   * What changed in the past after a number that was given with an earlier answer; null where that is not known any
   * more. Who carries sums from question to question looks here before each.
   */
  pastChanges(afterId: number): { readonly lastId: number; readonly changes: readonly PastChange[] | null };
  /** The labels of each series that the matchers select; without matchers, of all. */
  labelSets(matchers: readonly Matcher[]): readonly Labels[];
  close(): void;
}
