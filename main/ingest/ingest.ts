import type { SourceConfig } from '../../shared/config/source.ts';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import type { Logger, WorkerHandle } from '../platform/index.ts';
import type { SourceDeps } from '../source/index.ts';
import type { MetricWriterApi } from '../store/index.ts';
import { createDrops } from './drops.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import type { OnPolled } from './poll.ts';
import { createExpositionPoll } from './poll-exposition.ts';
import { createPrometheusPoll } from './poll-prometheus.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import type { ScrapeApi } from './scrape-api.ts';

/** Who is polled when, and what is known of each source. */
export interface Ingest {
  start(): void;
  /** Ends all polls; what is under way fails quickly and is not kept. */
  stop(): Promise<void>;
  /** Before sleep: no more polls. */
  suspend(): void;
  /** After sleep: one catch-up poll a source, spread by lot, then the schedule as before. */
  resume(): void;
  /** Takes over another configuration; sources that did not change keep running. */
  replaceSources(sources: readonly SourceConfig[]): Promise<void>;
  /** "Try now": ends the back-off and polls; refused with the code `unknown-source`. */
  pollNow(sourceId: string): Promise<void>;
  /** Where the rules of this source ask: the source itself, or the local store for what Midwatch scrapes. */
  target(sourceId: string): QueryTarget | undefined;
  status(): SourceStatus[];
  /** Heard after each poll and each change of condition. */
  onStatus(listener: (status: SourceStatus) => void): () => void;
  drops(): { reason: string; count: number }[];
  missedTicks(): number;
  /** How late the latest polls began, the largest over all sources; null before the first. */
  pollingLagMs(): number | null;
}

export interface IngestDeps extends SourceDeps {
  readonly sources: readonly SourceConfig[];
  readonly store: WorkerHandle<MetricWriterApi>;
  readonly scrapeWorker: WorkerHandle<ScrapeApi>;
  readonly localTarget: QueryTarget;
  readonly onPolled: OnPolled;
  /** Objectives and rules that rest on a source, for its status. */
  readonly blinds?: (sourceId: string) => readonly string[];
}

/** First polls of many sources are spread over this much each: soon, but not all at one instant. One alone is due at once. */
const SPREAD_PER_SOURCE_MS = 100;

type PolledConfig = Extract<SourceConfig, { kind: 'prometheus' | 'exposition' }>;

function isPolled(config: SourceConfig): config is PolledConfig {
  return config.kind === 'prometheus' || config.kind === 'exposition';
}

interface Running {
  readonly config: PolledConfig;
  readonly schedule: Schedule;
}

export function createIngest(deps: IngestDeps): Ingest {
  const drops = createDrops();
  const keeper = createKeeper({ scrapeWorker: deps.scrapeWorker, store: deps.store, drops });
  const news = createNews(deps.log);
  let running: Running[] = [];
  let phase: 'idle' | 'polling' | 'suspended' | 'stopped' = 'idle';

  const open = (config: PolledConfig) => openSource(config, deps, keeper, news.tell);
  const begin = (one: Running) => {
    const spreadMs = SPREAD_PER_SOURCE_MS * (running.length - 1);
    one.schedule.start(Math.round(deps.random() * Math.min(one.config.pollEveryMs, spreadMs)));
  };
  const isStopped = () => phase === 'stopped';
  const find = (id: string) => running.find((one) => one.config.id === id);

  running = deps.sources.filter(isPolled).map(open);
  const forgetStore = forgetAfterRestart(deps);

  return {
    start() {
      if (phase !== 'idle') return;
      phase = 'polling';
      for (const one of running) begin(one);
    },
    async stop() {
      phase = 'stopped';
      forgetStore();
      await Promise.all(running.map((one) => one.schedule.stop(false)));
    },
    suspend() {
      if (phase !== 'polling') return;
      phase = 'suspended';
      for (const one of running) one.schedule.pause();
    },
    resume() {
      if (phase !== 'suspended') return;
      phase = 'polling';
      for (const one of running) begin(one);
    },
    async replaceSources(sources) {
      const change = changeOf(running, sources.filter(isPolled));
      await Promise.all(change.gone.map((one) => one.schedule.stop(true)));
      // Stopped meanwhile: what would be opened now nobody would close.
      if (isStopped()) return;
      const fresh = new Set<Running>();
      running = change.next.map(({ config, kept }) => {
        if (kept) return kept;
        const opened = open(config);
        fresh.add(opened);
        return opened;
      });
      if (phase === 'polling') for (const one of fresh) begin(one);
    },
    async pollNow(sourceId) {
      const one = find(sourceId);
      if (!one || phase === 'stopped')
        throw new CodedError('unknown-source', `There is no source named ${sourceId} that is polled.`);
      await one.schedule.pollNow();
    },
    target: (sourceId) => find(sourceId)?.schedule.poll.target,
    status: () => running.map((one) => one.schedule.status()),
    onStatus: news.listen,
    drops: () => drops.list(),
    missedTicks: () => running.reduce((sum, one) => sum + one.schedule.missedTicks(), 0),
    pollingLagMs() {
      const lags = running.map((one) => one.schedule.lagMs()).filter((lag) => lag !== null);
      return lags.length === 0 ? null : Math.max(...lags);
    },
  };
}

function openSource(
  config: PolledConfig,
  deps: IngestDeps,
  keeper: Keeper,
  tell: (status: SourceStatus) => void,
): Running {
  const poll =
    config.kind === 'prometheus'
      ? createPrometheusPoll(config, deps)
      : createExpositionPoll(config, { ...deps, keeper });
  const schedule: Schedule = createSchedule({
    id: config.id,
    pollEveryMs: config.pollEveryMs,
    poll,
    clock: deps.clock,
    log: deps.log,
    onStatus: () => tell(schedule.status()),
    blinds: () => deps.blinds?.(config.id) ?? [],
  });
  return { config, schedule };
}

/** A store that came back may number series anew. */
function forgetAfterRestart(deps: Pick<IngestDeps, 'store' | 'scrapeWorker' | 'log'>): () => void {
  return deps.store.onChange((health) => {
    if (health.condition !== 'ok') return;
    deps.scrapeWorker.call.forget(null).catch((thrown: unknown) => {
      deps.log.warn({ problem: messageOf(thrown) }, 'series numbers could not be forgotten');
    });
  });
}

/** Which sources go and which stay, in the order of the new configuration. */
function changeOf(running: readonly Running[], sources: readonly PolledConfig[]) {
  const next = sources.map((config) => ({
    config,
    kept: running.find((one) => JSON.stringify(one.config) === JSON.stringify(config)),
  }));
  const kept = new Set(next.map((one) => one.kept));
  return { next, gone: running.filter((one) => !kept.has(one)) };
}

/** Tells listeners; one that throws does not keep the others from hearing. */
function createNews(log: Logger) {
  const listeners = new Set<(status: SourceStatus) => void>();
  return {
    tell(status: SourceStatus) {
      for (const listener of listeners) {
        try {
          listener(status);
        } catch (thrown) {
          log.error({ source: status.id, problem: messageOf(thrown) }, 'a listener of source status failed');
        }
      }
    },
    listen(listener: (status: SourceStatus) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
