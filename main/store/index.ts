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
  VerdictRecord,
} from './log-api.ts';
export { type LogOptions, openLog } from './log-writer.ts';
export type {
  Matcher,
  MetricReader,
  MetricWriterApi,
  SampleBatch,
  SeriesBlock,
  SeriesRefusal,
  StoredSeries,
} from './metric-api.ts';
