import type { SourceConfig } from '../../shared/config/source.ts';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ReportedAlert } from '../../shared/model/reported-alert.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import type { Logger, WorkerHandle } from '../platform/index.ts';
import type { ReceiveApi } from '../receive/index.ts';
import type { SourceDeps } from '../source/index.ts';
import type { MetricWriterApi } from '../store/index.ts';
import { type Backfill, type BackfillDeps, createBackfill } from './backfill.ts';
import { createDrops, type Drops } from './drops.ts';
import { createKeeper } from './keeper.ts';
import type { WatchLedger } from './ledger.ts';
import { type OpenedSource, openSource, type Shared } from './open-source.ts';
import { createOwnership, type Ownership } from './ownership.ts';
import type { OnPolled } from './poll.ts';
import type { OnSilences } from './poll-alerts.ts';
import type { Listening } from './poll-push.ts';
import { createPushKeeper, type Reported } from './push-keeper.ts';
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
  statusOf(sourceId: string): SourceStatus | undefined;
  /** Heard after each poll and each change of condition. */
  onStatus(listener: (status: SourceStatus) => void): () => void;
  drops(): { reason: string; count: number }[];
  /** Samples that the store took since the start. */
  samplesKept(): number;
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
  readonly ledger: WatchLedger;
  /** Fills gaps of sources that keep what they had: those with a query API. Absent: gaps stay as they are. */
  readonly backfill?: Pick<BackfillDeps, 'lookBack' | 'onFilled'>;
  /** The silences of an Alertmanager, and all alerts that it has. */
  readonly onSilences?: OnSilences;
  readonly onAlerts?: (sourceId: string, alerts: readonly ReportedAlert[]) => Promise<void>;
  /** What others push; absent where nothing is received. */
  readonly push?: {
    readonly receive: WorkerHandle<ReceiveApi>;
    readonly listening: (sourceId: string) => Listening;
    readonly onReported: (reported: Reported) => Promise<void>;
  };
  /** Objectives and rules that rest on a source, for its status. */
  readonly blinds?: (sourceId: string) => readonly string[];
}

/** First polls of many sources are spread over this much each: soon, but not all at one instant. One alone is due at once. */
const SPREAD_PER_SOURCE_MS = 100;

interface Running extends OpenedSource {
  readonly config: SourceConfig;
  readonly schedule: Schedule;
}

export function createIngest(deps: IngestDeps): Ingest {
  const news = createNews(deps.log);
  let running: Running[] = [];
  let phase: 'idle' | 'polling' | 'suspended' | 'stopped' = 'idle';

  const find = (id: string) => running.find((one) => one.config.id === id);
  const { shared, drops, ownership, push } = shareAmong(deps, find);
  const backfill = deps.backfill ? createBackfill({ ...deps, ...deps.backfill, logger: deps.log }) : null;
  const spread = (config: SourceConfig) =>
    Math.round(deps.random() * Math.min(config.pollEveryMs, SPREAD_PER_SOURCE_MS * (running.length - 1)));
  const ties: Ties = { tell: news.tell, backfill, catchUpDelayMs: spread };
  const open = (config: SourceConfig) => driven(config, deps, openSource(config, shared), ties);
  const begin = (one: Running) => one.schedule.start(spread(one.config));
  const isStopped = () => phase === 'stopped';

  running = deps.sources.map(open);
  const forgetStore = forgetAfterRestart(deps, ownership);

  return {
    start() {
      if (phase !== 'idle') return;
      phase = 'polling';
      deps.ledger.start();
      push?.start();
      for (const one of running) begin(one);
    },
    async stop() {
      phase = 'stopped';
      forgetStore();
      backfill?.stop();
      await push?.stop();
      await Promise.all(running.map((one) => one.schedule.stop(false)));
      await deps.ledger.stop();
    },
    suspend() {
      if (phase !== 'polling') return;
      phase = 'suspended';
      deps.ledger.sleeping();
      for (const one of running) one.schedule.pause();
    },
    resume() {
      if (phase !== 'suspended') return;
      phase = 'polling';
      for (const one of running) begin(one);
    },
    async replaceSources(sources) {
      const change = changeOf(running, sources);
      await Promise.all(change.gone.map((one) => one.schedule.stop(true)));
      for (const { config } of change.gone) ownership.forget(config.id);
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
    statusOf: (sourceId) => find(sourceId)?.schedule.status(),
    onStatus: news.listen,
    ...countsOf(drops),
    ...latenessOf(() => running),
  };
}

function latenessOf(running: () => readonly Running[]): Pick<Ingest, 'missedTicks' | 'pollingLagMs'> {
  return {
    missedTicks: () => running().reduce((sum, one) => sum + one.schedule.missedTicks(), 0),
    pollingLagMs: () => largest(running().map((one) => one.schedule.lagMs())),
  };
}

function countsOf(drops: Drops): Pick<Ingest, 'drops' | 'samplesKept'> {
  return { drops: drops.list, samplesKept: drops.kept };
}

function largest(lags: readonly (number | null)[]): number | null {
  const known = lags.filter((lag) => lag !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** What the sources share, and the one way that pushed samples take to them. */
function shareAmong(deps: IngestDeps, find: (id: string) => Running | undefined) {
  const drops = createDrops();
  const ofSource = new Map<string, Drops>();
  const dropsOf = (sourceId: string) => {
    const known = ofSource.get(sourceId) ?? createDrops();
    ofSource.set(sourceId, known);
    return known;
  };
  const ownership = createOwnership();
  const openElsewhere = deps.scrapeWorker.call.open;
  const accounts = { ...deps, openElsewhere, drops, dropsOf, ownership };
  const push = deps.push
    ? createPushKeeper({
        ...accounts,
        ...deps.push,
        intervalMs: (id) => find(id)?.config.pollEveryMs ?? 0,
        seriesMax: (id) => seriesLimitOf(find(id)?.config),
        onArrival: (arrival) => find(arrival.sourceId)?.arrivals?.arrived(arrival),
        onUnkept: (id, problem) => find(id)?.arrivals?.unkept(problem),
      })
    : null;
  const shared: Shared = {
    ...accounts,
    keeper: createKeeper(accounts),
    push,
    listening: deps.push?.listening ?? (() => NOT_LISTENING),
  };
  return { shared, drops, ownership, push };
}

/** None for a source that is gone: what it still brings is not worth a place. */
function seriesLimitOf(config: SourceConfig | undefined): number {
  return config?.kind === 'push' ? config.seriesLimit : 0;
}

const NOT_LISTENING: Listening = {
  address: '',
  problem: 'Nothing is received in this run of Midwatch, so nothing that rests on this source is watched.',
};

interface Ties {
  readonly tell: (status: SourceStatus) => void;
  readonly backfill: Backfill | null;
  readonly catchUpDelayMs: (config: SourceConfig) => number;
}

function driven(config: SourceConfig, deps: IngestDeps, opened: OpenedSource, ties: Ties): Running {
  const schedule: Schedule = createSchedule({
    id: config.id,
    pollEveryMs: config.pollEveryMs,
    poll: opened.poll,
    clock: deps.clock,
    log: deps.log,
    onStatus: () => ties.tell(schedule.status()),
    blinds: () => deps.blinds?.(config.id) ?? [],
    ledger: deps.ledger,
    onGap(gap) {
      // What is scraped or pushed is kept nowhere else: such a gap stays one.
      if (config.kind === 'prometheus') ties.backfill?.ended(config.id, gap);
    },
    catchUpDelayMs: () => ties.catchUpDelayMs(config),
  });
  opened.arrivals?.evaluateBy(() => schedule.pollNow());
  return { ...opened, config, schedule };
}

/** A store that came back may number series anew. */
function forgetAfterRestart(
  deps: Pick<IngestDeps, 'store' | 'scrapeWorker' | 'push' | 'log'>,
  ownership: Ownership,
): () => void {
  return deps.store.onChange((health) => {
    if (health.condition !== 'ok') return;
    ownership.forget(null);
    const numbered = [deps.scrapeWorker.call.forget(null), deps.push?.receive.call.forget(null)];
    Promise.all(numbered).catch((thrown: unknown) => {
      deps.log.warn({ problem: messageOf(thrown) }, 'series numbers could not be forgotten');
    });
  });
}

/** Which sources go and which stay, in the order of the new configuration. */
function changeOf(running: readonly Running[], sources: readonly SourceConfig[]) {
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
