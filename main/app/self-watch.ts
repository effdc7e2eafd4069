import { readFile } from 'node:fs/promises';
import { getHeapStatistics } from 'node:v8';
import type { Workspace } from '../../shared/config/workspace.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { HealthReport } from '../../shared/model/health.ts';
import type { StateHub } from '../api/index.ts';
import type { Clock } from '../platform/index.ts';
import { METRIC_LIMITS } from '../store/index.ts';
import { formatProblems, type Problem } from '../workspace/index.ts';
import { type HealthFacts, healthOf } from './health.ts';
import { type LoopDelayFigures, watchLoopDelay } from './loop-delay.ts';
import { type AppOptions, VERSION } from './options.ts';
import { createOwnHistory, type OwnHistory, type OwnPoint } from './own-history.ts';
import { ownMetrics } from './own-metrics.ts';
import type { Stages } from './stages.ts';
import type { Threads } from './threads.ts';

/** Watches Midwatch itself: what every window is shown, what one that looks may ask, and what another Prometheus scrapes. */
export interface SelfWatch {
  /** Puts the state as it is now into the collection `health`. */
  publish(): void;
  /** Asks the databases how large they are; `publish` says what it found last. */
  measure(): Promise<void>;
  report(): Promise<HealthReport>;
  /** The course of its figures since the start. */
  readonly history: OwnHistory['range'];
  /** Midwatch's own metrics in exposition. */
  exposition(): Promise<string>;
  stop(): void;
}

export interface SelfWatchDeps {
  readonly clock: Clock;
  readonly hub: StateHub;
  readonly threads: Threads;
  readonly options: Pick<AppOptions, 'host' | 'demo' | 'log'>;
  readonly stages: Pick<Stages, 'ingest' | 'notifier' | 'pipeline' | 'receiving'>;
  readonly facts: () => {
    readonly startedAt: number;
    readonly problems: readonly Problem[];
    readonly workspace: Workspace;
  };
}

const PROBLEMS_SHOWN = 50;

export function createSelfWatch(deps: SelfWatchDeps): SelfWatch {
  const { clock, hub, threads, options, stages } = deps;
  const loop = watchLoopDelay(clock);
  const course = createOwnHistory();
  const sizes: Pick<HealthFacts, 'storeNotices'> & {
    logBytes: number | null;
    metrics: HealthFacts['metrics'];
  } = {
    logBytes: null,
    metrics: null,
    storeNotices: [],
  };
  const health = (figures = loop.look()) => {
    const { startedAt, problems, workspace } = deps.facts();
    return healthOf({
      startedAt,
      version: VERSION,
      workspace: {
        name: workspace.name,
        path: workspace.path,
        demo: options.demo,
        problems: problems.length === 0 ? [] : formatProblems(problems).split('\n').slice(0, PROBLEMS_SHOWN),
      },
      sources: stages.ingest.status(),
      workers: workers(threads, stages),
      loop: figures,
      pollingLagMs: stages.ingest.pollingLagMs(),
      drops: stages.ingest.drops(),
      ...sizes,
      notifierProblem: stages.notifier.problem(),
      chainProblem: stages.pipeline.problem(),
    });
  };
  const report = () => reportOf(deps);
  // What is scraped must say that a worker is down, also where that worker cannot be asked.
  const reportOrNull = () =>
    report().catch((thrown: unknown) => {
      options.log.warn({ problem: messageOf(thrown) }, 'the stores could not be measured');
      return null;
    });
  return {
    publish: () => hub.put('health', [health()]),
    history: course.range,
    async measure() {
      course.note(ownPoint(deps, loop.look(), sizes.metrics?.bytes ?? null));
      const { bytes, series, notice } = await threads.metric.call.stats();
      sizes.metrics = { bytes, series };
      sizes.logBytes = await threads.log.call.sizeBytes();
      const notices = await threads.log.call.notices();
      Object.assign(sizes, {
        storeNotices: [...notices.map((one) => one.text), ...(notice === null ? [] : [notice])],
      });
    },
    report,
    async exposition() {
      const figures = loop.look();
      const { user, system } = process.cpuUsage();
      return ownMetrics({
        host: options.host,
        health: health(figures),
        sources: stages.ingest.status(),
        report: await reportOrNull(),
        loop: figures,
        samplesKept: stages.ingest.samplesKept(),
        cpuSeconds: (user + system) / 1e6,
        openIncidents: hub.get('incidents').filter((one) => one.phase !== 'closed').length,
        firingAlerts: hub.get('alerts').filter((one) => one.phase === 'firing').length,
      });
    },
    stop: () => loop.stop(),
  };
}

function ownPoint(
  { clock, threads, stages }: SelfWatchDeps,
  { minute, p99Ms }: LoopDelayFigures,
  storeBytes: number | null,
): OwnPoint {
  return {
    at: clock.now(),
    loopDelayMs: minute?.p99Ms ?? p99Ms,
    waiting: workers(threads, stages).reduce((sum, one) => sum + one.pending, 0),
    pollingLagMs: stages.ingest.pollingLagMs(),
    storeBytes,
  };
}

/** The receivers' thread is there only while something pushes. */
function workers(threads: Threads, { receiving }: SelfWatchDeps['stages']) {
  const all = threads.all().map((worker) => worker.health());
  return receiving.isRunning() ? [...all, receiving.handle.health()] : all;
}

async function reportOf({ clock, threads, stages, options }: SelfWatchDeps): Promise<HealthReport> {
  const [sizes, stats, spans, logBytes, receivers, memory] = await Promise.all([
    threads.metric.call.sizes(),
    threads.metric.call.stats(),
    threads.metric.call.spanStats(),
    threads.log.call.sizeBytes(),
    receiversOf(stages.receiving),
    memoryOf(threads, stages, options.log),
  ]);
  const { series, samples, oldestAt, newestAt } = stats;
  return {
    at: clock.now(),
    metrics: { ...sizes, series, samples, oldestAt, newestAt, seriesMax: METRIC_LIMITS.seriesMax },
    spans: {
      spans: spans.spans,
      bytes: spans.bytes,
      bytesMax: spans.bytesMax,
      outsideTime: spans.outsideTime,
    },
    log: { bytes: logBytes },
    receivers,
    memory,
  };
}

async function receiversOf(receiving: Stages['receiving']): Promise<HealthReport['receivers']> {
  if (!receiving.isRunning()) return null;
  const { senders, waiting, refusedRequests } = await receiving.handle.call.status();
  return { waiting, refusedRequests, samples: senders.reduce((sum, one) => sum + one.samples, 0) };
}

async function memoryOf(
  threads: Threads,
  { receiving }: SelfWatchDeps['stages'],
  log: AppOptions['log'],
): Promise<HealthReport['memory']> {
  const heap = getHeapStatistics();
  const named = [...threads.all(), receiving.handle].map(async (worker) => {
    const found = await worker.heap();
    return found ? [{ name: worker.health().name, ...found }] : [];
  });
  return {
    residentBytes: process.memoryUsage.rss(),
    proportionalBytes: await proportionalBytes(log),
    threads: [
      { name: 'main', usedBytes: heap.used_heap_size, totalBytes: heap.total_heap_size },
      ...(await Promise.all(named)).flat(),
    ],
  };
}

/** Source: https://docs.kernel.org/filesystems/proc.html (smaps_rollup). */
async function proportionalBytes(log: AppOptions['log']): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  try {
    const text = await readFile('/proc/self/smaps_rollup', 'utf8');
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch (thrown) {
    log.debug({ problem: messageOf(thrown) }, 'the system does not tell proportional memory');
    return null;
  }
}
