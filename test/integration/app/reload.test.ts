import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWindowClient, type WindowClient } from '../../../main/host/node/index.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import { startTestCore, type TestCore } from '../../support/core.ts';
import { type SignalServer, signalServer } from '../../support/signal-server.ts';
import { type WorkspaceFolder, workspaceFolder } from '../../support/workspace.ts';

const RULES = (expression: string, name = 'QueueLong') => `groups:
  - name: queue
    rules:
      - alert: ${name}
        expr: ${expression}
        labels: { priority: P1, service: ranking }
`;

let server: SignalServer;
let folder: WorkspaceFolder;
let core: TestCore;
let client: WindowClient;

function midwatchYaml(name = 'shop', extra = ''): string {
  return `name: ${name}
sources:
  - id: prom
    kind: exposition
    poll_every: 1s
    targets: [{ id: one, url: "${server.address}/metrics" }]
${extra}`;
}

beforeAll(async () => {
  server = await signalServer({ queue: 3 });
  folder = await workspaceFolder({
    'midwatch.yaml': midwatchYaml(),
    'slos/gateway.yaml': null,
    'playbooks/degraded.yaml': null,
    'alerts/queue.yaml': RULES('queue > 8'),
  });
  core = await startTestCore({ workspace: folder.path });
  client = await createWindowClient(core.server, silentLogger(), () => undefined);
}, 60_000);
afterAll(async () => {
  await client?.close();
  await core?.stop();
  await folder?.[Symbol.asyncDispose]();
  await server?.close();
});

const health = () => core.app.hub.get('health')[0];
const firing = () =>
  core.app.hub
    .get('alerts')
    .filter((alert) => alert.phase === 'firing' && alert.ruleId === 'queue/QueueLong');

describe('a workspace that changes under a running core', () => {
  it('is watched as it was written first', async () => {
    await client.until('sources', 15_000, 'the target was never scraped', (one) => one.condition === 'ok');
    expect((await client.call.system.hello()).workspace).toBe('shop');
    expect(firing()).toEqual([]);
  });

  it('takes a new name and a lower threshold over, and the alert fires with its new reason', async () => {
    await folder.write('midwatch.yaml', midwatchYaml('shop-two'));
    await folder.write('alerts/queue.yaml', RULES('queue > 2'));
    const alert = await client.until(
      'alerts',
      20_000,
      'the alert did not fire',
      (one) => one.phase === 'firing' && one.kind !== 'source',
    );
    expect(alert).toMatchObject({ priority: 'P1', service: 'ranking', definedAt: 'alerts/queue.yaml:4' });
    expect((await client.call.system.hello()).workspace).toBe('shop-two');
    const incident = await client.until('incidents', 10_000, 'no incident was opened', (one) =>
      one.alertIds.includes(alert.id),
    );
    expect(incident.severity).toBe('SEV-2');
  });

  it('goes on as it was while there is a mistake, says the mistake, and is silent once it is mended', async () => {
    await folder.write('alerts/queue.yaml', 'groups: [');
    await expect
      .poll(() => health()?.workspace.problems.join('\n') ?? '', { timeout: 15_000 })
      .toContain('alerts/queue.yaml');
    expect(firing()).toHaveLength(1);
    await folder.write('alerts/queue.yaml', RULES('queue > 2'));
    await expect.poll(() => health()?.workspace.problems, { timeout: 15_000 }).toEqual([]);
    expect(firing()).toHaveLength(1);
  });

  it('closes the alert of a rule that is gone as such, and keeps its incident', async () => {
    const [before] = firing();
    await folder.write('alerts/queue.yaml', RULES('queue > 100', 'AnotherName'));
    await client.until(
      'alerts',
      20_000,
      'the alert stayed',
      (one) => one.id === before?.id && one.phase !== 'firing',
    );
    const verdicts = await client.call.alert.why({ alertId: before?.id ?? '', limit: 50 });
    expect(verdicts.map((one) => one.reason).join('\n')).toMatch(/rule.*(removed|gone)|removed/i);
    expect(core.app.hub.get('incidents')).toHaveLength(1);
  });

  it('shows a new service, and takes it away again', async () => {
    await folder.write(
      'services.yaml',
      'services:\n  - { id: gateway, tier: 1 }\n  - { id: ranking }\n  - { id: search, title: Search }\n',
    );
    await client.until('services', 15_000, 'the service did not come', (one) => one.id === 'search');
    await folder.write('services.yaml', 'services:\n  - { id: gateway, tier: 1 }\n  - { id: ranking }\n');
    await expect
      .poll(() => core.app.hub.get('services').map((one) => one.id), { timeout: 15_000 })
      .toEqual(['gateway', 'ranking']);
  });

  it('forgets a detector that is not configured any more', async () => {
    await expect.poll(() => core.app.hub.get('detectors').length, { timeout: 15_000 }).toBe(1);
    await folder.remove('detectors');
    await expect.poll(() => core.app.hub.get('detectors'), { timeout: 15_000 }).toEqual([]);
  });

  it('ends a source that is gone and begins one that is new', async () => {
    await folder.write('midwatch.yaml', midwatchYaml('shop-two').replace('id: prom', 'id: other'));
    const other = await client.until(
      'sources',
      15_000,
      'the new source did not answer',
      (one) => one.id === 'other' && one.condition === 'ok',
    );
    expect(other.problem).toBeNull();
    expect(core.app.hub.get('sources').map((one) => one.id)).toEqual(['other']);
    await expect(client.call.source.tryNow({ sourceId: 'prom' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('that is gone altogether leaves the last good configuration running, and says so', async () => {
    await folder.remove('midwatch.yaml');
    await expect
      .poll(() => health()?.workspace.problems.join('\n') ?? '', { timeout: 15_000 })
      .toContain('midwatch.yaml');
    expect(core.app.hub.get('sources')[0]).toMatchObject({ id: 'other', condition: 'ok' });
  });
});
