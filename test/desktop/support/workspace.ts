import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small workspace over one target: two rules that a gauge fires, and a playbook whose only step waits for the target. */
export interface TestWorkspace {
  readonly path: string;
  remove(): void;
}

export function writeWorkspace(address: string, auth = ''): TestWorkspace {
  const path = mkdtempSync(join(tmpdir(), 'midwatch-workspace-'));
  const write = (name: string, text: string) => {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  };
  write(
    'midwatch.yaml',
    `name: desk
group_wait: 0s
group_interval: 1s
sources:
  - id: desk
    kind: exposition
    poll_every: 1s
    targets: [{ id: shop, url: "${address}/metrics", labels: { instance: shop } }]
${auth}receivers:
  primary_team: [{ kind: desktop }]
  on_call_engineer: [{ kind: desktop }]
`,
  );
  write('services.yaml', 'services:\n  - { id: shop, title: Shop, owner: shop, tier: 1 }\n');
  write(
    'alerts/shop.yaml',
    `groups:\n  - name: shop\n    rules:\n${rule('QueueLong', 'queue', 'P1')}${rule('Down', 'down', 'P0')}`,
  );
  write(
    'playbooks/drain.yaml',
    `id: drain
title: Drain the queue
description: Lets the target work the queue off.
services: [shop]
mitigation_actions:
  - id: drain
    title: Drain
    http: { method: POST, url: "${address}/action", json: {} }
    confirm: shop
    expect: The queue is short.
    timeout: 1m
    verify: { query: "max(queue)", is: "< 1" }
`,
  );
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function rule(name: string, gauge: string, priority: string): string {
  return `      - alert: ${name}
        expr: max(${gauge}) > 8
        labels: { service: shop, priority: ${priority} }
        annotations: { summary: "The ${gauge} is <b>up</b>", description: "The ${gauge} is over 8." }
`;
}
