import type { Workspace } from '../../shared/config/workspace.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { type Logger, systemClock, type Vault } from '../platform/index.ts';
import { askWarnings, planObjective, policyNamed } from '../slo/index.ts';
import { createPrometheusSource } from '../source/index.ts';
import type { Problem, WorkspaceLoad } from '../workspace/index.ts';
import { readPolicies } from './configuration.ts';
import { openSamples } from './replays.ts';
import { secretReader } from './secret.ts';
import { secretText } from './stages.ts';

/** What a check found by asking, and what it did not look at, each with the reason. */
export interface AskedCheck {
  readonly warnings: readonly Problem[];
  readonly notLooked: readonly string[];
}

export interface CheckTies {
  readonly vault: Vault;
  readonly log: Logger;
  readonly dataFolder: string | undefined;
}

/** What is not looked at where nobody is asked; empty where there is nothing to ask. */
export function unasked({ objectives }: Workspace): string[] {
  const events = objectives.filter((one) => !one.slices);
  const latency = objectives.filter((one) => one.thresholdMs !== undefined);
  const of = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  const parts = [
    ...(latency.length > 0 ? [`the bucket bounds of ${of(latency.length, 'latency threshold')}`] : []),
    ...(events.length > 0 ? [`the usual traffic of ${of(events.length, 'objective')}`] : []),
  ];
  return parts.map((part) => `${part}: no source was asked; --ask asks them`);
}

/**
 * Asks each Prometheus itself, and the workspace's store for what is pushed or scraped; needs no running core. Nothing is
 * passed over in silence: what could not be asked is named with the reason.
 */
export async function askCheck(
  { workspace, placeOf }: WorkspaceLoad & { readonly workspace: Workspace },
  ties: CheckTies,
): Promise<AskedCheck> {
  const clock = systemClock();
  const now = clock.now();
  const readSecret = secretText(secretReader(ties.vault, process.env));
  const remote = new Map<string, ReturnType<typeof createPrometheusSource>>();
  for (const source of workspace.sources)
    if (source.kind === 'prometheus')
      remote.set(
        source.id,
        createPrometheusSource(source, { clock, log: ties.log, random: Math.random, readSecret }),
      );
  const local = openLocal(workspace, ties.dataFolder, (objective) => !remote.has(objective.source));
  const warnings: Problem[] = [];
  const notLooked: string[] = [];
  const policies = readPolicies();
  try {
    for (const objective of workspace.objectives) {
      const target: QueryTarget | null = remote.get(objective.source) ?? local.target;
      if (!target) {
        notLooked.push(`${objective.definedAt}: ${objective.id}: ${local.problem}`);
        continue;
      }
      const plan = planObjective(objective, policyNamed(policies, objective.policy));
      const found = await askWarnings(objective, plan, target, now);
      for (const message of found.warnings) warnings.push(...[placeOf(objective.id, message) ?? []].flat());
      notLooked.push(...found.notLooked.map((one) => `${objective.definedAt}: ${objective.id}: ${one}`));
    }
    return { warnings, notLooked };
  } finally {
    local.close();
    for (const source of remote.values()) await source.close();
  }
}

function openLocal(
  workspace: Workspace,
  dataFolder: string | undefined,
  isLocal: (objective: Objective) => boolean,
): { readonly target: QueryTarget | null; readonly problem: string; close(): void } {
  const nothing = { target: null, problem: '', close: () => undefined };
  if (!workspace.objectives.some(isLocal)) return nothing;
  try {
    const { target, close } = openSamples(workspace, { dataFolder, file: undefined });
    return { target, problem: '', close };
  } catch (thrown) {
    return { ...nothing, problem: messageOf(thrown) };
  }
}
