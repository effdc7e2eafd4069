/**
 * The only place that knows SQL. Two databases, each with one writer in a thread of its own, answering after the commit:
 * `midwatch.db` for what must never be lost, `metrics.db` as a cache of samples that can be fetched or scraped again.
 * Readers have their own read-only connections inside the workers that need them.
 */
export type {
  EvidenceSeries,
  EvidenceWrite,
  JournalRecord,
  LogApi,
  StoreNotice,
  VerdictQuery,
  VerdictRecord,
  WatchedInterval,
  WatchHistory,
} from './log-api.ts';
export { refuseUnusableLog } from './log-open.ts';
export { type LogReader, openLogReader } from './log-reader.ts';
export { type LogOptions, openLog } from './log-writer.ts';
export type {
  Matcher,
  MetricLimits,
  MetricReader,
  MetricStats,
  MetricWriterApi,
  PastChange,
  RollupOptions,
  SampleBatch,
  SelectOptions,
  SeriesBlock,
  SeriesBringer,
  SeriesRefusal,
  SeriesRollup,
  SeriesTimes,
  StoredSeries,
  StoreSizes,
} from './metric-api.ts';
export { createSeriesIndex, type SeriesIndex } from './metric-index.ts';
export { compileMatchers, valueTest } from './metric-matcher.ts';
export { openMetricReader } from './metric-reader.ts';
export { bucketEnd, type Rollup, rollupIncrease } from './metric-rollup.ts';
export { ROLLUP_WIDTHS, type RollupWidth } from './metric-rollup-width.ts';
export { refusalOf, seriesKey } from './metric-series.ts';
export { isStale, staleIndices, wordsOf } from './metric-stale.ts';
export { METRIC_LIMITS, openMetricWriter } from './metric-writer.ts';
export { readCorrections } from './read-corrections.ts';
export { type LoggedPast, readPast } from './read-past.ts';
export { openReplayShelf, type ReplayShelf } from './replay-shelf.ts';
export type { SpanFilter, SpanReaderApi, SpanStats, SpanWriterApi } from './span-api.ts';
export { spanPath } from './span-file.ts';
export { openSpanReader } from './span-reader.ts';
