import { Agent } from 'undici';
import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import { messageOf } from '../../shared/error/coded.ts';
import { err, ok } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import { answersQueries } from '../../shared/model/source.ts';
import { createExecutor } from '../action/index.ts';
import { type AlertRule, type Alerts, createAlerts } from '../alert/index.ts';
import type { StateHub } from '../api/index.ts';
import { type BusinessHours, createBusinessHours } from '../calendar/index.ts';
import { createIncidents, type Incidents } from '../incident/index.ts';
import { createIngest, createWatchLedger, type Ingest, type WatchLedger } from '../ingest/index.ts';
import { createNotifier, type HostNotifier, type Notifier } from '../notify/index.ts';
import { changeMemory, createPipeline, type Pipeline } from '../pipeline/index.ts';
import type { Clock, Ids, Logger } from '../platform/index.ts';
import { createPlaybooks, type Playbooks } from '../playbook/index.ts';
import { createPostmortems, type Postmortems } from '../postmortem/index.ts';
import { type Corrections, createObjectives } from '../slo/index.ts';
import { type Asking, createAsking } from './asking.ts';
import { blindedBy } from './blinded-by.ts';
import { detectionBySource, detectorStep } from './detecting.ts';
import { createPersonNews } from './person-news.ts';
import { backfillOf, pushOf } from './push.ts';
import { type Quiet, quietOf } from './quiet.ts';
import { createReceiving, type Receiving } from './receiving.ts';
import { createRedrafts } from './redrafts.ts';
import { ruleAskingOf } from './rule-asking.ts';
import type { SecretReader } from './secret.ts';
import { publishAlerts } from './shown-alerts.ts';
import { publishChanges } from './shown-changes.ts';
import { spanKeeper } from './store-care.ts';
import { tellingOf } from './telling.ts';
import type { Threads } from './threads.ts';
import { type StatusOf, wakeFacts } from './waking.ts';
import { type BrowserPages, createBrowserPages } from './window-notifications.ts';

/** The configuration that runs now; a reload replaces what it answers. */
export interface Running {
  workspace(): Workspace;
  rules(): readonly AlertRule[];
}

export interface StageDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly hub: StateHub;
  readonly threads: Threads;
  readonly policies: readonly PolicyConfig[];
  readonly corrections: Corrections;
  readonly running: Running;
  readonly notifier: HostNotifier | null;
  readonly secret: SecretReader;
}

/** All stages of one core, put together and not yet started. */
export interface Stages {
  /** Where others push to; follows the configuration. */
  readonly receiving: Receiving;
  readonly ingest: Ingest;
  readonly ledger: WatchLedger;
  readonly alerts: Alerts;
  readonly quiet: Quiet;
  readonly incidents: Incidents;
  readonly notifier: Notifier;
  readonly playbooks: Playbooks;
  readonly postmortems: Postmortems;
  readonly pipeline: Pipeline;
  readonly pages: BrowserPages;
  readonly asking: Asking;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  /** The same metrics as objectives count them. */
  readonly objectiveTarget: (sourceId: string) => QueryTarget | undefined;
  stop(): Promise<void>;
}

const DELIVERIES_SHOWN = 100;

export function createStages(deps: StageDeps): Stages {
  const { threads, log } = deps;
  // The parts of the circle (ingest asks the pipeline, the pipeline asks ingest's targets) meet here and nowhere else.
  const late: {
    pipeline?: Pipeline;
    alerts?: Alerts;
    incidents?: Incidents;
    notifier?: Notifier;
    playbooks?: Playbooks;
    postmortems?: Postmortems;
  } = {};
  const { local, over } = createAsking(deps);
  const quiet = quietOf(deps);
  const { receiving, ingest: polling, ledger } = ingestOf(deps, local, quiet, () => late.pipeline);
  const asking = over((id) => polling.target(id));
  const ingest = { ...polling, target: asking.target };
  const pages = createBrowserPages(async (deliveryId) => {
    await late.notifier?.acknowledgeShown(deliveryId);
  });
  const notifier = notifierOf(deps, pages, () => late.alerts);
  const redrafts = createRedrafts(async (id) => late.postmortems?.refresh(id), log);
  const people = createPersonNews(late, log);
  const incidents = incidentsOf(deps, ingest, {
    unwatched: ledger.unwatched,
    status: (id) => late.pipeline?.status(id),
    playbooks: () => late.playbooks,
    onChange: (id) => void [redrafts, people].map((one) => one.changed(id)),
  });
  const alerts = alertsOf(deps, ingest, quiet, (id) => late.pipeline?.status(id));
  const playbooks = playbooksOf(deps, incidents, ingest);
  const postmortems = createPostmortems({
    clock: deps.clock,
    log: threads.log,
    logger: log,
    incident: (id) => incidents.get(id),
    objective: (id) => late.pipeline?.status(id),
    onTimeline: (id, entry) => incidents.append(id, entry),
  });
  const pipeline = pipelineOf(deps, { ingest, alerts, incidents, notifier }, asking.objectiveTarget);
  Object.assign(late, { pipeline, alerts, incidents, notifier, postmortems, playbooks: playbooks.playbooks });
  return {
    receiving,
    ingest,
    ledger,
    alerts,
    quiet,
    incidents,
    notifier,
    playbooks: playbooks.playbooks,
    postmortems,
    pipeline,
    pages,
    asking,
    target: asking.target,
    objectiveTarget: asking.objectiveTarget,
    async stop() {
      await ingest.stop();
      await receiving.stop();
      pages.stop();
      await notifier.drain(1_000);
      pipeline.stop();
      await notifier.stop();
      await playbooks.close();
      await redrafts.idle();
    },
  };
}

function ingestOf(deps: StageDeps, local: QueryTarget, quiet: Quiet, pipeline: () => Pipeline | undefined) {
  const { threads, running } = deps;
  const receiving = createReceiving({ ...deps, startWorker: threads.startReceive });
  const ledger = createWatchLedger({ clock: deps.clock, logger: deps.log, log: threads.log.call });
  const ingest = createIngest({
    ledger,
    ...backfillOf(pipeline, deps.log),
    ...pushOf({ receiving, pipeline, onSpans: spanKeeper(threads.metric), onSilences: quiet.exchange }),
    clock: deps.clock,
    log: deps.log,
    random: Math.random,
    readSecret: secretText(deps.secret),
    sources: running.workspace().sources,
    store: threads.metric,
    scrapeWorker: threads.scrape,
    localTarget: local,
    blinds: blindedBy(running),
    onPolled: async (polled) => pipeline()?.polled(polled),
  });
  return { receiving, ingest, ledger };
}

function pipelineOf(
  deps: StageDeps,
  stages: Pick<Stages, 'ingest' | 'alerts' | 'incidents' | 'notifier'>,
  objectiveTarget: (sourceId: string) => QueryTarget | undefined,
): Pipeline {
  const { hub, log, running, threads } = deps;
  const { ingest } = stages;
  return createPipeline({
    ...stages,
    clock: deps.clock,
    logger: log,
    workspace: () => running.workspace(),
    rules: () => running.rules(),
    source: (id) => ingest.statusOf(id),
    target: (id) => ingest.target(id),
    objectiveTarget,
    objectives: createObjectives({
      worker: threads.slo,
      policies: deps.policies,
      log,
      corrections: (id) => deps.corrections.of(id),
    }),
    detection: detectionBySource({ worker: threads.detect, log, stepMs: detectorStep(ingest.status) }),
    changeMemory: changeMemory(threads.log.call, log),
    ...ruleAskingOf(ingest, hub),
    publish: {
      objectives: (statuses) => hub.put('objectives', statuses),
      detectors: (statuses) => hub.put('detectors', statuses),
      alerts: (changed) =>
        publishAlerts(
          hub,
          stages.alerts,
          changed.map((alert) => alert.id),
        ),
      changes: publishChanges(hub),
    },
  });
}

export function secretText(read: SecretReader) {
  return async (...asked: Parameters<SecretReader>) => {
    const secret = await read(...asked);
    return secret.ok ? ok(secret.value) : err(secret.error.message);
  };
}

function notifierOf(deps: StageDeps, pages: BrowserPages, alerts: () => Alerts | undefined): Notifier {
  const { log, threads } = deps;
  const notifier = createNotifier({
    clock: deps.clock,
    log: threads.log.call,
    logger: log,
    ids: deps.ids,
    random: Math.random,
    routing: () => deps.running.workspace().routing,
    host: () => deps.notifier,
    browser: () => pages,
    secret: secretText(deps.secret),
    stillTrue: (delivery) => alerts()?.whyUntrue(delivery) ?? null,
    ...tellingOf(alerts),
  });
  notifier.onOutcome(() => {
    notifier.recent(DELIVERIES_SHOWN).then(
      (recent) => deps.hub.replace('deliveries', [...recent]),
      (thrown: unknown) => log.warn({ problem: messageOf(thrown) }, 'the delivery log could not be read'),
    );
  });
  return notifier;
}

interface IncidentTies {
  readonly unwatched: WatchLedger['unwatched'];
  readonly status: (objectiveId: string) => ReturnType<Pipeline['status']>;
  readonly playbooks: () => Playbooks | undefined;
  readonly onChange: (incidentId: string) => void;
}

function incidentsOf(deps: StageDeps, ingest: Ingest, ties: IncidentTies): Incidents {
  return createIncidents({
    clock: deps.clock,
    ids: deps.ids,
    log: deps.threads.log,
    logger: deps.log,
    services: () => deps.running.workspace().services,
    objective: ties.status,
    target: (id) => ingest.target(id),
    unwatched: ties.unwatched,
    detector: (id) => deps.running.workspace().detectors.find((one) => one.id === id),
    near: (services) => nearOf(deps.running.workspace(), services, ties.status),
    playbookFor: (draft) => ties.playbooks()?.proposeFor(draft)?.id ?? null,
    // Where nobody ever works, plain time is the better promise than none.
    businessDeadline: (fromAt, durationMs) =>
      hoursOf(deps.running).after(fromAt, durationMs) ?? fromAt + durationMs,
    onChange: (incident) => {
      deps.hub.put('incidents', [incident]);
      ties.onChange(incident.id);
    },
  });
}

/** Objectives and detectors of the services, in the services' order. */
function nearOf(
  { objectives, detectors }: Workspace,
  services: readonly string[],
  status: (objectiveId: string) => ReturnType<Pipeline['status']>,
) {
  const of = <T extends { readonly service: string }>(all: readonly T[]) =>
    services.flatMap((service) => all.filter((one) => one.service === service));
  return { objectives: of(objectives).flatMap((one) => status(one.id) ?? []), detectors: of(detectors) };
}

function alertsOf(deps: StageDeps, ingest: Ingest, quiet: Quiet, statusOf: StatusOf): Alerts {
  const { running } = deps;
  const ruleOf = (id: string) => {
    const { objectives, detectors } = running.workspace();
    return [...objectives, ...detectors, ...running.rules()].find((one) => one.id === id);
  };
  return createAlerts({
    clock: deps.clock,
    log: deps.threads.log.call,
    logger: deps.log,
    services: () => running.workspace().services,
    sources: () => ingest.status(),
    serviceOfRule: (id) => ruleOf(id)?.service ?? null,
    pollEveryMs: (id) => {
      // From the configuration: this is asked for each observation, and a source's status is made anew each time.
      const source = ruleOf(id)?.source;
      return running.workspace().sources.find((one) => one.id === source)?.pollEveryMs ?? 15_000;
    },
    routing: () => running.workspace().routing,
    // Asked anew each time: a reload moves it.
    get routingDefinedAt() {
      return running.workspace().routingDefinedAt;
    },
    inBusinessHours: (at) => hoursOf(running).inBusinessHours(at),
    silences: (at) => quiet.silences.active(at),
    windows: (at) => quiet.maintenance.open(at),
    wakeOf: wakeFacts(() => running.workspace(), statusOf),
  });
}

const hours = new WeakMap<object, BusinessHours>();

/** Made once a configuration. */
function hoursOf(running: Running): BusinessHours {
  const config = running.workspace().routing.business_hours;
  const known = hours.get(config) ?? createBusinessHours(config);
  hours.set(config, known);
  return known;
}

function playbooksOf(deps: StageDeps, incidents: Incidents, ingest: Ingest) {
  const { log, running } = deps;
  const http = new Agent();
  const defaultSource = () => running.workspace().sources.find((one) => answersQueries(one.kind))?.id ?? '';
  const executor = createExecutor({
    clock: deps.clock,
    http,
    log,
    target: (sourceId) => ingest.target(sourceId ?? defaultSource()),
    secret: deps.secret,
  });
  const playbooks = createPlaybooks({
    log: deps.threads.log.call,
    executor,
    clock: deps.clock,
    ids: deps.ids,
    logger: log,
    playbooks: () => running.workspace().playbooks,
    vars: () => running.workspace().vars,
    incident: (id) => incidents.get(id),
    onRun: (run) => {
      deps.hub.put('runs', [run]);
      incidents
        .followRun(run)
        .catch((thrown: unknown) =>
          log.warn({ run: run.id, problem: messageOf(thrown) }, 'an incident could not follow its run'),
        );
    },
    onTimeline: (incidentId) => incidents.refresh(incidentId),
  });
  // A step under way cannot be waited for: cut off, its outcome is unknown and the next start asks a person.
  return { playbooks, close: () => http.destroy() };
}
