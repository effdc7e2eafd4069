import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryError } from '../../shared/model/metric.ts';
import { answersQueries, type SourceKind } from '../../shared/model/source.ts';
import { type AlertRule, readAlertRules } from '../alert/index.ts';
import type { Clock, Logger } from '../platform/index.ts';
import { type Compat, parseExpression } from '../query/index.ts';
import { detectionLines, notCarried, objectiveWarnings, readPolicy } from '../slo/index.ts';
import {
  type LoadDeps,
  loadWorkspace,
  startYamlThread,
  type WorkspaceLoad,
  type YamlThread,
} from '../workspace/index.ts';
import { assetUrl, entryUrl } from './entry.ts';

/** The burn-rate policies that come with the application. */
export function readPolicies(): PolicyConfig[] {
  const folder = fileURLToPath(assetUrl('policy/'));
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => {
      const policy = readPolicy(readFileSync(`${folder}/${name}`, 'utf8'), `assets/policy/${name}`);
      if (!policy.ok) throw new CodedError('policy-damaged', `${policy.error} Install Midwatch again.`);
      return policy.value;
    });
}

/** A remote source may know more PromQL than is evaluated here; what is no PromQL at all is wrong everywhere. */
export function checkExpression(
  expression: string,
  sourceKind: SourceKind,
  compat: Compat,
): QueryError | undefined {
  const parsed = parseExpression(expression, { compat });
  if (parsed.ok) return undefined;
  return sourceKind === 'prometheus' && parsed.error.code === 'unsupported' ? undefined : parsed.error;
}

export function loadDeps(
  yaml: YamlThread,
  policies: readonly PolicyConfig[],
  vars: Readonly<Record<string, string>>,
): LoadDeps {
  return {
    readYaml: (text) => yaml.read(text),
    checkExpression,
    policies: policies.map((policy) => policy.id),
    objectiveWarnings: (objective) => objectiveWarnings(objective, policies),
    overrides: { vars },
  };
}

/** The plain rules of a workspace as their evaluator takes them. */
export function rulesOf(workspace: Workspace): AlertRule[] {
  const defaultSource = workspace.sources.find((one) => answersQueries(one.kind))?.id ?? '';
  const groups = new Map<string, Workspace['rules'][number][]>();
  for (const rule of workspace.rules) groups.set(rule.group, [...(groups.get(rule.group) ?? []), rule]);
  const listed = [...groups];
  const file = { groups: listed.map(([name, rules]) => ({ name, rules: rules.map((one) => one.rule) })) };
  return readAlertRules(file, {
    defaultSource,
    definedAt: (group, rule) => listed[group]?.[1][rule]?.definedAt ?? '',
  });
}

/** Reads and checks a workspace once, for `midwatch check`. */
export async function checkWorkspace(path: string, clock: Clock, log: Logger): Promise<WorkspaceLoad> {
  const yaml = startYamlThread({ clock, log, entry: entryUrl('yaml.worker') });
  try {
    return await loadWorkspace(path, { ...loadDeps(yaml, readPolicies(), {}), now: clock.now() });
  } finally {
    await yaml.stop();
  }
}

/** When each row of each objective would notice 100, 10 and 1 % errors, and what is not counted at each sample, for people. */
export function detectionTimesOf({ objectives, sources }: Workspace): string[] {
  const policies = readPolicies();
  // A source that answers queries counts its windows itself: nothing of it is carried.
  const isOwn = (id: string) => sources.some((source) => source.id === id && source.kind !== 'prometheus');
  return objectives.flatMap((one) => [
    `${one.id} (${one.definedAt})`,
    ...detectionLines(one, policies).map((line) => `  ${line}`),
    ...(isOwn(one.source) ? [notCarried(one) ?? []].flat().map((line) => `  ${line}`) : []),
  ]);
}
