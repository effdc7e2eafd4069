import { serveWorker, systemClock } from '../platform/index.ts';
import { openMetricReader } from '../store/index.ts';
import type { QueryApi } from './query-api.ts';
import { createQueryServer } from './query-server.ts';

/** The thread that evaluates PromQL over `metrics.db`, with a read-only connection of its own. */
serveWorker<{ path: string }, QueryApi>(({ path }) =>
  createQueryServer(openMetricReader(path), systemClock()),
);
