import { afterEach, describe, expect, it } from 'vitest';
import { createAlertmanagerSource } from '../../../main/source/index.ts';
import { SourceConfig } from '../../../shared/config/source.ts';
import { type Answer, startServer, type TestServer } from '../../support/http-server.ts';
import { sourceDeps } from '../../support/source.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function ask(answer: Answer, path = '') {
  const server = await startServer(answer);
  servers.push(server);
  const config = SourceConfig.parse({
    kind: 'alertmanager',
    id: 'am',
    url: `${server.url}${path}`,
    timeout: '2s',
  });
  if (config.kind !== 'alertmanager') throw new Error('not an Alertmanager');
  const source = createAlertmanagerSource(config, sourceDeps());
  const alerts = await source.alerts();
  await source.close();
  return { alerts, state: source.state(), heard: server.heard };
}

function json(value: unknown): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
}

function gettable(change: object = {}) {
  return {
    labels: { alertname: 'DiskFull', severity: 'critical' },
    annotations: { summary: 'full' },
    startsAt: '2026-05-04T10:00:00.000Z',
    endsAt: '2026-05-04T10:05:00.000Z',
    updatedAt: '2026-05-04T10:00:00.000Z',
    fingerprint: 'abc',
    generatorURL: 'http://prometheus/graph',
    receivers: [{ name: 'team' }],
    status: { state: 'active', silencedBy: [], inhibitedBy: [] },
    ...change,
  };
}

describe('an Alertmanager', () => {
  it('is asked behind whatever prefix its address has', async () => {
    const { heard } = await ask(json([]), '/am/');
    expect(heard[0]?.url).toBe('/am/api/v2/alerts');
  });

  it('gives its alerts, and none that has an end while it fires', async () => {
    const { alerts, state } = await ask(json([gettable()]));
    expect(alerts).toEqual({
      ok: true,
      value: [
        {
          labels: { alertname: 'DiskFull', severity: 'critical' },
          annotations: { summary: 'full' },
          status: 'firing',
          startsAt: Date.UTC(2026, 4, 4, 10),
          endsAt: null,
          generatorUrl: 'http://prometheus/graph',
          suppressedBy: null,
        },
      ],
    });
    expect(state.condition).toBe('ok');
  });

  it.each([
    [{ state: 'suppressed', silencedBy: ['1'], inhibitedBy: [] }, 'silenced'],
    [{ state: 'suppressed', silencedBy: [], inhibitedBy: ['2'] }, 'inhibited'],
    [{ state: 'unprocessed' }, 'not active yet'],
  ])('says of %j that it is %s', async (status, how) => {
    const { alerts } = await ask(json([gettable({ status })]));
    expect(alerts.ok && alerts.value[0]?.suppressedBy).toBe(how);
  });

  it.each([
    ['no JSON', ((_q, r) => void r.end('<html>')) as Answer, 'something that is no JSON'],
    ['an object', json({ alerts: [] }), 'no list of alerts'],
    ['an alert without a start', json([gettable({ startsAt: 'soon' })]), '0.startsAt is not a time'],
    ['an alert whose labels are no texts', json([gettable({ labels: { a: 1 } })]), '0.labels.a'],
    ['too many alerts', json(Array.from({ length: 10_001 }, () => 1)), '10001 alerts, over the limit'],
    [
      'too many labels',
      json([gettable({ labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, 'x'])) })]),
      'over 64 entries',
    ],
    [
      'a label of a megabyte',
      json([gettable({ labels: { a: 'x'.repeat(2 ** 20) } })]),
      'over 4096 characters',
    ],
  ])('that answers with %s is not taken at its word at all', async (_what, answer, problem) => {
    const { alerts, state } = await ask(answer);
    expect(alerts.ok).toBe(false);
    expect(!alerts.ok && alerts.error.problem).toContain(problem);
    expect(state.condition).toBe('wrong-answer');
  });

  it('that asks for a password is unauthorised', async () => {
    const { alerts } = await ask((_q, response) => {
      response.writeHead(401);
      response.end();
    });
    expect(!alerts.ok && alerts.error.condition).toBe('unauthorised');
  });
});

describe('silences of an Alertmanager', () => {
  it('are taken whatever their label names are, and put there as they were', async () => {
    const matcher = { name: 'service.name é', value: 'a"b', isRegex: false, isEqual: false };
    const theirs = {
      id: 'r1',
      matchers: [matcher, { name: 'service', value: 'shop', isRegex: false, isEqual: true }],
      startsAt: '2026-01-14T10:00:00Z',
      endsAt: '2026-01-14T11:00:00Z',
      updatedAt: '2026-01-14T10:00:00Z',
      createdBy: 'bob',
      comment: 'planned',
      status: { state: 'active' },
    };
    const server = await startServer(json([theirs]));
    servers.push(server);
    const config = SourceConfig.parse({ kind: 'alertmanager', id: 'am', url: server.url, timeout: '2s' });
    if (config.kind !== 'alertmanager') throw new Error('not an Alertmanager');
    const source = createAlertmanagerSource(config, sourceDeps());
    const found = await source.silences();
    if (!found.ok || !found.value[0]) throw new Error('no silence was read');
    const [silence] = found.value;
    expect(silence.matchers).toEqual([
      { name: 'service.name é', op: '!=', value: 'a"b' },
      { name: 'service', op: '=', value: 'shop' },
    ]);
    await source.order({ kind: 'put', id: null, silence });
    expect(JSON.parse(server.heard.at(-1)?.body ?? '').matchers).toEqual(theirs.matchers);
    await source.close();
  });
});
