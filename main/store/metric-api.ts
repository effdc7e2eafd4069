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

/**
 * `metrics.db`, served by its one writer thread: a cache of samples; losing it loses no incident.
 * Each function answers after its commit.
 */
export type MetricWriterApi = {
  /** Gives each series its number, the same for ever; over the cap they are refused by name. */
  register(labels: readonly Labels[]): { refs: Uint32Array; refused: SeriesRefusal[] };
  append(batch: SampleBatch): { accepted: number; duplicates: number; outOfOrder: number };
  backfill(blocks: readonly SeriesBlock[]): { samples: number };
  /** Marks the series as ended at this instant, as Prometheus' staleness does: a look-back must not reach over it. */
  markStale(refs: Uint32Array, at: number): void;
  /** Packs what was appended into chunks and drops what is past its age or over the size. */
  compact(now: number): { packed: number; dropped: number };
  stats(): {
    series: number;
    samples: number;
    bytes: number;
    oldestAt: number | null;
    newestAt: number | null;
  };
  close(): void;
};

export type Matcher = {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
};

/** A series' samples between two instants, oldest first. A stale marker is a NaN in `values`. */
export interface StoredSeries {
  readonly ref: number;
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * The reader's side, synchronous, with a read-only connection of its own: lives in the worker that evaluates queries.
 * Regular expressions in matchers are RE2's, anchored at both ends; one that this machine cannot bound is refused.
 */
export interface MetricReader {
  /** Samples with fromAt < t ≤ toAt of each series that the matchers select; series without samples are left out. */
  select(matchers: readonly Matcher[], fromAt: number, toAt: number): StoredSeries[];
  labelValues(name: string): string[];
  close(): void;
}
