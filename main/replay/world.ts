import type { Workspace } from '../../shared/config/workspace.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import {
  type AlertRule,
  type AlertsDeps,
  createAlerts,
  createRuleEvaluator,
  isAlerting,
  lastDeployment,
} from '../alert/index.ts';
import { createPipeline, type Pipeline, type PipelineDeps } from '../pipeline/index.ts';
import { type Logger, VirtualClock } from '../platform/index.ts';
import { Recorder } from './recorder.ts';
import type { SourceTracks } from './source-tracks.ts';

/** What decides whom an alert reaches, as it was at each instant. */
export type ReplayQuiet = Pick<AlertsDeps, 'inBusinessHours' | 'silences' | 'windows'> & {
  wakeOf(statusOf: (objectiveId: string) => ObjectiveStatus | undefined): AlertsDeps['wakeOf'];
};

export interface WorldDeps {
  readonly workspace: Workspace;
  readonly rules: readonly AlertRule[];
  readonly quiet: ReplayQuiet;
  readonly stepMs: number;
  readonly fromAt: number;
  readonly log: Logger;
  readonly tracks: ReadonlyMap<string, SourceTracks>;
}

/** The pipeline on a clock of its own, with nobody at its end: what it would have said is written down. */
export interface World {
  readonly clock: VirtualClock;
  readonly pipeline: Pipeline;
  readonly recorder: Recorder;
  /** Rules with an alert that is pending, fires, or has something left to be said; and whether one is a source's. */
  active(): { readonly rules: ReadonlySet<string>; readonly ofSource: boolean };
}

export async function createWorld(deps: WorldDeps): Promise<World> {
  const { workspace, rules } = deps;
  const clock = new VirtualClock(deps.fromAt);
  const recorder = new Recorder();
  const late: { pipeline?: Pipeline } = {};
  const changes: ChangeEvent[] = [];
  const alerts = recorder.over(createAlerts(alertsDeps(deps, clock, (id) => late.pipeline?.status(id))));
  const pipeline = createPipeline({
    ...stagesOf(deps.tracks, changes),
    clock,
    logger: deps.log,
    workspace: () => workspace,
    rules: () => rules,
    // History tells what was scraped, not whether the source answered Midwatch.
    source: () => undefined,
    target: (id) => deps.tracks.get(id)?.target,
    objectiveTarget: (id) => deps.tracks.get(id)?.target,
    alerts,
    incidents: NO_INCIDENTS,
    notifier: NOBODY,
    publish: {
      objectives: () => undefined,
      detectors: () => undefined,
      alerts: () => undefined,
      changes: (found) => void changes.push(...found),
    },
  });
  late.pipeline = pipeline;
  await pipeline.load();
  return {
    clock,
    pipeline,
    recorder,
    active() {
      const active = alerts.list().filter(isUnderWay);
      return {
        rules: new Set(active.map((one) => one.ruleId)),
        ofSource: active.some((one) => one.kind === 'source'),
      };
    },
  };
}

/** It is pending, fires, or has something left to be said. */
function isUnderWay(alert: Alert): boolean {
  const { memory } = alert;
  return (
    isAlerting(alert) ||
    alert.phase === 'pending' ||
    memory?.resolutionOwed === true ||
    (memory?.hold ?? null) !== null
  );
}

/** The stages that find out, over what was read of history: they answer for those that may have something to say. */
function stagesOf(
  tracks: WorldDeps['tracks'],
  changes: readonly ChangeEvent[],
): Pick<PipelineDeps, 'objectives' | 'detection' | 'ruleEvaluator' | 'deployedAt'> {
  const deployedAt = (service: string) => lastDeployment(changes, service);
  const evaluator = createRuleEvaluator({
    target: (id) => tracks.get(id)?.ruleTarget ?? null,
    deployedAt,
  });
  const trackOf = ({ id, source }: { readonly id: string; readonly source: string }) => {
    const track = tracks.get(source)?.objective(id);
    if (!track) throw new Error(`There is no track of ${id}.`);
    return track;
  };
  return {
    deployedAt,
    objectives: {
      evaluate: async ([first], _target, at) => (first ? (tracks.get(first.source)?.statuses(at) ?? []) : []),
      observe: (status) => trackOf(status.objective).observe(status),
      retain: () => undefined,
      idle: async () => undefined,
    },
    detection: {
      evaluate: async ([first], _target, at) =>
        first ? (tracks.get(first.source)?.detectorStatuses(at) ?? []) : [],
      observe: (status) =>
        tracks.get(status.detector.source)?.detector(status.detector.id)?.past.observe(status) ?? [],
      retain: () => undefined,
    },
    ruleEvaluator: {
      evaluate: async ([first], at, known) =>
        first ? evaluator.evaluate(tracks.get(first.source)?.rulesAt(at) ?? [], at, known) : [],
    },
  };
}

function alertsDeps(
  { workspace, rules, stepMs, quiet, tracks, log }: WorldDeps,
  clock: VirtualClock,
  statusOf: (objectiveId: string) => ObjectiveStatus | undefined,
): AlertsDeps {
  const services = new Map(
    [...workspace.objectives, ...workspace.detectors, ...rules].map((one) => [one.id, one.service]),
  );
  const detectors = new Map(workspace.detectors.map((one) => [one.id, one.source]));
  return {
    clock,
    log: FORGETFUL,
    logger: log,
    services: () => workspace.services,
    sources: () => [],
    serviceOfRule: (id) => services.get(id) ?? null,
    pollEveryMs: (id) => tracks.get(detectors.get(id) ?? '')?.detectorStepMs ?? stepMs,
    routing: () => workspace.routing,
    routingDefinedAt: workspace.routingDefinedAt,
    inBusinessHours: quiet.inBusinessHours,
    silences: quiet.silences,
    windows: quiet.windows,
    wakeOf: quiet.wakeOf(statusOf),
  };
}

/** What a replay decides is in its result; no restart takes it up again. */
const FORGETFUL: AlertsDeps['log'] = {
  saveAlerts: async () => undefined,
  loadAlerts: async () => [],
  verdicts: async () => [],
};

/** No incident opens in the past: what reaches people is decided before it. */
const NO_INCIDENTS: PipelineDeps['incidents'] = {
  load: async () => undefined,
  list: () => [],
  get: () => undefined,
  handleAlerts: async (changes) =>
    changes.map(({ alert }) => ({ alertId: alert.id, incidentId: null, opened: false, reason: '' })),
  onPoll: async () => undefined,
  tend: async () => undefined,
  acknowledge: async (id) => {
    throw new Error(`There is no incident ${id} in a replay.`);
  },
  append: async (id) => {
    throw new Error(`There is no incident ${id} in a replay.`);
  },
};

const NOBODY: PipelineDeps['notifier'] = {
  enqueue: async () => [],
  onOutcome: () => () => undefined,
};
