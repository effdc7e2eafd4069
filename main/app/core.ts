import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { ok, type Result } from '../../shared/error/result.ts';
import type { HealthReport } from '../../shared/model/health.ts';
import type { Priority } from '../../shared/model/priority.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../shared/unit/time.ts';
import { type Api, createRouter, type StateHub } from '../api/index.ts';
import { type Clock, type Ids, type Logger, repeat, type Vault } from '../platform/index.ts';
import { type Corrections, createCorrections } from '../slo/index.ts';
import type { SourceDeps } from '../source/index.ts';
import {
  createWorkspaceWriter,
  type LoadDeps,
  type Problem,
  type WorkspaceLoad,
  type WorkspaceWriter,
  type WriterOptions,
  watchWorkspace,
} from '../workspace/index.ts';
import { alertPart } from './alert-part.ts';
import { chartsOf } from './charts.ts';
import { rulesOf } from './configuration.ts';
import type { DataFolders } from './data-folder.ts';
import { createDemoTraces, type DemoTraces } from './demo-traces.ts';
import { detectorPastOf, detectorStep } from './detecting.ts';
import { createDiscovering } from './discovering.ts';
import { exemplarsOf } from './exemplars.ts';
import type { RunningFleet } from './fleet.ts';
import { writeHistory } from './history.ts';
import { createObjectiveDesk } from './objective-desk.ts';
import { type AppOptions, VERSION } from './options.ts';
import { pruneVerdicts, silencePart } from './quiet.ts';
import { receiversOf } from './receiver.ts';
import { secretReader, sessionVault } from './secret.ts';
import { createSelfWatch, type SelfWatch } from './self-watch.ts';
import { createStages, type Stages, secretText } from './stages.ts';
import { createStoreCare } from './store-care.ts';
import type { Threads } from './threads.ts';
import { tracesOf } from './traces.ts';
import { unwatchedOf } from './unwatched.ts';

export interface CoreParts {
  readonly options: AppOptions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly hub: StateHub;
  readonly threads: Threads;
  readonly folders: DataFolders;
  readonly policies: readonly PolicyConfig[];
  readonly load: WorkspaceLoad & { readonly workspace: Workspace };
  readonly loadDeps: LoadDeps;
  readonly changeFile: WriterOptions['changeFile'];
  readonly workspacePath: string;
  readonly fleet: RunningFleet | undefined;
  readonly actor: string;
}

export interface Core {
  readonly api: Api;
  /** Midwatch's own metrics in exposition. */
  metrics(): Promise<string>;
  health(): Promise<HealthReport>;
  suspend(): void;
  resume(): void;
  acknowledgeIncident(incidentId: string): Promise<void>;
  sendTestPage(priority: Priority): Promise<Result<string, string>>;
  stop(): Promise<void>;
}

const TICK_MS = SECOND_MS;
/** Retention and packing look often and do a bounded amount each time. */
const COMPACT_MS = 60 * SECOND_MS;

/** Puts the stages together, starts polls, and keeps configuration, health and backups going. */
export async function createCore(parts: CoreParts): Promise<Core> {
  const { hub, options, clock, threads } = parts;
  const { log } = options;
  const state: { workspace: Workspace; problems: readonly Problem[] } = { ...parts.load };
  let rules = rulesOf(state.workspace);
  const vault = options.vault ?? sessionVault();
  const corrections = createCorrections({ clock, ids: parts.ids, log: threads.log.call });
  await corrections.load();
  const stages = createStages({
    corrections,
    clock,
    ids: parts.ids,
    log,
    hub,
    threads,
    policies: parts.policies,
    running: { workspace: () => state.workspace, rules: () => rules },
    notifier: options.notifier,
    secret: secretReader(vault, process.env),
  });
  publishConfiguration(hub, state.workspace);
  if (parts.fleet) await importHistory(parts, parts.fleet, state.workspace);
  await takeUp(stages, hub);
  await stages.notifier.start();
  stages.ingest.onStatus((status) => hub.put('sources', [status]));
  hub.replace('sources', stages.ingest.status());
  const traces = createDemoTraces(parts.fleet, parts.folders.root);
  stages.ingest.start();
  startReceiving(traces, stages, state.workspace, log);

  const startedAt = clock.now();
  const facts = () => ({ startedAt, problems: state.problems, workspace: state.workspace });
  const self = createSelfWatch({ clock, hub, threads, options, stages, facts });
  const timers = startTimers(parts, stages, { self, traces }, () => state.workspace);
  const watch = followWorkspace(parts, { ...stages, traces }, (workspace, problems) => {
    state.problems = problems;
    if (!workspace) return;
    state.workspace = workspace;
    rules = rulesOf(workspace);
  });
  const sourceDeps = sourceDepsOf(parts, vault);
  const writer = createWorkspaceWriter(parts.workspacePath, {
    ...parts.loadDeps,
    changeFile: parts.changeFile,
    watch,
  });
  return {
    api: {
      router: routerOf(
        parts,
        { ...stages, corrections, writer, sourceDeps, self },
        vault,
        () => state.workspace,
      ),
      onFailure: (thrown) => log.error({ problem: messageOf(thrown) }, 'a request failed'),
    },
    metrics: self.exposition,
    health: self.report,
    suspend: () => stages.ingest.suspend(),
    resume: () => stages.ingest.resume(),
    acknowledgeIncident: (id) => stages.pipeline.people.acknowledgeIncident(id, parts.actor),
    sendTestPage: (priority) => sendTestPage(stages, options.notifier, priority),
    async stop() {
      watch.stop();
      for (const stop of timers) stop();
      await stages.stop();
    },
  };
}

/** The receivers' thread takes a moment to be there, and nothing that is polled waits for it. */
function startReceiving(traces: DemoTraces, { receiving }: Stages, workspace: Workspace, log: Logger): void {
  traces
    .receive(receiving, workspace)
    .catch((thrown) => log.error({ problem: messageOf(thrown) }, 'the receivers could not be started'));
}

function sourceDepsOf({ clock, options }: CoreParts, vault: Vault): SourceDeps {
  return {
    clock,
    log: options.log,
    random: Math.random,
    readSecret: secretText(secretReader(vault, process.env)),
  };
}

/** What earlier runs left, before anything is polled. */
async function takeUp(stages: Stages, hub: StateHub): Promise<void> {
  await stages.ledger.load();
  await stages.quiet.load();
  await stages.pipeline.load();
  await stages.playbooks.load();
  hub.replace('incidents', stages.incidents.list());
  hub.replace('deliveries', [...(await stages.notifier.recent(100))]);
}

/** Changes on disk are taken over without a restart; what is wrong leaves the last good configuration running. */
function followWorkspace(
  parts: CoreParts,
  stages: Stages & { readonly traces: DemoTraces },
  take: (workspace: Workspace | undefined, problems: readonly Problem[]) => void,
) {
  const { hub, clock } = parts;
  const { log } = parts.options;
  return watchWorkspace(parts.workspacePath, {
    ...parts.loadDeps,
    clock,
    log,
    initial: parts.load,
    onWorkspace: async (workspace, problems) => {
      take(workspace, problems);
      publishConfiguration(hub, workspace);
      await followSources(stages, workspace);
      hub.replace('sources', stages.ingest.status());
      await stages.pipeline.retain();
      log.info({ objectives: workspace.objectives.length }, 'configuration taken over');
    },
    onRefused: (problems) => {
      take(undefined, problems);
      log.warn(
        { problems: problems.length },
        'configuration not taken over; the last good one goes on running',
      );
    },
  });
}

/** Sources before receivers: what a new sender pushes first finds its source. */
async function followSources(
  { ingest, receiving, traces }: Stages & { readonly traces: DemoTraces },
  workspace: Workspace,
): Promise<void> {
  await ingest.replaceSources(workspace.sources);
  await traces.receive(receiving, workspace);
}

function publishConfiguration(hub: StateHub, workspace: Workspace): void {
  hub.replace('services', [...workspace.services]);
  hub.replace('playbooks', [...workspace.playbooks]);
  hub.replace('boards', [...workspace.boards]);
  hub.replace('receivers', receiversOf(workspace.routing));
  const kept = new Set(workspace.objectives.map((one) => one.id));
  hub.remove(
    'objectives',
    hub
      .get('objectives')
      .map((one) => one.objective.id)
      .filter((id) => !kept.has(id)),
  );
  const detectors = new Set(workspace.detectors.map((one) => one.id));
  hub.remove(
    'detectors',
    hub
      .get('detectors')
      .map((one) => one.detector.id)
      .filter((id) => !detectors.has(id)),
  );
}

async function importHistory(parts: CoreParts, fleet: RunningFleet, workspace: Workspace): Promise<void> {
  parts.options.onProgress('Writing synthetic history');
  const targets = workspace.sources.flatMap((source) => (source.kind === 'exposition' ? source.targets : []));
  const labels = new Map(targets.map((target) => [target.id, target.labels]));
  const labelsOf = (service: string) => labels.get(service) ?? {};
  const { options, threads, clock } = parts;
  await writeHistory({
    fleetAddress: fleet.address,
    store: threads.metric.call,
    settings: threads.log.call,
    clock,
    log: options.log,
    labelsOf,
  });
}

function startTimers(
  parts: CoreParts,
  stages: Stages,
  { self, traces }: { readonly self: SelfWatch; readonly traces: DemoTraces },
  workspace: () => Workspace,
) {
  const { clock, threads, hub, options } = parts;
  const { log } = options;
  const careForStore = createStoreCare(threads.metric, workspace, clock);
  const every = (periodMs: number, what: string, task: () => Promise<void> | void, phase = 1) =>
    repeat({
      clock,
      periodMs,
      phase,
      task,
      onError: (thrown) => log.error({ what, problem: messageOf(thrown) }, 'a regular task failed'),
    });
  self.publish();
  return [
    every(TICK_MS, 'tick', () => stages.pipeline.tick()),
    every(HOUR_MS, 'retention of verdicts', () => pruneVerdicts(parts), 0),
    every(2 * TICK_MS, 'health', () => {
      self.publish();
      hub.put('sources', stages.ingest.status());
      stages.quiet.publish();
    }),
    every(2 * TICK_MS, 'traces of the demo', () => traces.follow(stages.receiving)),
    every(10 * SECOND_MS, 'sizes', () => self.measure(), 0),
    every(COMPACT_MS, 'compaction', careForStore),
    every(DAY_MS, 'backup', () => threads.log.call.backup().then(() => undefined), 0),
    () => self.stop(),
  ];
}

async function sendTestPage(
  stages: Stages,
  host: AppOptions['notifier'],
  priority: Priority,
): Promise<Result<string, string>> {
  const sent = await stages.notifier.sendTestPage(priority);
  if (!sent.ok) return sent;
  const ways = sent.value.map((one) => one.kind);
  const heard = ways.includes('desktop') && host?.sound ? ` ${await host.sound()}` : '';
  return ok(`Shown by ${ways.join(' and ')}.${heard}`);
}

function routerOf(
  parts: CoreParts,
  stages: Stages & {
    readonly corrections: Corrections;
    readonly writer: WorkspaceWriter;
    readonly sourceDeps: SourceDeps;
    readonly self: SelfWatch;
  },
  vault: Vault,
  workspace: () => Workspace,
) {
  const { clock, threads, options } = parts;
  const unwatched = unwatchedOf(stages.ledger, () => workspace().sources);
  return createRouter({
    hub: parts.hub,
    system: {
      hello: () => ({
        version: VERSION,
        host: options.host,
        workspace: workspace().name,
        demo: options.demo,
        at: clock.now(),
      }),
      notifications: stages.pages,
      sendTest: async (receiver, channel) => {
        const result = await stages.notifier.sendTest(receiver, channel);
        if (!result.ok) throw new CodedError('test-not-sent', result.error, { retryable: true });
        return `Sent by ${result.value.map((one) => one.kind).join(' and ')}.`;
      },
      sendTestPage: async (priority) => {
        const shown = await sendTestPage(stages, options.notifier, priority);
        if (!shown.ok) throw new CodedError('test-page-not-shown', shown.error, { retryable: true });
        return shown.value;
      },
    },
    secrets: vault,
    workspace: stages.writer,
    discover: createDiscovering({ source: stages.sourceDeps, target: stages.target, workspace }),
    health: { report: () => stages.self.report(), history: stages.self.history },
    source: {
      tryNow: (id) => stages.ingest.pollNow(id),
      watched: stages.ledger.records,
      exemplars: exemplarsOf(threads, stages.receiving),
    },
    alert: alertPart(stages, threads, clock, workspace),
    incident: {
      incidents: stages.incidents,
      log: threads.log.call,
      acknowledge: (id, by) => stages.pipeline.people.acknowledgeIncident(id, by),
    },
    objective: createObjectiveDesk({
      clock,
      policies: parts.policies,
      corrections: stages.corrections,
      workspaceName: () => workspace().name,
      objectives: () => workspace().objectives,
      target: stages.asking.pastTarget,
      exportFolder: parts.folders.exports,
      readFile: stages.writer.read,
    }),
    playbooks: stages.playbooks,
    silence: silencePart(stages, clock, options.log),
    postmortem: { postmortems: stages.postmortems, exportFolder: parts.folders.exports },
    query: {
      clock,
      target: stages.asking.peopleTarget,
      check: stages.asking.check,
      unwatched,
      past: detectorPastOf({
        worker: threads.detect,
        stepMs: detectorStep(stages.ingest.status),
        detectors: () => workspace().detectors,
        target: stages.asking.peopleTarget,
      }),
    },
    series: chartsOf(stages, clock, unwatched),
    trace: tracesOf(threads),
    demo: { fleet: parts.fleet?.control },
  });
}
