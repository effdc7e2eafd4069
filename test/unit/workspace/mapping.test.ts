import { describe, expect, it } from 'vitest';
import { checkPromql } from '../../../main/workspace/expression.ts';
import { loadWorkspace, readYaml } from '../../../main/workspace/index.ts';
import {
  formatPath,
  formatProblems,
  hasErrors,
  type Problem,
  problemsToJson,
} from '../../../main/workspace/problem.ts';
import { GOOD_FILES, loadDeps, workspaceFolder } from '../../support/workspace.ts';

async function load(files: Record<string, string | null>) {
  await using folder = await workspaceFolder(files);
  const { workspace, problems } = await loadWorkspace(folder.path, loadDeps());
  expect(formatProblems(problems)).toBe('');
  if (!workspace) throw new Error('not loaded');
  return workspace;
}

const SLO = GOOD_FILES['slos/gateway.yaml'] ?? '';

describe('objectives', () => {
  it('are one for each target of a document, each with its own line', async () => {
    const several = SLO.replace(
      '    - target: 0.999\n',
      '    - { displayName: "P99 fast", targetPercent: 99.9 }\n    - target: 0.9\n',
    );
    const { objectives } = await load({ 'slos/gateway.yaml': several, 'playbooks/degraded.yaml': null });
    expect(objectives.map(({ id, target, definedAt }) => [id, target, definedAt])).toEqual([
      ['gateway-availability-p99-fast', 0.999, 'slos/gateway.yaml:20'],
      ['gateway-availability-2', 0.9, 'slos/gateway.yaml:21'],
    ]);
  });

  it('may stand several in a file, and read 99.99 % exactly', async () => {
    const second = SLO.replace('name: gateway-availability', 'name: second').replace(
      'target: 0.999',
      'targetPercent: 99.99',
    );
    const { objectives } = await load({ 'slos/gateway.yaml': `${SLO}---\n${second}` });
    expect(objectives.map(({ id, target }) => [id, target])).toEqual([
      ['gateway-availability', 0.999],
      ['second', 0.9999],
    ]);
  });

  it('and detectors may fire only under a condition, as their file says', async () => {
    const annotated = SLO.replace(
      '  name: gateway-availability',
      '  name: gateway-availability\n  annotations: { midwatch.dev/when: "sum(requests_total) > 5", midwatch.dev/deployed-before: 10m }',
    );
    const detector = (GOOD_FILES['detectors/queue.yaml'] ?? '').replace(
      'service: ranking',
      'service: ranking\n    deployed_within: 30m',
    );
    const { objectives, detectors } = await load({
      'slos/gateway.yaml': annotated,
      'detectors/queue.yaml': detector,
    });
    const none = { expression: null, deployedWithinMs: null, deployedBeforeMs: null };
    expect(objectives[0]?.when).toEqual({
      ...none,
      expression: 'sum(requests_total) > 5',
      deployedBeforeMs: 600_000,
    });
    expect(detectors[0]?.when).toEqual({ ...none, deployedWithinMs: 1_800_000 });
  });

  it('are of latency where a threshold is annotated, which must be the bucket that is counted', async () => {
    const latency = SLO.replace(
      '  name: gateway-availability',
      '  name: gateway-availability\n  annotations: { midwatch.dev/latency-threshold: 250ms }',
    )
      .replace('bad:', 'good:')
      .replace(/query: '[^']*'/, `query: 'd_bucket{le="0.25"}'`);
    const { objectives } = await load({ 'slos/gateway.yaml': latency });
    expect(objectives[0]).toMatchObject({
      kind: 'latency',
      thresholdMs: 250,
      indicator: { good: 'd_bucket{le="0.25"}', total: 'requests_total' },
    });
    expect(objectives[0]?.indicator.bad).toBeUndefined();
    await using folder = await workspaceFolder({
      'slos/gateway.yaml': latency.replace('le="0.25"', 'le="0.3"'),
    });
    const { problems } = await loadWorkspace(folder.path, loadDeps());
    expect(formatProblems(problems)).toContain(
      'expected the bucket of the threshold, le="0.25", got le="0.3"',
    );
  });

  it('may count with a window of their own writing', async () => {
    const template = SLO.replace('query: requests_total', `query: 'sum(increase(requests_total[$window]))'`);
    const { objectives } = await load({ 'slos/gateway.yaml': template });
    expect(objectives[0]?.indicator.total).toBe('sum(increase(requests_total[$window]))');
  });
});

describe('playbooks', () => {
  it('become steps with their defaults, conditions asked of the one source', async () => {
    const { playbooks } = await load({});
    expect(playbooks[0]).toEqual({
      id: 'degraded',
      title: 'Degraded',
      description: '',
      services: ['ranking'],
      objectives: ['gateway-availability'],
      definedAt: 'playbooks/degraded.yaml:1',
      diagnosis: [
        {
          kind: 'check',
          id: 'errors',
          title: 'Errors?',
          timeoutMs: 30_000,
          retryable: true,
          check: { query: 'errors', is: '> 0.5', source: 'prom' },
          indicates: { cause: 'errors', when: { query: 'errors', is: '> 0.5', source: 'prom' } },
        },
      ],
      mitigation: [
        {
          kind: 'http',
          id: 'roll-back',
          title: 'Roll back',
          timeoutMs: 60_000,
          retryable: true,
          confirm: 'ranking',
          request: {
            method: 'POST',
            url: '${vars.fleet}/control/roll-back',
            headers: {},
            body: '{"service":"ranking"}',
            expectStatus: [200, 201, 202, 204],
          },
        },
      ],
    });
  });

  it('must name a source where the workspace has several', async () => {
    const two = `${GOOD_FILES['midwatch.yaml']}  - { id: other, kind: prometheus, url: "http://127.0.0.1:9090" }\n`;
    await using folder = await workspaceFolder({ 'midwatch.yaml': two });
    const text = formatProblems((await loadWorkspace(folder.path, loadDeps())).problems);
    expect(text).toContain(
      'playbooks/degraded.yaml:8:12 diagnosis_steps[0].check.source: expected a source, the workspace has several: prom, other',
    );
    expect(text).toContain('slos/gateway.yaml:');
    expect(text).toContain('detectors/queue.yaml:');
  });
});

describe('services, detectors and routing', () => {
  it('have the defaults of the domain', async () => {
    const workspace = await load({});
    expect(workspace.services[1]).toEqual({
      id: 'ranking',
      title: 'ranking',
      owner: '',
      tier: 3,
      dependsOn: [],
      links: {},
    });
    expect(workspace.detectors[0]).toMatchObject({
      algorithm: 'zscore',
      window: 20,
      threshold: 3,
      persistence: { flagged: 3, of: 5 },
      rebaseAfter: 20,
      priority: 'P2',
      source: 'prom',
      definedAt: 'detectors/queue.yaml:2',
    });
    expect(workspace.routing.routes.P0.receivers).toContain('on_call_engineer');
    expect(workspace.sources[0]).toMatchObject({ kind: 'prometheus', pollEveryMs: 15_000 });
  });

  it('may depend on each other in a circle, but not on themselves', async () => {
    await load({
      'services.yaml':
        'services:\n  - { id: gateway, depends_on: [ranking] }\n  - { id: ranking, depends_on: [gateway] }\n',
    });
    await using folder = await workspaceFolder({
      'services.yaml': 'services:\n  - { id: gateway, depends_on: [gateway] }\n  - id: ranking\n',
    });
    expect(formatProblems((await loadWorkspace(folder.path, loadDeps())).problems)).toContain(
      'services.yaml:2:33 services[0].depends_on[0]: expected another service than itself',
    );
  });
});

describe('positions', () => {
  it('are those of the value, its key kept beside it', () => {
    const [document] = readYaml('# head\na:\n  - b: "x"\n    c: |\n      one\n        two\n').documents;
    const item = document?.located.parts.get('a')?.parts.get(0);
    expect(item).toMatchObject({ line: 3, column: 5 });
    expect(item?.parts.get('b')).toMatchObject({
      line: 3,
      column: 8,
      key: { line: 3, column: 5 },
      text: { line: 3, column: 9, block: false },
    });
    expect(item?.parts.get('c')?.text).toEqual({ line: 5, column: 7, block: true });
    expect(document?.value).toEqual({ a: [{ b: 'x', c: 'one\n  two\n' }] });
  });

  it('of an alias are where the alias stands', () => {
    const [document] = readYaml('a: &x { k: 1 }\nb: *x\n').documents;
    expect(document?.value).toEqual({ a: { k: 1 }, b: { k: 1 } });
    expect(document?.located.parts.get('b')).toMatchObject({ line: 2, column: 4 });
  });
});

describe('expressions', () => {
  it('that are only not evaluated here are right for a server that evaluates them', () => {
    const subquery = 'max_over_time(rate(x[5m])[1h:1m])';
    const local = checkPromql(subquery, 'exposition', 3);
    if (local) expect(local.code).toBe('unsupported');
    expect(checkPromql(subquery, 'prometheus', 3)).toBeUndefined();
    expect(checkPromql('sum(', 'prometheus', 3)?.code).toBe('parse');
    expect(checkPromql('sum(rate(x[5m]))', 'exposition', 3)).toBeUndefined();
  });
});

describe('problems', () => {
  const warning: Problem = {
    file: 'b.yaml',
    line: 2,
    column: 1,
    path: '',
    message: 'expected less',
    severity: 'warning',
  };
  const error: Problem = {
    file: 'a.yaml',
    line: 10,
    column: 3,
    path: 'x[0].y',
    message: 'expected more',
    severity: 'error',
  };
  const earlier: Problem = { ...error, line: 9 };

  it('are one line each, in the order of the files', () => {
    expect(formatProblems([warning, error, earlier])).toBe(
      'a.yaml:9:3 x[0].y: expected more\na.yaml:10:3 x[0].y: expected more\nb.yaml:2:1 warning: expected less',
    );
  });

  it('are plain data for programs, where a warning alone is no failure', () => {
    expect(JSON.parse(problemsToJson([warning]))).toEqual({ ok: true, problems: [warning], notLooked: [] });
    expect(JSON.parse(problemsToJson([warning, error]))).toMatchObject({ ok: false });
    expect(hasErrors([warning])).toBe(false);
  });

  it('quote keys that are no words', () => {
    expect(formatPath(['a', 0, 'b-c', 'midwatch.dev/x', 'd'])).toBe('a[0].b-c["midwatch.dev/x"].d');
  });
});
