import type { Span, StageSummary, TraceFacets, TraceSummary } from '../../shared/model/trace.ts';

/** What the cache of spans may hold. The defaults are `SPAN_STORE_LIMITS`; a test gives smaller ones. */
export interface SpanStoreLimits {
  readonly spansMax: number;
  readonly retentionMs: number;
  readonly bytesMax: number;
}

/**
 * `traces.db`, written in the thread of `metrics.db`'s writer: a cache of spans; losing it loses no incident. The first
 * span stored with its identifiers stays, so that a request that comes twice changes nothing.
 */
export type SpanWriterApi = {
  /** Answers after the commit. Spans older than the retention, or of the future, are not stored and counted. */
  addSpans(spans: readonly Span[]): { added: number; duplicates: number; outsideTime: number };
  /** Drops what is past its age, a bounded number at a time. `more`: call again soon. */
  retainSpans(now: number): { dropped: number; more: boolean };
  spanStats(): SpanStats;
};

export interface SpanStats {
  readonly spans: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** Not stored since the start, because their time was too old or in the future. */
  readonly outsideTime: number;
  /** What a person should know: a damaged or newer file was moved aside. */
  readonly notice: string | null;
}

/** Which spans are asked for; times are of the span's start, `fromAt` < start ≤ `toAt`. */
export interface SpanFilter {
  readonly service?: string | undefined;
  readonly name?: string | undefined;
  readonly fromAt: number;
  readonly toAt: number;
}

/** Which traces are asked for: those with a span for which all of it holds; `text` as `termsOf` reads it. */
export interface TraceFilter extends SpanFilter {
  readonly text: string;
  readonly modelVersion?: string | undefined;
  readonly failed: boolean;
  readonly durationMs?: number | undefined;
}

/** The reader's side, synchronous, with a read-only connection of its own. */
export type SpanReaderApi = {
  /** All spans of a trace in the order of their start; at most 5 000. */
  spansOf(traceId: string): Span[];
  /** Newest first. */
  recentSpans(filter: SpanFilter & { readonly limit: number }): Span[];
  /** Traces by the start of their newest span that fits, newest first. */
  searchTraces(filter: TraceFilter & { readonly skip: number; readonly limit: number }): {
    traces: TraceSummary[];
    more: boolean;
  };
  traceFacets(fromAt: number, toAt: number): TraceFacets;
  /** Stages by the time that was spent in them, most first; at most 200. */
  spanStages(filter: SpanFilter): StageSummary[];
};
