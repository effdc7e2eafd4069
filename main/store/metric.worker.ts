import { serveWorker, systemClock } from '../platform/index.ts';
import type { MetricLimits, MetricWriterApi } from './metric-api.ts';
import { openMetricWriter } from './metric-writer.ts';
import type { SpanWriterApi } from './span-api.ts';
import { spanPath } from './span-file.ts';
import { openSpanWriter, SPAN_STORE_LIMITS, withSpans } from './span-writer.ts';

/** The thread of the one writer of `metrics.db`, and of `traces.db` beside it. */
serveWorker<{ path: string; limits: MetricLimits }, MetricWriterApi & SpanWriterApi>(({ path, limits }) => {
  const clock = systemClock();
  return withSpans(
    openMetricWriter(path, limits, clock),
    openSpanWriter(spanPath(path), SPAN_STORE_LIMITS, clock),
  );
});
