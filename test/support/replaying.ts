import type { AlertRule } from '../../main/alert/index.ts';
import { createMaintenance, createSilences } from '../../main/alert/index.ts';
import { readPolicies } from '../../main/app/configuration.ts';
import { wakeFacts } from '../../main/app/waking.ts';
import { createBusinessHours } from '../../main/calendar/index.ts';
import { countingIds, silentLogger, systemClock, VirtualClock } from '../../main/platform/index.ts';
import { createInlineTarget } from '../../main/query/index.ts';
import { type ReplayInput, replay } from '../../main/replay/index.ts';
import type { MetricReader } from '../../main/store/index.ts';
import type { MaintenanceDefinition } from '../../shared/config/maintenance.ts';
import { ReceiveConfig } from '../../shared/config/receive.ts';
import { RoutingConfig } from '../../shared/config/routing.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import type { Detector } from '../../shared/model/detector.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { Service } from '../../shared/model/service.ts';
import type { Silence } from '../../shared/model/silence.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';

export interface ReplayTrial {
  readonly reader: MetricReader;
  readonly fromAt: number;
  readonly toAt: number;
  readonly objectives?: readonly Objective[];
  readonly rules?: readonly AlertRule[];
  readonly detectors?: readonly Detector[];
  readonly services?: readonly Service[];
  readonly routing?: RoutingConfig;
  readonly maintenance?: readonly MaintenanceDefinition[];
  readonly silences?: readonly Silence[];
  readonly stepMs?: number;
  readonly detectorStepMs?: number;
  /** Counts are asked for, as of a source whose samples are not at hand. */
  readonly asked?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: ReplayInput['onProgress'];
}

/** Nobody is told again, so that what is counted is what was asked for. */
export const NO_CHAINS = { escalation: { P0: [], P1: [], P2: [], P3: [] } };

/** A replay of the given parts, with all stages as the application puts them together. */
export async function replayTrial(trial: ReplayTrial) {
  return replay(await inputOf(trial));
}

async function inputOf(trial: ReplayTrial): Promise<ReplayInput> {
  const { reader, fromAt, toAt, stepMs = MINUTE_MS, silences = [], rules = [] } = trial;
  const workspace = workspaceOf(trial);
  const counting = createInlineTarget('local', reader, { countNewSeriesFromZero: true });
  const hours = createBusinessHours(workspace.routing.business_hours);
  const maintenance = createMaintenance(() => workspace.maintenance);
  const quiet = createSilences({
    clock: new VirtualClock(fromAt),
    ids: countingIds('silence'),
    log: { loadSilences: async () => [...silences], saveSilence: async () => undefined },
    onChange: () => undefined,
  });
  await quiet.load();
  return {
    workspace,
    rules,
    policies: readPolicies(),
    source: () => ({
      target: createInlineTarget('store', reader),
      objectiveTarget: counting,
      reader: trial.asked ? null : reader,
      detectorStepMs: trial.detectorStepMs ?? stepMs,
    }),
    quiet: {
      inBusinessHours: (at) => hours.inBusinessHours(at),
      silences: (at) => quiet.active(at),
      windows: (at) => maintenance.open(at),
      wakeOf: (statusOf) => wakeFacts(() => workspace, statusOf),
    },
    fromAt,
    toAt,
    stepMs,
    atOnce: 2,
    clock: systemClock(),
    log: silentLogger(),
    signal: trial.signal ?? new AbortController().signal,
    onProgress: trial.onProgress ?? (() => undefined),
  };
}

function workspaceOf(trial: ReplayTrial): Workspace {
  return {
    id: 'trial',
    name: 'trial',
    path: '/trial',
    vars: {},
    sources: [],
    receive: ReceiveConfig.parse(undefined),
    promql: { compat: 3 },
    routing: trial.routing ?? RoutingConfig.parse(NO_CHAINS),
    maintenance: trial.maintenance ?? [],
    routingDefinedAt: 'midwatch.yaml:3',
    services: trial.services ?? [],
    objectives: trial.objectives ?? [],
    rules: [],
    detectors: trial.detectors ?? [],
    playbooks: [],
    boards: [],
    files: [],
  };
}
