import type { RoutingConfig } from '../../shared/config/routing.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import { readFiringCondition } from '../../shared/model/firing-condition.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { answersQueries } from '../../shared/model/source.ts';
import { sha256 } from '../platform/index.ts';
import { boardOf } from './board.ts';
import { indicatorFinder, sourceOfSlo } from './check-slo.ts';
import type { CheckExpression, Names } from './checker.ts';
import { type Configuration, gather } from './configuration.ts';
import { crossCheck, unique } from './cross-check.ts';
import { checkPromql } from './expression.ts';
import { type ReadFolder, readFolder } from './folder.ts';
import { objectivesOf } from './objective.ts';
import { playbookOf } from './playbook.ts';
import { hasErrors, type Problem, sortProblems } from './problem.ts';
import { warnRouting } from './warn-routing.ts';
import { definedAt, placedAt, type Written } from './written.ts';
import type { YamlReading } from './yaml-reader.ts';

export interface LoadDeps {
  /** Reads YAML: in a thread with a deadline in the product, in this one in tests. */
  readonly readYaml: (text: string) => Promise<YamlReading> | YamlReading;
  /** By default PromQL as the source that is asked reads it. */
  readonly checkExpression?: CheckExpression;
  /** Names of the burn-rate policies that objectives may follow. */
  readonly policies: readonly string[];
  /** What is not wrong of an objective and must be known all the same, such as a row that can never fire. */
  readonly objectiveWarnings?: (objective: Objective) => readonly string[];
  /** Win over what midwatch.yaml says; the demo fills in its fleet's address. */
  /** Given where what time brings is looked at too: gaps in schedules, and who is told at all. */
  readonly now?: number;
  readonly overrides?: { readonly vars?: Readonly<Record<string, string>> };
}

/** Null where anything is wrong that is more than a warning: then the last good configuration goes on running. */
export interface WorkspaceLoad {
  readonly workspace: Workspace | null;
  readonly problems: readonly Problem[];
  /** Changes with the text of any file. */
  readonly fingerprint: string;
  /** A warning at the place of an objective; undefined where there is none of this id. */
  readonly placeOf: (objectiveId: string, message: string) => Problem | undefined;
}

/** Reads, checks and puts together the whole workspace; all problems of all files at once. */
export async function loadWorkspace(path: string, deps: LoadDeps): Promise<WorkspaceLoad> {
  return loadFolder(await readFolder(path), deps);
}

/** The same of a folder that was read, or of one as it would be. */
export async function loadFolder(folder: ReadFolder, deps: LoadDeps): Promise<WorkspaceLoad> {
  const problems: Problem[] = [...folder.problems];
  const files = [];
  for (const { name, text } of folder.files) files.push({ name, reading: await deps.readYaml(text) });
  const overrides = deps.overrides?.vars ?? {};
  const found = gather(files, overrides, problems);
  const vars = { ...found.midwatch?.config.vars, ...overrides };
  const sources = new Map((found.midwatch?.config.sources ?? []).map((source) => [source.id, source.kind]));
  const askable = [...sources].filter(([, kind]) => answersQueries(kind)).map(([id]) => id);
  const onlySource = askable.length === 1 ? askable[0] : undefined;
  const findIndicator = indicatorFinder(found.slos);
  const objectives = found.slos.flatMap((slo) =>
    objectivesOf(slo, sourceOfSlo(slo.config) ?? onlySource ?? '', findIndicator),
  );
  unique(objectives, (objective) => objective.id, [], 'objective', problems);
  const names: Names = {
    sources,
    services: found.broken.has('services.yaml')
      ? null
      : new Set(found.services.map(({ config }) => config.id)),
    objectives: found.broken.has('slos') ? null : new Set(objectives.map(({ config }) => config.id)),
    policies: deps.policies,
    vars: found.midwatch ? Object.keys(vars) : null,
    compat: found.midwatch?.config.promql.compat ?? 3,
  };
  crossCheck(found, names, deps.checkExpression ?? checkPromql, findIndicator, problems);
  for (const written of objectives)
    for (const message of deps.objectiveWarnings?.(written.config) ?? [])
      problems.push({ ...placedAt(written, [], message), severity: 'warning' });
  if (found.midwatch && deps.now !== undefined) warnRouting(found.midwatch, deps.now, problems);
  const fingerprint = fingerprintOf(folder);
  const placeOf = (id: string, message: string): Problem | undefined => {
    const written = objectives.find(({ config }) => config.id === id);
    return written && { ...placedAt(written, [], message), severity: 'warning' };
  };
  const workspace = hasErrors(problems) ? null : assemble(folder, found, { objectives, vars, onlySource });
  return { workspace, problems: sortProblems(problems), fingerprint, placeOf };
}

interface Assembly {
  readonly objectives: readonly Written<Objective>[];
  readonly vars: Readonly<Record<string, string>>;
  readonly onlySource: string | undefined;
}

function assemble(folder: ReadFolder, found: Configuration, assembly: Assembly): Workspace | null {
  if (!found.midwatch) return null;
  const { name, sources, receive, promql, maintenance, vars: _, ...routing } = found.midwatch.config;
  const { midwatch } = found;
  const asked = assembly.onlySource;
  return {
    id: workspaceId(folder.realPath),
    name,
    path: folder.realPath,
    vars: assembly.vars,
    sources,
    receive,
    promql,
    routing: routing satisfies RoutingConfig,
    maintenance: maintenance.map((config, at) => ({
      config,
      definedAt: definedAt(midwatch, ['maintenance', at]),
    })),
    routingDefinedAt: found.midwatch.located.parts.has('routes')
      ? definedAt(found.midwatch, ['routes'])
      : found.midwatch.file,
    channelsDefinedAt: Object.fromEntries(
      Object.entries(routing.receivers).map(([name, channels]) => [
        name,
        channels.map((_, index) => definedAt(midwatch, ['receivers', name, index])),
      ]),
    ),
    services: found.services.map(({ config }) => ({
      id: config.id,
      title: config.title ?? config.id,
      owner: config.owner,
      tier: config.tier,
      dependsOn: config.depends_on,
      links: config.links,
    })),
    objectives: assembly.objectives.map(({ config }) => config),
    rules: found.rules.map((written) => ({
      id: `${written.config.group}/${written.config.rule.alert}`,
      group: written.config.group,
      rule: written.config.rule,
      definedAt: definedAt(written),
    })),
    detectors: found.detectors.map((written) => {
      const { rebase_after, title, source, when, deployed_within, deployed_before, ...config } =
        written.config;
      const condition = readFiringCondition({
        when,
        deployedWithin: deployed_within,
        deployedBefore: deployed_before,
      });
      return {
        ...config,
        title: title ?? config.id,
        source: source ?? asked ?? '',
        rebaseAfter: rebase_after,
        ...(condition ? { when: condition } : {}),
        definedAt: definedAt(written),
      };
    }),
    playbooks: found.playbooks.map((written) => playbookOf(written, asked)),
    boards: found.boards.map(boardOf),
    files: folder.files.map((file) => file.name),
  };
}

/** 16 hex digits of the real path's hash: where the workspace's data are kept. */
export function workspaceId(realPath: string): string {
  return sha256(realPath).slice(0, 16);
}

function fingerprintOf(folder: ReadFolder): string {
  return sha256(JSON.stringify([folder.files, folder.problems]));
}
