import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  checkWorkspace,
  loadDeps,
  readPolicies,
  rulesOf,
} from '../../../main/app/configuration.ts';
import { assetUrl, entryUrl, windowFolderUrl } from '../../../main/app/entry.ts';
import { silentLogger, systemClock } from '../../../main/platform/index.ts';
import { formatProblems, loadWorkspace, startYamlThread } from '../../../main/workspace/index.ts';
import { copyOfDemo, GOOD_FILES, workspaceFolder } from '../../support/workspace.ts';

describe('the policies that come with the application', () => {
  it('are all read, each under its own name', () => {
    const policies = readPolicies();
    const files = readdirSync(assetUrl('policy/')).filter((name) => name.endsWith('.yaml'));
    expect(policies).toHaveLength(files.length);
    expect(policies.map((policy) => policy.id)).toEqual(
      expect.arrayContaining(['midwatch', 'sre-workbook', 'fixed']),
    );
    expect(new Set(policies.map((policy) => policy.id)).size).toBe(policies.length);
  });
});

describe('entries', () => {
  it('are files that are there', async () => {
    const { existsSync } = await import('node:fs');
    for (const name of [
      'log.worker',
      'metric.worker',
      'query.worker',
      'scrape.worker',
      'slo.worker',
      'detect.worker',
      'yaml.worker',
      'fleet',
    ] as const)
      expect(existsSync(entryUrl(name)), name).toBe(true);
    expect(windowFolderUrl().pathname).toMatch(/\/out\/renderer\/$/);
  });
});

describe('an expression of the workspace', () => {
  it.each([
    ['sum(rate(x[5m]))', 'exposition', undefined],
    ['sum(rate(x[5m])', 'exposition', 'parse'],
    ['sum(rate(x[5m])', 'prometheus', 'parse'],
    ['max_over_time(rate(x[5m])[1h:1m])', 'exposition', undefined],
    ['info(x)', 'exposition', 'unsupported'],
    ['info(x)', 'prometheus', undefined],
    ['max_over_time(rate(x[5m])[1h:1m])', 'prometheus', undefined],
    ['label_replace(x, "a", "$1", "b", ".*")', 'prometheus', undefined],
  ] as const)('%s over %s is %s', (text, kind, code) => {
    expect(checkExpression(text, kind, 3)?.code).toBe(code);
  });
});

describe('checking a workspace once', () => {
  const check = (path: string) => checkWorkspace(path, systemClock(), silentLogger());

  it('finds nothing wrong with the demo, and its own PromQL readable here', async () => {
    await using demo = await copyOfDemo();
    const yaml = startYamlThread({
      clock: systemClock(),
      log: silentLogger(),
      entry: entryUrl('yaml.worker'),
    });
    try {
      const load = await loadWorkspace(
        demo.path,
        loadDeps(yaml, readPolicies(), { fleet: 'http://127.0.0.1:1' }),
      );
      expect(formatProblems(load.problems)).toBe('');
      expect(load.workspace?.vars.fleet).toBe('http://127.0.0.1:1');
    } finally {
      await yaml.stop();
    }
  });

  it('reports what is wrong with its place, and ends its thread', async () => {
    await using folder = await workspaceFolder({
      'detectors/queue.yaml': 'detectors:\n  - id: queue\n    service: ranking\n    query: sum(queue\n',
    });
    const { workspace, problems } = await check(folder.path);
    expect(workspace).toBeNull();
    expect(problems[0]).toMatchObject({ file: 'detectors/queue.yaml', line: 4 });
  });

  it('says it of a folder that is not there', async () => {
    const load = await check('/nowhere/at/all').catch((thrown: unknown) => thrown);
    expect(JSON.stringify(load, Object.getOwnPropertyNames(load))).toMatch(/nowhere/);
  });
});

describe('plain rules', () => {
  async function rulesIn(files: Record<string, string>) {
    await using folder = await workspaceFolder(files);
    const { workspace, problems } = await checkWorkspace(folder.path, systemClock(), silentLogger());
    if (!workspace) throw new Error(formatProblems(problems));
    return { workspace, rules: rulesOf(workspace) };
  }

  it('keep their ids, groups and places, also where groups are spread over files', async () => {
    const group = (name: string, rules: string[]) =>
      `groups:\n  - name: ${name}\n    rules:\n${rules.map((one) => `      - alert: ${one}\n        expr: ${one.toLowerCase()} > 1\n        labels: { priority: P2, service: ranking }\n`).join('')}`;
    const { rules, workspace } = await rulesIn({
      'alerts/queue.yaml': group('queue', ['Long', 'Longer']),
      'alerts/other.yaml': group('other', ['Odd']),
    });
    expect(rules.map((rule) => rule.id).sort()).toEqual(workspace.rules.map((rule) => rule.id).sort());
    for (const written of workspace.rules) {
      const read = rules.find((rule) => rule.id === written.id);
      expect(read?.definedAt, written.id).toBe(written.definedAt);
    }
    expect(rules.find((rule) => rule.id === 'queue/Longer')?.definedAt).toBe('alerts/queue.yaml:7');
  });

  it('ask the first source where they name none', async () => {
    const { rules } = await rulesIn({});
    expect(rules.map((rule) => rule.source)).toEqual(['prom']);
  });
});

describe('where the routing is defined', () => {
  it('is the line of the routes, and the file alone where the default ones are taken', async () => {
    await using plain = await workspaceFolder();
    const first = await checkWorkspace(plain.path, systemClock(), silentLogger());
    expect(first.workspace?.routingDefinedAt).toBe('midwatch.yaml');
    await using own = await workspaceFolder({
      'midwatch.yaml': `${GOOD_FILES['midwatch.yaml']}routes:\n  P0: { receivers: [on_call_engineer] }\n`,
    });
    const second = await checkWorkspace(own.path, systemClock(), silentLogger());
    expect(formatProblems(second.problems.filter((one) => one.severity !== 'warning'))).toBe('');
    expect(second.workspace?.routingDefinedAt).toMatch(/^midwatch\.yaml:(8|9)$/);
  });
});
