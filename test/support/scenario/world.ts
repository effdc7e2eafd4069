import {
  type AlertRule,
  type Alerts,
  createAlerts,
  createMaintenance,
  createRuleEvaluator,
  createSilences,
  lastDeployment,
  type Silences,
} from '../../../main/alert/index.ts';
import { readPolicies } from '../../../main/app/configuration.ts';
import { createPersonNews, type PersonNews } from '../../../main/app/person-news.ts';
import { silenceChanged } from '../../../main/app/quiet.ts';
import { wakeFacts } from '../../../main/app/waking.ts';
import { createBusinessHours } from '../../../main/calendar/index.ts';
import { createDetectApi, createDetection, type DetectApi } from '../../../main/detect/index.ts';
import { createIncidents, type Incidents } from '../../../main/incident/index.ts';
import { createBackfill, type WatchLedger } from '../../../main/ingest/index.ts';
import { type Bringer, createOwnership } from '../../../main/ingest/ownership.ts';
import { createNotifier, type Notifier } from '../../../main/notify/index.ts';
import { changeMemory, createPipeline, type Pipeline } from '../../../main/pipeline/index.ts';
import { countingIds, type Ids, silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { createInlineTarget } from '../../../main/query/index.ts';
import { createObjectives, type Objectives, type SloApi, sloApi } from '../../../main/slo/index.ts';
import type { MetricWriterApi, SampleBatch } from '../../../main/store/index.ts';
import { MaintenanceConfig, type MaintenanceDefinition } from '../../../shared/config/maintenance.ts';
import { ReceiveConfig } from '../../../shared/config/receive.ts';
import { RoutingConfig } from '../../../shared/config/routing.ts';
import { SourceConfig } from '../../../shared/config/source.ts';
import type { Workspace } from '../../../shared/config/workspace.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { DetectorStatus } from '../../../shared/model/detector.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { ChangeEvent } from '../../../shared/model/service.ts';
import type { SourceStatus } from '../../../shared/model/source.ts';
import { loadSeries } from '../load-notation.ts';
import { openTestLog, type TestLog } from '../log.ts';
import { createMemorySamples } from '../memory-metrics.ts';
import { settled } from '../notifying.ts';
import { memoryLedger } from '../watch-ledger.ts';
import type { Setup } from './language.ts';
import { type MortalWorker, mortalWorker } from './mortal-worker.ts';
import { SOURCE } from './parse.ts';

/** One life of the core: all stages, made from the log as a start makes them. */
export interface Life {
  readonly pipeline: Pipeline;
  readonly alerts: Alerts;
  readonly silences: Silences;
  /** What the application does after a silence was stored. */
  readonly changed: ReturnType<typeof silenceChanged>;
  readonly incidents: Incidents;
  readonly notifier: Notifier;
  readonly people: PersonNews;
  readonly objectives: Objectives;
  readonly detectors: ReadonlyMap<string, DetectorStatus>;
  readonly slo: MortalWorker<SloApi>;
  readonly detect: MortalWorker<DetectApi>;
}

/** What outlives a restart: time, the metrics, the source, the log's file, and what people were told. */
export interface World {
  readonly clock: VirtualClock;
  readonly startAt: number;
  readonly setup: Setup;
  readonly routing: RoutingConfig;
  readonly told: Delivery[];
  readonly ledger: WatchLedger;
  life: Life;
  sourceState: 'up' | 'down' | 'silent';
  poll(): Promise<void>;
  tick(): Promise<void>;
  reload(): Promise<void>;
  /** All stages are thrown away and made anew from the same file. */
  restart(): Promise<void>;
  /** Waits, in real time, until nothing is on its way. */
  settle(): Promise<void>;
  end(): Promise<void>;
}

export async function createWorld(setup: Setup): Promise<World> {
  const startAt = setup.startAt;
  const clock = new VirtualClock(startAt);
  // Chains are a story of their own: a script that tells it says so.
  const none = { P0: [], P1: [], P2: [], P3: [] };
  const routing = RoutingConfig.parse({ escalation: none, ...setup.routing });
  const samples = createMemorySamples();
  loadAll(setup, samples.writer, startAt);
  const source = createSource(setup, startAt);
  const asked = (target: QueryTarget): QueryTarget => ({
    id: SOURCE,
    instant: async (...args) => (source.state !== 'down' ? target.instant(...args) : err(UNREACHABLE)),
    range: async (...args) => (source.state !== 'down' ? target.range(...args) : err(UNREACHABLE)),
  });
  const targets = {
    plain: asked(createInlineTarget(SOURCE, samples.reader)),
    counting: asked(createInlineTarget(SOURCE, samples.reader, { countNewSeriesFromZero: true })),
  };
  const told: Delivery[] = [];
  // The counter goes on over restarts, as random ids do: two lives must not give one id twice.
  const maintenance = windowsOf(setup, startAt);
  const parts: LifeParts = {
    ...{ clock, setup, routing, maintenance, source, targets, told },
    ids: countingIds('id'),
    changes: [],
  };
  let log = openTestLog();
  const ledger = memoryLedger(clock);
  const backfill = createBackfill({
    clock,
    logger: silentLogger(),
    random: () => 0,
    ledger,
    lookBack: (id, gap) => world.life.pipeline.lookBack(id, gap),
    onFilled: (id, gap) => void world.life.pipeline.gapFilled(id, gap),
  });
  const world: World = {
    clock,
    ledger,
    startAt,
    setup,
    routing,
    told,
    life: await startLife(parts, log),
    get sourceState() {
      return source.state;
    },
    set sourceState(state) {
      source.state = state;
    },
    async poll() {
      source.polled(clock.now());
      const instant = { at: clock.now(), monotonicMs: clock.monotonic() };
      await world.life.pipeline.polled({ sourceId: SOURCE, at: clock.now() });
      await world.life.objectives.idle();
      if (source.state !== 'up') ledger.missed(SOURCE, instant, 'failing', setup.pollMs);
      const gap = source.state === 'up' ? ledger.seen(SOURCE, instant, setup.pollMs) : null;
      if (gap) backfill.ended(SOURCE, gap);
      await world.settle();
    },
    async tick() {
      await world.life.pipeline.tick();
      await world.settle();
    },
    async reload() {
      await world.life.pipeline.retain();
      await world.settle();
    },
    async restart() {
      await stopLife(world.life);
      log = log.reopen();
      world.life = await startLife(parts, log);
      await world.settle();
    },
    async settle() {
      await settled(world.life.notifier);
      await world.life.people.idle();
      // What the outcome of a delivery is noted by runs beside; in memory it ends within this turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
    async end() {
      backfill.stop();
      await stopLife(world.life);
      log.remove();
    },
  };
  return world;
}

/** Times of the scenario as the configuration writes them. */
function windowsOf(setup: Setup, startAt: number): MaintenanceDefinition[] {
  const local = (ms: number) => new Date(startAt + ms).toISOString().slice(0, 16);
  return setup.maintenance.map(({ config, onceMs, definedAt }) => {
    const { duration, ...rest } = config;
    const once = onceMs ? { from: local(onceMs[0]), to: local(onceMs[1]) } : {};
    const recurring = duration === undefined ? {} : { duration: `${duration / 1_000}s` };
    return { config: MaintenanceConfig.parse({ ...rest, ...once, ...recurring }), definedAt };
  });
}

const CONDITIONS = { up: 'ok', down: 'unreachable', silent: 'stale' } as const;
const PROBLEMS = { up: null, down: 'Connection refused.', silent: 'Nothing has arrived from it.' } as const;

/** What several sources bring goes through the same account of who owns a series as in the application. */
function loadAll(setup: Setup, writer: MetricWriterApi, startAt: number): void {
  const brought: { at: number; refs: Uint32Array<ArrayBuffer>; values: Float64Array; by: Bringer }[] = [];
  for (const { by, lines, stepMs, fromMs } of setup.loads) {
    const keep = (batch: SampleBatch) => {
      const bringer = { sourceId: by ?? '', intervalMs: stepMs };
      brought.push({ ...batch, refs: Uint32Array.from(batch.refs), by: bringer });
      return { accepted: 0, duplicates: 0, outOfOrder: 0, unknown: 0 };
    };
    loadSeries(by === null ? writer : { ...writer, append: keep }, lines, stepMs, startAt + fromMs);
  }
  const ownership = createOwnership();
  for (const { at, refs, values, by } of brought.sort((a, b) => a.at - b.at)) {
    ownership.sift(by, refs, at, at);
    const rows = [...refs.keys()].filter((row) => refs[row] !== 0);
    writer.append({
      at,
      refs: Uint32Array.from(rows, (row) => refs[row] ?? 0),
      values: Float64Array.from(rows, (row) => values[row] ?? 0),
    });
  }
}

const UNREACHABLE = { code: 'unreachable', message: 'connection refused', retryable: true } as const;

interface ScriptedSource {
  state: World['sourceState'];
  polled(at: number): void;
  status(): SourceStatus;
}

function createSource(setup: Setup, startAt: number): ScriptedSource {
  let status: SourceStatus = {
    id: SOURCE,
    kind: 'prometheus',
    address: 'http://metrics.example',
    condition: 'starting',
    sinceAt: startAt,
    lastOkAt: null,
    lastTryAt: null,
    nextTryAt: null,
    latencyMs: null,
    problem: null,
    pollEveryMs: setup.pollMs,
    polls: 0,
    missedTicks: 0,
    seriesCount: null,
    targets: [],
    sender: null,
    leftOut: [],
    decisionDelay: null,
    blinds: [],
  };
  const source: ScriptedSource = {
    state: 'up',
    polled(at) {
      const condition = CONDITIONS[source.state];
      status = {
        ...status,
        condition,
        sinceAt: condition === status.condition ? status.sinceAt : at,
        lastTryAt: at,
        lastOkAt: source.state === 'up' ? at : status.lastOkAt,
        problem: PROBLEMS[source.state],
        polls: status.polls + 1,
      };
    },
    status: () => ({
      ...status,
      blinds: [...setup.objectives, ...setup.rules, ...setup.detectors].map((one) => one.id),
    }),
  };
  return source;
}

interface LifeParts {
  readonly clock: VirtualClock;
  readonly setup: Setup;
  readonly routing: RoutingConfig;
  readonly maintenance: readonly MaintenanceDefinition[];
  readonly source: ScriptedSource;
  readonly targets: { readonly plain: QueryTarget; readonly counting: QueryTarget };
  readonly told: Delivery[];
  readonly ids: Ids;
  readonly changes: ChangeEvent[];
}

/** The distance of a detector's points, as the application has it. */
const DETECTOR_STEP_MS = 5_000;

async function startLife(parts: LifeParts, { log }: TestLog): Promise<Life> {
  const { clock, ids, setup, routing, source, targets } = parts;
  const logger = silentLogger();
  const slo = mortalWorker('slo', () => sloApi);
  const detect = mortalWorker('detect', () => createDetectApi());
  const late: { pipeline?: Pipeline; alerts?: Alerts; incidents?: Incidents } = {};
  const detectors = new Map<string, DetectorStatus>();
  const deployedAt = (service: string) => lastDeployment(parts.changes, service);
  const target = (id: string) => (id === SOURCE ? targets.plain : undefined);
  const notifier = createNotifier({
    alerts: (ids) => late.alerts?.list().filter((one) => ids.includes(one.id)) ?? [],
    environment: {},
    clock,
    ids,
    log: log.call,
    logger,
    random: () => 1,
    routing: () => routing,
    host: () => ({ show: async () => ok('shown') }),
    browser: () => null,
    secret: async (reference) => err(`${reference} is not set`),
    stillTrue: (delivery) => late.alerts?.whyUntrue(delivery) ?? null,
  });
  notifier.onOutcome((_outcome, delivery) => parts.told.push(delivery));
  const people = createPersonNews(late, logger);
  const incidents = createIncidents({
    clock,
    ids,
    log,
    logger,
    services: () => setup.services,
    objective: (id) => late.pipeline?.status(id),
    target,
    detector: (id) => setup.detectors.find((one) => one.id === id),
    playbookFor: () => null,
    onChange: (incident) => people.changed(incident.id),
  });
  const silences = createSilences({ clock, ids, log: log.call, onChange: () => undefined });
  await silences.load();
  const maintenance = createMaintenance(() => parts.maintenance);
  const alerts = createAlerts({
    clock,
    log: log.call,
    logger,
    services: () => setup.services,
    sources: () => [source.status()],
    serviceOfRule: (id) => ruleOf(setup, id)?.service ?? null,
    pollEveryMs: () => setup.pollMs,
    routing: () => routing,
    routingDefinedAt: 'scenario',
    inBusinessHours: (at) => createBusinessHours(routing.business_hours).inBusinessHours(at),
    silences: (at) => silences.active(at),
    windows: (at) => maintenance.open(at),
    wakeOf: wakeFacts(
      () => workspaceOf(setup, routing),
      (id) => late.pipeline?.status(id),
    ),
  });
  const objectives = createObjectives({ worker: slo.handle, policies: readPolicies(), log: logger });
  const pipeline = createPipeline({
    clock,
    logger,
    workspace: () => workspaceOf(setup, routing),
    rules: () => setup.rules,
    source: () => source.status(),
    target,
    objectiveTarget: () => targets.counting,
    objectives,
    detection: createDetection({ worker: detect.handle, log: logger, stepMs: DETECTOR_STEP_MS }),
    changeMemory: changeMemory(log.call, logger),
    ruleEvaluator: createRuleEvaluator({ target: (id) => target(id) ?? null, deployedAt }),
    deployedAt,
    alerts,
    incidents,
    notifier,
    publish: {
      objectives: () => undefined,
      detectors: (statuses) => {
        for (const status of statuses) detectors.set(status.detector.id, status);
      },
      alerts: () => undefined,
      changes: (news) => void parts.changes.push(...news),
    },
  });
  Object.assign(late, { pipeline, alerts, incidents });
  // What a life before saw is known only if it was kept.
  parts.changes.length = 0;
  await pipeline.load();
  await notifier.start();
  const changed = silenceChanged({ alerts, incidents, pipeline, silences, logger, clock });
  return {
    pipeline,
    alerts,
    silences,
    changed,
    incidents,
    notifier,
    people,
    objectives,
    detectors,
    slo,
    detect,
  };
}

async function stopLife(life: Life): Promise<void> {
  life.pipeline.stop();
  await life.notifier.stop();
}

function ruleOf(setup: Setup, id: string): { readonly service: string | null } | undefined {
  const all: readonly Pick<AlertRule, 'id' | 'service'>[] = [
    ...setup.objectives,
    ...setup.detectors,
    ...setup.rules,
  ];
  return all.find((one) => one.id === id);
}

/** An Alertmanager that is asked, and a sender whose webhook tells. */
const REPORTERS = [
  SourceConfig.parse({ kind: 'alertmanager', id: 'am', url: 'http://alerts.example' }),
  SourceConfig.parse({ kind: 'push', id: 'hook', token: 'env:HOOK' }),
];

function workspaceOf(setup: Setup, routing: RoutingConfig): Workspace {
  return {
    id: 'scenario',
    name: 'scenario',
    path: '/scenario',
    vars: {},
    sources: REPORTERS,
    receive: ReceiveConfig.parse(undefined),
    promql: { compat: 3 },
    routing,
    maintenance: [],
    routingDefinedAt: 'scenario',
    services: setup.services,
    objectives: setup.objectives,
    rules: [],
    boards: [],
    detectors: setup.detectors,
    playbooks: [],
    files: [],
  };
}
