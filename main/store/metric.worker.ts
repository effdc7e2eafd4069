import { serveWorker, systemClock } from '../platform/index.ts';
import type { MetricLimits, MetricWriterApi } from './metric-api.ts';
import { openMetricWriter } from './metric-writer.ts';

/** The thread of the one writer of `metrics.db`. */
serveWorker<{ path: string; limits: MetricLimits }, MetricWriterApi>(({ path, limits }) =>
  openMetricWriter(path, limits, systemClock()),
);
