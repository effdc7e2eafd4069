import { symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadWorkspace } from '../../../main/workspace/index.ts';
import { copyOfDemo, DEMO_WORKSPACE, loadDeps, workspaceFolder } from '../../support/workspace.ts';

describe("the demo's workspace", () => {
  it('is right as it is shipped', async () => {
    const { workspace, problems } = await loadWorkspace(DEMO_WORKSPACE, loadDeps());
    expect(problems).toEqual([]);
    expect(workspace?.objectives.find((one) => one.id === 'gateway-availability')).toMatchObject({
      target: 0.9999,
      periodMs: 28 * 86_400_000,
      kind: 'availability',
      source: 'fleet',
      policy: 'midwatch',
      indicator: {
        bad: 'http_requests_total{service="gateway",code=~"5.."}',
        total: 'http_requests_total{service="gateway"}',
      },
    });
    expect(workspace?.objectives.find((one) => one.id === 'ranking-latency')).toMatchObject({
      kind: 'latency',
      thresholdMs: 100,
    });
    expect(workspace?.playbooks.map((one) => one.id)).toEqual(['model-degraded', 'upstream-outage']);
  });

  it('asks the fleet where the start says that it listens', async () => {
    const overrides = { vars: { fleet: 'http://127.0.0.1:4711' } };
    const { workspace } = await loadWorkspace(DEMO_WORKSPACE, loadDeps({ overrides }));
    const [source] = workspace?.sources ?? [];
    expect(source?.kind === 'exposition' && source.targets.map((target) => target.url)).toContain(
      'http://127.0.0.1:4711/gateway/metrics',
    );
    expect(workspace?.vars).toEqual({ fleet: 'http://127.0.0.1:4711' });
  });

  it('asks every expression of a local source for what is evaluated locally', async () => {
    const asked = new Map<string, string>();
    await loadWorkspace(
      DEMO_WORKSPACE,
      loadDeps({
        checkExpression: (expression, kind) => {
          asked.set(expression, kind);
          return undefined;
        },
      }),
    );
    expect(new Set(asked.values())).toEqual(new Set(['exposition']));
    expect(asked.size).toBeGreaterThan(25);
  });

  it('says of each definition where it stands', async () => {
    await using folder = await copyOfDemo();
    const { workspace } = await loadWorkspace(folder.path, loadDeps());
    expect(workspace?.rules[0]).toMatchObject({
      id: 'embedding/GpuQueueLong',
      definedAt: 'alerts/embedding.yaml:5',
    });
    expect(workspace?.detectors[0]?.definedAt).toBe('detectors/ranking.yaml:3');
    expect(workspace?.objectives[0]?.definedAt).toMatch(/^slos\/embedding\.yaml:\d+$/);
  });
});

it('is the same workspace whatever way leads to it, and another one elsewhere', async () => {
  await using folder = await workspaceFolder();
  await using other = await workspaceFolder();
  const link = `${folder.path}-link`;
  await symlink(folder.path, link);
  const ids = [];
  for (const path of [folder.path, link, `${folder.path}/../${folder.path.split('/').at(-1)}`, other.path])
    ids.push((await loadWorkspace(path, loadDeps())).workspace?.id);
  expect(new Set(ids.slice(0, 3)).size).toBe(1);
  expect(ids[3]).not.toBe(ids[0]);
  expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
  await (await import('node:fs/promises')).rm(link);
});
