import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../../shared/unit/time.ts';
import { type HttpTrap, openHttpTrap } from '../../support/http-trap.ts';
import { desk, requestOf } from '../../support/notifying.ts';

let trap: HttpTrap;
beforeEach(async () => {
  trap = await openHttpTrap();
});
afterEach(() => trap.close());

const HOSTILE = '<!channel> & "quotes" {{id}} \u202e$(reboot)';

async function telling(channel: object, secrets: Record<string, string> = {}) {
  const it = desk({ routing: { receivers: { on_call_engineer: [channel] } }, secrets });
  await it.notifier.start();
  return it;
}

describe('a signed webhook', () => {
  const channel = () => ({ kind: 'webhook', url: `${trap.url}/hook`, signing_secret: 'env:SIGNING' });

  it('carries a signature of its time and its bytes, made anew at each try', async () => {
    trap.answer = (response, count) => response.writeHead(count === 1 ? 503 : 204).end();
    const it = await telling(channel(), { 'env:SIGNING': 'top secret\n' });
    await it.notifier.enqueue([requestOf({ page: { title: HOSTILE } })]);
    await it.pass(0);
    await it.pass(SECOND_MS);
    expect(trap.caught).toHaveLength(2);
    const times = trap.caught.map(({ headers, text }) => {
      const time = String(headers['midwatch-timestamp']);
      const expected = createHmac('sha256', 'top secret').update(`${time}.${text}`).digest('hex');
      expect(headers['midwatch-signature']).toBe(`v1=${expected}`);
      return Number(time);
    });
    expect(times[0]).toBeLessThan(times[1] ?? 0);
    expect(times[1]).toBe(Math.floor(it.clock.now() / SECOND_MS));
  });

  it('is not sent unsigned where its secret is missing', async () => {
    const it = await telling(channel());
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(trap.caught).toEqual([]);
    expect(it.outcomes[0]?.delivery.problem).toContain('the signing secret could not be read');
  });
});

describe('Slack', () => {
  const secrets = () => ({ 'keychain:slack': `${trap.url}/services/T0/B0/abc` });
  const channel = { kind: 'slack', url: 'keychain:slack' };

  it('gets blocks of plain text: a label mentions nobody and builds no link', async () => {
    const it = await telling(channel, secrets());
    await it.notifier.enqueue([requestOf({ page: { title: HOSTILE, body: 'first\nsecond' } })]);
    await it.pass(0);
    const said = trap.json(0);
    expect(trap.caught[0]?.path).toBe('/services/T0/B0/abc');
    expect(said.text).toContain('&lt;!channel&gt; &amp; "quotes"');
    expect(said.text).not.toContain('<');
    expect(said.blocks).toMatchObject([
      { type: 'header', text: { type: 'plain_text' } },
      { type: 'section', text: { type: 'plain_text', text: 'first\nsecond' } },
      { type: 'context', elements: [{ type: 'plain_text', text: 'P0 · gateway · for on_call_engineer' }] },
    ]);
    expect(JSON.stringify(it.outcomes)).not.toContain('services/T0');
  });

  it('waits as long as it is told to', async () => {
    trap.answer = (response, count) =>
      count === 1
        ? response.writeHead(429, { 'retry-after': '20' }).end()
        : response.writeHead(200).end('ok');
    const it = await telling(channel, secrets());
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    await it.pass(19 * SECOND_MS);
    expect(trap.caught).toHaveLength(1);
    await it.pass(SECOND_MS);
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
  });

  it('stays within the lengths that blocks may have', async () => {
    const it = await telling(channel, secrets());
    await it.notifier.enqueue([requestOf({ page: { title: 'x'.repeat(900), body: 'y'.repeat(9_000) } })]);
    await it.pass(0);
    const blocks = trap.json(0).blocks as { text?: { text: string } }[];
    expect(blocks.map((one) => one.text?.text.length)).toEqual([150, 3_000, undefined]);
  });
});

describe('PagerDuty', () => {
  const channel = () => ({ kind: 'pagerduty', routing_key: 'env:PD', url: `${trap.url}/v2/enqueue` });
  const secrets = { 'env:PD': 'R0UT1NG' };

  it('gets trigger, acknowledge and resolve of one event under one key', async () => {
    const it = await telling(channel(), secrets);
    await it.notifier.enqueue([requestOf({ page: { priority: 'P1' } })]);
    await it.pass(0);
    await it.notifier.enqueue([requestOf({ page: { acknowledgedBy: 'anna' } })]);
    await it.pass(0);
    await it.notifier.enqueue([requestOf({ page: { resolved: true } })]);
    await it.pass(0);
    const events = [0, 1, 2].map((at) => trap.json(at));
    expect(events.map((one) => one.event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
    expect(new Set(events.map((one) => one.dedup_key))).toEqual(new Set(['midwatch/service=gateway']));
    expect(events[0]).toMatchObject({
      routing_key: 'R0UT1NG',
      payload: { severity: 'error', source: 'gateway', group: 'service=gateway' },
    });
    expect(JSON.stringify(await it.deliveries())).not.toContain('R0UT1NG');
  });

  it('is given up on where it refuses the event, with what it said', async () => {
    trap.answer = (response) => response.writeHead(400).end('{"status":"invalid event"}');
    const it = await telling(channel(), secrets);
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.outcomes[0]?.delivery.problem).toContain('invalid event');
    expect(trap.caught).toHaveLength(1);
  });

  it('takes a key of bounded length, however long the group is', async () => {
    const it = await telling(channel(), secrets);
    await it.notifier.enqueue([requestOf({ groupKey: `service=${'g'.repeat(400)}` })]);
    await it.pass(0);
    expect(String(trap.json(0).dedup_key)).toMatch(/^midwatch\/[0-9a-f]{64}$/);
  });
});

describe('JSON by a template', () => {
  const opsgenie = () => ({
    kind: 'json',
    url: `${trap.url}/v2/alerts`,
    headers: { Authorization: 'env:GENIE' },
    body: {
      message: '{{ title | 20 }}',
      alias: '{{dedup_key}}',
      description: '{{body}}',
      priority: '{{priority}}',
      tags: ['midwatch', '{{service}}'],
      details: { incident: '{{incident_id}}', count: 1 },
    },
    words: { priority: { P0: 'P1', P1: 'P2', P2: 'P3', P3: 'P5' } },
    acknowledge: {
      url: `${trap.url}/v2/alerts/{{dedup_key}}/acknowledge?identifierType=alias`,
      body: { user: '{{acknowledged_by}}' },
    },
    resolve: {
      url: `${trap.url}/v2/alerts/{{dedup_key}}/close?identifierType=alias`,
      body: { note: '{{title}}' },
    },
  });
  const secrets = { 'env:GENIE': 'GenieKey 123' };

  it('keeps the shape of the file whatever a label says, and calls things as the other side does', async () => {
    const it = await telling(opsgenie(), secrets);
    await it.notifier.enqueue([requestOf({ page: { title: HOSTILE, body: '","priority":"P9' } })]);
    await it.pass(0);
    expect(trap.caught[0]).toMatchObject({ method: 'POST', path: '/v2/alerts' });
    expect(trap.caught[0]?.headers.authorization).toBe('GenieKey 123');
    expect(trap.json(0)).toEqual({
      message: `${[...HOSTILE].slice(0, 19).join('')}…`,
      alias: 'midwatch/service=gateway',
      description: '","priority":"P9',
      priority: 'P1',
      tags: ['midwatch', 'gateway'],
      details: { incident: null, count: 1 },
    });
  });

  it('acknowledges and closes by requests of their own, with the key encoded in the address', async () => {
    const it = await telling(opsgenie(), secrets);
    await it.notifier.enqueue([requestOf({ page: { acknowledgedBy: 'anna/../b' } })]);
    await it.pass(0);
    await it.notifier.enqueue([requestOf({ groupKey: 'service=a/../../admin', page: { resolved: true } })]);
    await it.pass(0);
    expect(trap.caught.map((one) => one.path)).toEqual([
      '/v2/alerts/midwatch%2Fservice%3Dgateway/acknowledge?identifierType=alias',
      '/v2/alerts/midwatch%2Fservice%3Da%2F..%2F..%2Fadmin/close?identifierType=alias',
    ]);
    expect(trap.json(0)).toEqual({ user: 'anna/../b' });
  });

  it('without a request for it, hears of no acknowledgement', async () => {
    const { acknowledge: _acknowledge, ...plain } = opsgenie();
    const it = await telling(plain, secrets);
    expect(await it.notifier.enqueue([requestOf({ page: { acknowledgedBy: 'anna' } })])).toEqual([]);
  });
});

describe('a test of one channel', () => {
  it('goes there and nowhere else', async () => {
    const other = await openHttpTrap();
    const it = desk({
      routing: {
        receivers: {
          team_lead: [
            { kind: 'webhook', url: `${other.url}/a` },
            { kind: 'webhook', url: `${trap.url}/b` },
          ],
        },
      },
    });
    await it.notifier.start();
    expect(await it.notifier.sendTest('team_lead', 1)).toMatchObject({
      ok: true,
      value: [{ kind: 'webhook' }],
    });
    expect(trap.json(0).title).toBe('Test for team_lead');
    expect(other.caught).toEqual([]);
    expect(await it.notifier.sendTest('team_lead', 2)).toMatchObject({
      ok: false,
      error: expect.stringContaining('no channel 3'),
    });
    await other.close();
  });
});
