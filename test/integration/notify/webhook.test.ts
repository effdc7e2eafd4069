import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpPoster } from '../../../main/notify/http-post.ts';
import { countingIds, systemClock } from '../../../main/platform/index.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { desk, requestOf } from '../../support/notifying.ts';
import { startWebhookServer, type WebhookServer } from '../../support/webhook-server.ts';

let server: WebhookServer;
beforeEach(async () => {
  server = await startWebhookServer();
});
afterEach(() => server.close());

const routingTo = (url: string, more: object = {}) => ({
  receivers: { on_call_engineer: [{ kind: 'webhook', url, ...more }] },
});

async function started(url = server.url, more: object = {}, secrets: Record<string, string> = {}) {
  const it = desk({ routing: routingTo(url, more), secrets });
  await it.notifier.start();
  return it;
}

describe('a webhook', () => {
  it('gets the page as JSON with an idempotency key and its secret header', async () => {
    const it = await started(
      server.url,
      { headers: { Authorization: 'env:TOKEN' } },
      { 'env:TOKEN': 'Bearer abc\n' },
    );
    const [made] = await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers).toMatchObject({
      'idempotency-key': made?.id,
      'content-type': 'application/json',
      authorization: 'Bearer abc',
    });
    expect(server.received[0]?.body).toMatchObject({
      id: made?.id,
      receiver: 'on_call_engineer',
      title: 'P0: gateway, availability burns',
      priority: 'P0',
      groupKey: 'service=gateway',
      resolved: false,
      alertIds: ['alert-1'],
    });
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
  });

  it('is tried again on 500, 429 and a reset connection with the same key, until it answers', async () => {
    server.answer = (response, count) => {
      if (count === 1) response.writeHead(500).end('database is down');
      else if (count === 2) response.writeHead(429, { 'retry-after': '30' }).end();
      else if (count === 3) response.destroy();
      else response.writeHead(200).end('ok');
    };
    const it = await started();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.notifier.problem()).toContain('answered 500: database is down');
    await it.pass(SECOND_MS);
    expect(server.received).toHaveLength(2);
    await it.pass(29 * SECOND_MS);
    expect(server.received).toHaveLength(2);
    await it.pass(SECOND_MS);
    expect(server.received).toHaveLength(3);
    expect(it.notifier.problem()).toContain('could not be reached');
    await it.pass(MINUTE_MS);
    expect(it.outcomes).toMatchObject([{ outcome: 'sent', delivery: { attempts: 4 } }]);
    expect(new Set(server.received.map((one) => one.headers['idempotency-key'])).size).toBe(1);
  });

  it('is not tried again on 400, and the answer is kept as the reason', async () => {
    server.answer = (response) => response.writeHead(400).end('no such channel');
    const it = await started();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    await it.pass(10 * MINUTE_MS);
    expect(server.received).toHaveLength(1);
    expect(it.outcomes[0]?.delivery).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('answered 400: no such channel'),
    });
  });

  it('is given up on and tried again where it does not answer in time', async () => {
    server.answer = () => undefined;
    const it = await started(server.url, { timeout: '2s' });
    await it.notifier.enqueue([requestOf()]);
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await it.pass(2 * SECOND_MS);
    expect(it.notifier.problem()).toContain('did not answer within 2000 ms');
    server.answer = (response) => response.writeHead(204).end();
    await it.pass(SECOND_MS);
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
  });

  it('does not read an endless answer to its end', async () => {
    server.answer = (response) => {
      response.writeHead(400);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const it = await started();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.outcomes[0]?.delivery.problem?.length).toBeLessThan(300);
  });

  it('says what happened where nobody listens', async () => {
    await server.close();
    const it = await started();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.notifier.problem()).toMatch(/could not be reached: .*ECONNREFUSED/);
    server = await startWebhookServer();
  });

  it('says which secret is missing instead of sending without it', async () => {
    const it = await started('env:HOOK');
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.outcomes[0]?.delivery.problem).toBe(
      'the address env:HOOK could not be read: env:HOOK is not set',
    );
  });
});

describe('a redirect', () => {
  it('is followed with the page, but without the secret where it leads to another origin', async () => {
    const other = await startWebhookServer();
    server.answer = (response) => response.writeHead(307, { location: other.url }).end();
    const it = await started(
      server.url,
      { headers: { Authorization: 'env:TOKEN' } },
      { 'env:TOKEN': 'Bearer abc' },
    );
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(other.received[0]?.body).toMatchObject({ priority: 'P0' });
    expect(other.received[0]?.headers.authorization).toBeUndefined();
    await other.close();
  });

  it('to a link-local or metadata address is refused, and so is one that never ends or leaves HTTP', async () => {
    const cases: [location: string, problem: string][] = [
      ['http://169.254.169.254/latest/meta-data', 'nothing is ever sent there'],
      ['http://[fe80::1]/', 'nothing is ever sent there'],
      ['http://0xA9FEA9FE/', 'nothing is ever sent there'],
      [server.url, 'redirects more than 3 times'],
      ['file:///etc/passwd', 'which is not followed'],
      ['', 'redirects'],
    ];
    for (const [location, problem] of cases) {
      server.answer = (response) => response.writeHead(308, { location }).end();
      const it = await started();
      await it.notifier.enqueue([requestOf()]);
      await it.pass(0);
      expect(it.outcomes[0]?.delivery.state, location).toBe('failed');
      expect(it.outcomes[0]?.delivery.problem, location).toContain(problem);
    }
  });
});

describe('a name that resolves to a link-local address', () => {
  it('is refused at the connection', async () => {
    const reached: string[] = [];
    const trap: Server = createServer(() => reached.push('reached'));
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const poster = createHttpPoster({
      clock: systemClock(),
      resolve: (_name, _options, callback) => callback(null, [{ address: '169.254.169.254', family: 4 }]),
    });
    const posting = {
      url: new URL(`http://hooks.example:${(trap.address() as AddressInfo).port}/`),
      method: 'POST',
      secretHeaders: {},
      headers: {},
      body: '{}',
      timeoutMs: 5_000,
    } as const;
    expect(await poster.send(posting)).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('nothing is ever sent there'),
    });
    expect(reached).toEqual([]);
    await poster.close();
    await new Promise((resolve) => trap.close(resolve));
  });
});

describe('several pages of one group', () => {
  it('arrive at a webhook in their order: over never overtakes fires', async () => {
    server.answer = (response, count) => response.writeHead(count === 1 ? 503 : 204).end();
    const it = desk({ routing: routingTo(server.url), ids: countingIds('order') });
    await it.notifier.start();
    await it.notifier.enqueue([requestOf({ page: { title: 'fires' } })]);
    await it.pass(0);
    await it.notifier.enqueue([requestOf({ page: { title: 'over', resolved: true } })]);
    await it.pass(0);
    expect(server.received.map((one) => one.body.title)).toEqual(['fires']);
    await it.pass(SECOND_MS);
    expect(server.received.map((one) => one.body.title)).toEqual(['fires', 'fires', 'over']);
  });
});
