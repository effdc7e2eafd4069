import { serveWorker, systemClock } from '../platform/index.ts';
import { openMetricReader, openSpanReader, type SpanReaderApi, spanPath } from '../store/index.ts';
import type { QueryApi } from './query-api.ts';
import { createQueryServer } from './query-server.ts';

/** The thread that evaluates PromQL over `metrics.db`, and reads spans, with read-only connections of its own. */
serveWorker<{ path: string }, QueryApi & SpanReaderApi>(({ path }) => {
  const { closeSpans: _, ...spans } = openSpanReader(spanPath(path));
  return { ...createQueryServer(openMetricReader(path), systemClock()), ...spans };
});
