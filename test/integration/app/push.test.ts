import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSpanReader } from '../../../main/store/index.ts';
import type { SourceStatus } from '../../../shared/model/source.ts';
import { startTestCore, type TestCore } from '../../support/core.ts';

const TOKEN = 'a-token-that-nobody-guesses-01';
const MIDWATCH = `name: pushed
receive: { port: 0 }
sources:
  - { id: orders, kind: push, token: env:MIDWATCH_TEST_PUSH_TOKEN, expect_every: 1h, evaluate_every: 200ms }
`;
const RULES = `groups:
  - name: queue
    rules:
      - alert: QueueLong
        expr: queue_length > 100
        labels: { priority: P0, service: gateway }
        annotations: { summary: the queue is long }
`;

let folder = '';
let core: TestCore;
beforeAll(async () => {
  process.env.MIDWATCH_TEST_PUSH_TOKEN = TOKEN;
  folder = mkdtempSync(join(tmpdir(), 'midwatch-push-'));
  for (const name of ['alerts', 'slos']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'midwatch.yaml'), MIDWATCH);
  writeFileSync(join(folder, 'services.yaml'), 'services:\n  - { id: gateway, tier: 1 }\n');
  writeFileSync(join(folder, 'alerts', 'queue.yaml'), RULES);
  core = await startTestCore({ workspace: folder });
});
afterAll(async () => {
  await core.stop();
  rmSync(folder, { recursive: true, force: true });
});

function source(): SourceStatus | undefined {
  return core.app.hub.get('sources').find((one) => one.id === 'orders');
}

function send(path: string, body: unknown): Promise<Response> {
  return fetch(`${source()?.address}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function gauge(value: number) {
  const dataPoints = [{ timeUnixNano: `${Date.now()}000000`, asDouble: value }];
  return {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'queue_length', gauge: { dataPoints } }] }] }],
  };
}

const titles = () => core.app.hub.get('incidents').map((one) => one.title);

describe('a sender that pushes to the application', () => {
  it('raises an incident with the sample that crosses a threshold, without a poll', async () => {
    await expect.poll(() => source()?.address ?? '', { timeout: 15_000 }).toContain('http://127.0.0.1:');
    expect((await send('/v1/metrics', gauge(5))).status).toBe(200);
    await expect.poll(() => source()?.decisionDelay?.decisions ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(core.app.hub.get('incidents')).toEqual([]);
    expect((await send('/v1/metrics', gauge(500))).status).toBe(200);
    await expect.poll(titles, { timeout: 10_000 }).toHaveLength(1);
    await expect
      .poll(() => core.app.hub.get('alerts').find((one) => one.kind === 'rule'), { timeout: 10_000 })
      .toMatchObject({ phase: 'firing', service: 'gateway', priority: 'P0' });
    expect(source()).toMatchObject({ condition: 'ok', seriesCount: 1, problem: null });
    expect(source()?.decisionDelay?.freshness).toBe('real-time');
  });

  it('brings an alert of an Alertmanager, and its end', async () => {
    const message = (status: 'firing' | 'resolved') => ({
      version: '4',
      status,
      alerts: [
        {
          status,
          labels: { alertname: 'DiskFull', severity: 'critical', service: 'gateway' },
          annotations: { summary: 'the disk is full' },
          startsAt: new Date().toISOString(),
          endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
        },
      ],
    });
    const phase = () => core.app.hub.get('alerts').find((one) => one.kind === 'reported')?.phase;
    expect((await send('/alertmanager', message('firing'))).status).toBe(200);
    expect(phase()).toBe('firing');
    expect((await send('/alertmanager', message('resolved'))).status).toBe(200);
    await expect.poll(phase, { timeout: 10_000 }).toBe('resolved');
  });

  it('reports a deployment, which stands on the timeline of what is open', async () => {
    const answer = await send('/events', { service: 'gateway', from: 'v1', to: 'v2' });
    expect(answer.status).toBeLessThan(300);
    await expect
      .poll(() => core.app.hub.get('changes').map((one) => one.what), { timeout: 10_000 })
      .toContain('gateway v1 → v2');
  });

  it('sends the spans of a request, which are stored before it is answered', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const nanos = (beforeMs: number) => `${Date.now() - beforeMs}000000`;
    const span = (spanId: string, name: string, parentSpanId: string | undefined) => ({
      traceId,
      spanId,
      name,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      kind: 2,
      startTimeUnixNano: nanos(100),
      endTimeUnixNano: nanos(20),
      attributes: [{ key: 'request_id', value: { stringValue: 'r-1' } }],
    });
    const body = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'gateway' } }] },
          scopeSpans: [
            {
              spans: [
                span('b7ad6b7169203331', 'predict', undefined),
                span('b7ad6b7169203332', 'model_inference', 'b7ad6b7169203331'),
              ],
            },
          ],
        },
      ],
    };
    expect((await send('/v1/traces', body)).status).toBe(200);
    expect((await send('/v1/traces', body)).status).toBe(200);
    const reader = openSpanReader(join(core.app.dataFolder, 'traces.db'));
    const stored = reader.spansOf(traceId);
    reader.closeSpans();
    expect(stored.map((one) => [one.name, one.service, one.attributes.request_id])).toEqual([
      ['predict', 'gateway', 'r-1'],
      ['model_inference', 'gateway', 'r-1'],
    ]);
  });

  it('is gone from the receivers with its source', async () => {
    const address = source()?.address;
    writeFileSync(
      join(folder, 'midwatch.yaml'),
      MIDWATCH.replace('id: orders', 'id: other').replace(
        'env:MIDWATCH_TEST_PUSH_TOKEN',
        'env:MIDWATCH_TEST_NO_TOKEN',
      ),
    );
    await expect
      .poll(() => core.app.hub.get('sources').map((one) => `${one.id} ${one.condition}`), { timeout: 15_000 })
      .toEqual(['other unreachable']);
    const answer = await fetch(`${address}/v1/metrics`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(answer.status).toBe(401);
  });
});
