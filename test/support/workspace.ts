import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CheckExpression, type LoadDeps, readYaml } from '../../main/workspace/index.ts';

export const DEMO_WORKSPACE = new URL('../../assets/demo-workspace/', import.meta.url).pathname;

/** A small workspace that is right, for tests that break one thing. */
export const GOOD_FILES: Readonly<Record<string, string>> = {
  'midwatch.yaml': `name: shop
vars:
  fleet: http://127.0.0.1:9464
sources:
  - id: prom
    kind: prometheus
    url: \${vars.fleet}/prometheus
`,
  'services.yaml': `services:
  - id: gateway
    tier: 1
    depends_on: [ranking]
  - id: ranking
`,
  'slos/gateway.yaml': `apiVersion: openslo/v1
kind: SLO
metadata:
  name: gateway-availability
spec:
  service: gateway
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            spec: { query: 'requests_total{code=~"5.."}' }
        total:
          metricSource:
            spec: { query: requests_total }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
`,
  'alerts/queue.yaml': `groups:
  - name: queue
    rules:
      - alert: QueueLong
        expr: queue > 8
        for: 1m
        labels: { priority: P2, service: ranking }
`,
  'detectors/queue.yaml': `detectors:
  - id: queue
    service: ranking
    query: queue
`,
  'playbooks/degraded.yaml': `id: degraded
title: Degraded
services: [ranking]
objectives: [gateway-availability]
diagnosis_steps:
  - id: errors
    title: Errors?
    check: { query: errors, is: "> 0.5" }
    indicates: { cause: errors }
mitigation_actions:
  - id: roll-back
    title: Roll back
    confirm: ranking
    http:
      method: POST
      url: \${vars.fleet}/control/roll-back
      json: { service: ranking }
    timeout: 1m
`,
};

/** Finds \`!!\`, which is PromQL nowhere: enough of a parser to see that its positions arrive in the file. */
export const markedExpressions: CheckExpression = (expression) => {
  const from = expression.indexOf('!!');
  if (from === -1) return undefined;
  return { code: 'parse', message: 'unexpected "!!"', position: { from, to: from + 2 }, retryable: false };
};

export function loadDeps(change: Partial<LoadDeps> = {}): LoadDeps {
  return { readYaml, checkExpression: markedExpressions, policies: ['midwatch', 'fixed'], ...change };
}

export interface WorkspaceFolder extends AsyncDisposable {
  readonly path: string;
  write(name: string, text: string | Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A folder with the given files, by default the small workspace; null leaves one of them out. */
export async function workspaceFolder(
  files: Readonly<Record<string, string | null>> = {},
): Promise<WorkspaceFolder> {
  const path = await mkdtemp(join(tmpdir(), 'midwatch-workspace-'));
  const write = async (name: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  };
  for (const [name, text] of Object.entries({ ...GOOD_FILES, ...files }))
    if (text !== null) await write(name, text);
  return {
    path,
    write,
    remove: (name) => rm(join(path, name), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export async function copyOfDemo(): Promise<WorkspaceFolder> {
  const folder = await workspaceFolder(
    Object.fromEntries(Object.keys(GOOD_FILES).map((name) => [name, null])),
  );
  await cp(DEMO_WORKSPACE, folder.path, { recursive: true });
  return folder;
}
