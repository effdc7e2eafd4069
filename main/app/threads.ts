import type { Workspace } from '../../shared/config/workspace.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import type { DetectApi } from '../detect/index.ts';
import type { ScrapeApi } from '../ingest/index.ts';
import {
  type Clock,
  type Logger,
  startWorker,
  type WorkerApi,
  type WorkerHandle,
} from '../platform/index.ts';
import type { QueryApi } from '../query/index.ts';
import type { ReceiveApi } from '../receive/index.ts';
import type { SloApi } from '../slo/index.ts';
import {
  type LogApi,
  METRIC_LIMITS,
  type MetricWriterApi,
  type SpanReaderApi,
  type SpanWriterApi,
} from '../store/index.ts';
import type { DataFolders } from './data-folder.ts';
import { type EntryName, entryUrl } from './entry.ts';

/** The worker threads of a core. The main thread opens no database and computes nothing for long. */
export interface Threads {
  readonly log: WorkerHandle<LogApi>;
  readonly metric: WorkerHandle<MetricWriterApi & SpanWriterApi>;
  readonly query: WorkerHandle<QueryApi>;
  /** Evaluates what people ask, and reads traces for them, so that nothing which pages waits behind it. */
  readonly explore: WorkerHandle<QueryApi & SpanReaderApi>;
  /** Replays the past of objectives for people: neither a page nor a chart waits behind a month of windows. */
  readonly past: WorkerHandle<QueryApi>;
  readonly scrape: WorkerHandle<ScrapeApi>;
  readonly slo: WorkerHandle<SloApi>;
  readonly detect: WorkerHandle<DetectApi>;
  /** Starts what this configuration needs at each poll, so that the first one does not wait for it. */
  wakeFor(workspace: Pick<Workspace, 'sources' | 'objectives' | 'detectors'>): void;
  /** The receivers' thread, started only while a source pushes; whoever starts it ends it. */
  startReceive(): WorkerHandle<ReceiveApi>;
  all(): readonly WorkerHandle<WorkerApi>[];
  /** Last in, first out; databases are closed before their threads end. */
  stop(): Promise<void>;
}

/** A person who reads a chart asks again within this. */
const PEOPLE_REST_MS = MINUTE_MS;
/** Longer than most sources are apart, so that a thread which polls need stays. */
const POLLS_REST_MS = 5 * MINUTE_MS;

export function startThreads(folders: DataFolders, clock: Clock, log: Logger): Threads {
  const start = <Api extends WorkerApi>(
    name: string,
    entry: EntryName,
    init: unknown,
    restAfterMs?: number,
  ) =>
    startWorker<Api>({
      name,
      entry: entryUrl(entry),
      init,
      clock,
      log,
      ...(restAfterMs === undefined ? {} : { restAfterMs }),
    });
  const threads = {
    log: start<LogApi>('log', 'log.worker', { path: folders.logPath }),
    metric: start<MetricWriterApi & SpanWriterApi>('metric', 'metric.worker', {
      path: folders.metricPath,
      limits: METRIC_LIMITS,
    }),
    query: start<QueryApi>('query', 'query.worker', { path: folders.metricPath }, POLLS_REST_MS),
    explore: start<QueryApi & SpanReaderApi>(
      'explore',
      'query.worker',
      { path: folders.metricPath },
      PEOPLE_REST_MS,
    ),
    past: start<QueryApi>('past', 'query.worker', { path: folders.metricPath }, PEOPLE_REST_MS),
    scrape: start<ScrapeApi>('scrape', 'scrape.worker', null, POLLS_REST_MS),
    slo: start<SloApi>('slo', 'slo.worker', null, POLLS_REST_MS),
    detect: start<DetectApi>('detect', 'detect.worker', null, POLLS_REST_MS),
  };
  const all = Object.values(threads) as unknown as readonly WorkerHandle<WorkerApi>[];
  return {
    ...threads,
    wakeFor({ sources, objectives, detectors }) {
      if (sources.some((one) => one.kind === 'exposition')) threads.scrape.wake();
      if (sources.some((one) => one.kind === 'exposition' || one.kind === 'push')) threads.query.wake();
      if (objectives.length > 0) threads.slo.wake();
      if (detectors.length > 0) threads.detect.wake();
    },
    startReceive: () => start<ReceiveApi>('receive', 'receive.worker', null),
    all: () => all,
    async stop() {
      await Promise.all(
        [threads.detect, threads.slo, threads.scrape, threads.past, threads.explore, threads.query].map(
          (one) => one.stop(),
        ),
      );
      for (const database of [threads.metric, threads.log]) {
        if (database.health().condition === 'ok') await database.call.close();
        await database.stop();
      }
    },
  };
}
