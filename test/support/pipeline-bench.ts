import { type AlertRule, type Alerts, createAlerts } from '../../main/alert/index.ts';
import { createIncidents, type Incidents } from '../../main/incident/index.ts';
import { createNotifier, type Notifier } from '../../main/notify/index.ts';
import { createPipeline, type Pipeline, type PipelineDeps } from '../../main/pipeline/index.ts';
import { countingIds, type Remote, silentLogger, VirtualClock } from '../../main/platform/index.ts';
import type { LogApi } from '../../main/store/index.ts';
import { RoutingConfig } from '../../shared/config/routing.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import { err } from '../../shared/error/result.ts';
import type { Observation } from '../../shared/model/observation.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import { observationOf, serviceOf, sourceOf, WORKDAY_AT } from './alerting.ts';
import { openTestLog, type TestLog, withCalls } from './log.ts';
import { Desktop, settled } from './notifying.ts';
import { type SignalTarget, signalTarget } from './signal-target.ts';

/** How a write of the log goes wrong: nothing is kept, or all is and the answer is lost, as when the thread dies. */
export type Fault = 'refused' | 'answer lost';

/** The chain from findings to pages over a real log: alerts, incidents and notifier are the product's. */
export interface PipelineBench {
  readonly clock: VirtualClock;
  readonly desktop: Desktop;
  readonly target: SignalTarget;
  readonly faults: Map<keyof LogApi, Fault>;
  readonly published: { alerts: string[]; changes: string[]; objectives: number };
  readonly retained: { objectives: string[]; detectors: string[] };
  workspace: Partial<Workspace>;
  sources: SourceStatus[];
  rules: AlertRule[];
  /** What the rules find at each poll. */
  findings: Observation[];
  pipeline: Pipeline;
  alerts: Alerts;
  incidents: Incidents;
  notifier: Notifier;
  log: TestLog;
  /** A second passes and the source is polled; answers what went wrong. */
  poll(): Promise<unknown>;
  tick(seconds?: number): Promise<void>;
  /** As after a crash: the log is opened again and all of the chain is made anew from it. */
  restart(): Promise<void>;
  remove(): void;
}

export async function pipelineBench(change: Partial<PipelineDeps> = {}): Promise<PipelineBench> {
  const clock = new VirtualClock(WORKDAY_AT);
  const routing = RoutingConfig.parse({});
  const ids = countingIds('id');
  const bench = {
    clock,
    desktop: new Desktop(),
    target: signalTarget('prom'),
    faults: new Map<keyof LogApi, Fault>(),
    published: { alerts: [] as string[], changes: [] as string[], objectives: 0 },
    retained: { objectives: [] as string[], detectors: [] as string[] },
    workspace: {},
    sources: [sourceOf('prom')],
    rules: [],
    findings: [observationOf()],
    log: openTestLog(),
    async poll() {
      await clock.advance(1_000);
      const at = clock.now();
      bench.findings = bench.findings.map((one) => ({ ...one, at }));
      try {
        await bench.pipeline.polled({ sourceId: 'prom', at });
      } catch (thrown) {
        return thrown;
      }
      await quiet(bench.notifier);
      return undefined;
    },
    async tick(seconds = 1) {
      for (let i = 0; i < seconds; i += 1) {
        await clock.advance(1_000);
        await bench.pipeline.tick().catch(() => undefined);
      }
      await quiet(bench.notifier);
    },
    async restart() {
      bench.pipeline.stop();
      await bench.notifier.stop();
      bench.faults.clear();
      bench.log = bench.log.reopen();
      await begin();
    },
    remove() {
      bench.pipeline.stop();
      bench.log.remove();
    },
  } as unknown as PipelineBench;

  const begin = async () => {
    const log = withCalls(bench.log.log, (call) => faulty(call, bench.faults));
    const services = () => [serviceOf('gateway', 1), serviceOf('ranking')];
    bench.alerts = createAlerts({
      clock,
      log: log.call,
      logger: silentLogger(),
      services,
      sources: () => bench.sources,
      serviceOfRule: () => null,
      pollEveryMs: () => 1_000,
      routing: () => routing,
      routingDefinedAt: 'midwatch.yaml:20',
      inBusinessHours: () => true,
      silences: () => [],
      windows: () => [],
      wakeOf: () => null,
    });
    bench.incidents = createIncidents({
      clock,
      ids,
      log,
      logger: silentLogger(),
      services,
      objective: () => undefined,
      target: () => undefined,
      playbookFor: () => null,
      onChange: () => undefined,
    });
    bench.notifier = createNotifier({
      alerts: () => [],
      environment: {},
      clock,
      log: log.call,
      logger: silentLogger(),
      ids,
      random: () => 0.5,
      routing: () => routing,
      host: () => bench.desktop,
      browser: () => null,
      secret: async () => err('none'),
      stillTrue: (delivery) => bench.alerts.whyUntrue(delivery),
    });
    bench.pipeline = createPipeline({ ...stagesOf(bench), ...change });
    await bench.pipeline.load();
    await bench.notifier.start();
    await quiet(bench.notifier);
  };
  await begin();
  return bench;
}

function stagesOf(bench: PipelineBench): PipelineDeps {
  return {
    clock: bench.clock,
    logger: silentLogger(),
    workspace: () =>
      ({
        objectives: [],
        detectors: [],
        services: [],
        sources: [],
        ...bench.workspace,
      }) as unknown as Workspace,
    rules: () => bench.rules,
    source: (id) => bench.sources.find((one) => one.id === id),
    target: (id) => (id === 'prom' ? bench.target : undefined),
    objectiveTarget: () => undefined,
    objectives: {
      evaluate: async () => [],
      observe: () => observationOf(),
      retain: (kept) => void bench.retained.objectives.splice(0, 99, ...kept),
      idle: async () => undefined,
    },
    detection: {
      evaluate: async () => [],
      observe: () => [],
      retain: (kept) => void bench.retained.detectors.splice(0, 99, ...kept),
    },
    deployedAt: () => null,
    ruleEvaluator: { evaluate: async () => bench.findings },
    alerts: bench.alerts,
    incidents: bench.incidents,
    notifier: bench.notifier,
    publish: {
      objectives: () => {
        bench.published.objectives += 1;
      },
      detectors: () => undefined,
      alerts: (alerts) => bench.published.alerts.push(...alerts.map((one) => `${one.id} ${one.phase}`)),
      changes: (changes) => bench.published.changes.push(...changes.map((one) => one.what)),
    },
  };
}

/** Each write asks first whether it is to go wrong. */
function faulty(call: Remote<LogApi>, faults: ReadonlyMap<keyof LogApi, Fault>): Partial<Remote<LogApi>> {
  const names = ['openIncident', 'updateIncident', 'saveAlerts', 'saveDeliveries'] as const;
  const wrapped = names.map((name) => {
    const real = call[name] as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: unknown[]) => {
        const fault = faults.get(name);
        if (fault === 'refused') throw new Error(`the disk is full at ${name}`);
        const answer = await real(...args);
        if (fault === 'answer lost') throw new Error(`the thread died after ${name}`);
        return answer;
      },
    ];
  });
  return Object.fromEntries(wrapped) as Partial<Remote<LogApi>>;
}

/** Pages are on the screen, and what became of them is noted. */
async function quiet(notifier: Notifier): Promise<void> {
  await settled(notifier);
  for (let i = 0; i < 3; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
