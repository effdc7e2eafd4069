import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../main/platform/index.ts';
import { openAnswer, type PrometheusSource, type SourceDeps } from '../../../main/source/index.ts';
import { type Answer, sendJson, sendOne, startServer, type TestServer } from '../../support/http-server.ts';
import { openSource, secretsOf } from '../../support/source.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function serve(answer: Answer): Promise<TestServer> {
  const server = await startServer(answer);
  opened.push(server);
  return server;
}

function open(url: string, more: object = {}, deps: Partial<SourceDeps> = {}): PrometheusSource {
  const source = openSource(url, more, deps);
  opened.push(source);
  return source;
}

async function listen(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const vector = (result: unknown[] = []) => ({ status: 'success', data: { resultType: 'vector', result } });

describe('a query', () => {
  it('goes out as a form below the configured path, and comes back as samples', async () => {
    const server = await serve((_heard, response) =>
      sendJson(response, vector([{ metric: { job: 'a' }, value: [1_700_000_000.5, '2.5'] }])),
    );
    const source = open(`${server.url}/prom/?tenant=7`);
    const answer = await source.instant('sum(rate(x[5m]))', 1_700_000_000_500);
    expect(answer).toEqual({
      ok: true,
      value: { kind: 'vector', samples: [{ labels: { job: 'a' }, at: 1_700_000_000_500, value: 2.5 }] },
    });
    const [heard] = server.heard;
    expect(heard).toMatchObject({ method: 'POST', url: '/prom/api/v1/query?tenant=7' });
    expect(Object.fromEntries(new URLSearchParams(heard?.body))).toEqual({
      query: 'sum(rate(x[5m]))',
      time: '1700000000.500',
      timeout: '1800ms',
    });
    expect(source.state()).toMatchObject({ condition: 'ok' });
  });

  it('asks by address from then on where a form is not allowed', async () => {
    const server = await serve((heard, response) =>
      heard.method === 'POST' ? sendJson(response, {}, 405) : sendOne(response),
    );
    const source = open(server.url);
    expect((await source.probe()).ok).toBe(true);
    expect((await source.probe()).ok).toBe(true);
    expect(server.heard.map((one) => one.method)).toEqual(['POST', 'GET', 'GET']);
    expect(server.heard[1]?.url).toContain('query=vector%281%29');
  });

  it('asks a long range in parts of 11 000 points and joins them', async () => {
    const server = await serve((heard, response) => {
      const form = new URLSearchParams(heard.body);
      const [start, end] = [Number(form.get('start')), Number(form.get('end'))];
      const values = [[start, '1'], ...(end > start ? [[end, '2']] : [])];
      sendJson(response, {
        status: 'success',
        data: { resultType: 'matrix', result: [{ metric: {}, values }] },
      });
    });
    const source = open(server.url);
    const answer = await source.range('x', { fromAt: 0, toAt: 25_000_000, stepMs: 1000 });
    expect(server.heard.map((one) => new URLSearchParams(one.body).get('start'))).toEqual([
      '0.000',
      '11000.000',
      '22000.000',
    ]);
    if (!answer.ok) throw new Error(answer.error.message);
    expect([...(answer.value[0]?.times ?? [])]).toEqual([
      0, 10_999_000, 11_000_000, 21_999_000, 22_000_000, 25_000_000,
    ]);
  });

  it('is refused before it is sent where the range makes no sense or is endless', async () => {
    const source = open('http://127.0.0.1:1');
    expect(await source.range('x', { fromAt: 0, toAt: 1, stepMs: 0 })).toMatchObject({
      error: { code: 'execution' },
    });
    expect(await source.range('x', { fromAt: 0, toAt: 1e12, stepMs: 1 })).toMatchObject({
      error: { code: 'limit' },
    });
    expect(source.tally().asked).toBe(0);
  });

  it('that the server refuses says so and leaves the source well', async () => {
    const server = await serve((_heard, response) =>
      sendJson(
        response,
        { status: 'error', errorType: 'bad_data', error: '1:5: parse error: unexpected' },
        400,
      ),
    );
    const source = open(server.url);
    expect(await source.instant('sum(', 0)).toMatchObject({
      ok: false,
      error: { code: 'parse', retryable: false, position: { from: 4, to: 4 } },
    });
    expect(source.state().condition).toBe('ok');
  });

  it('is never more than so many at one time', async () => {
    let now = 0;
    let most = 0;
    const server = await serve(async (_heard, response) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      sendJson(response, vector());
    });
    const source = open(server.url, { concurrency: 3 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => source.instant('x', 0)));
    expect(answers.every((one) => one.ok)).toBe(true);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('can be cancelled, and given less time, without harm to the source', async () => {
    const server = await serve(() => undefined);
    const source = open(server.url);
    const controller = new AbortController();
    const cancelled = source.instant('x', 0, { signal: controller.signal });
    controller.abort();
    expect(await cancelled).toMatchObject({ error: { code: 'cancelled' } });
    expect(await source.instant('x', 0, { timeoutMs: 30 })).toMatchObject({ error: { code: 'timeout' } });
    expect(source.state().condition).toBe('starting');
  });
});

describe('credentials', () => {
  const guarded =
    (wanted: string): Answer =>
    (heard, response) =>
      heard.headers.authorization === wanted ? sendOne(response) : sendJson(response, {}, 401);
  const basic = `Basic ${Buffer.from('me:right').toString('base64')}`;

  it('basic, bearer and custom headers reach the server', async () => {
    const server = await serve((heard, response) =>
      [basic, 'Bearer t0ken'].includes(heard.headers.authorization ?? '') &&
      heard.headers['x-scope-orgid'] === 'a'
        ? sendOne(response)
        : sendJson(response, {}, 403),
    );
    const deps = { readSecret: secretsOf({ 'env:P': 'right', 'env:T': 't0ken' }) };
    const headers = { 'X-Scope-OrgID': 'a' };
    const one = open(
      server.url,
      { headers, auth: { kind: 'basic', username: 'me', password: 'env:P' } },
      deps,
    );
    const two = open(server.url, { headers, auth: { kind: 'bearer', token: 'env:T' } }, deps);
    expect((await one.probe()).ok).toBe(true);
    expect((await two.probe()).ok).toBe(true);
  });

  it('a wrong password is unauthorised, says what to do, and never shows the password', async () => {
    const server = await serve(guarded(basic));
    const source = open(
      server.url,
      { auth: { kind: 'basic', username: 'me', password: 'env:P' } },
      { readSecret: secretsOf({ 'env:P': 'hunter2' }) },
    );
    const answer = await source.probe();
    expect(answer).toMatchObject({ ok: false, error: { code: 'unauthorised' } });
    expect(source.state().condition).toBe('unauthorised');
    expect(JSON.stringify([answer, source.state()])).not.toContain('hunter2');
    expect(JSON.stringify(answer)).toMatch(/Nothing that rests on it is watched.*Check auth/);
  });

  it('a rotated password is read anew at the next try', async () => {
    const server = await serve(guarded(basic));
    let password = 'old';
    const source = open(
      server.url,
      { auth: { kind: 'basic', username: 'me', password: 'env:P' } },
      { readSecret: async () => ({ ok: true, value: password }) },
    );
    expect((await source.probe()).ok).toBe(false);
    password = 'right';
    source.tryNow();
    expect((await source.probe()).ok).toBe(true);
    expect(source.state().condition).toBe('ok');
  });

  it('a secret that is not there is unauthorised, and nothing is sent', async () => {
    const server = await serve((_heard, response) => sendOne(response));
    const source = open(server.url, { auth: { kind: 'bearer', token: 'env:NOPE' } });
    expect(await source.probe()).toMatchObject({ error: { code: 'unauthorised' } });
    expect(source.state()).toMatchObject({
      failure: { problem: expect.stringContaining('env:NOPE is not set') },
    });
    expect(server.heard).toHaveLength(0);
  });
});

describe('a server that does not answer as it should', () => {
  const condition = async (answer: Answer, more: object = {}) => {
    const server = await serve(answer);
    const source = open(server.url, more);
    const result = await source.probe();
    const state = source.state();
    return {
      condition: state.condition,
      code: result.ok ? 'ok' : result.error.code,
      problem: result.ok ? '' : result.error.message,
    };
  };

  it('HTML with 200 is a wrong answer that names the page', async () => {
    const said = await condition((_heard, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html><title>Sign in to Grafana</title></html>');
    });
    expect(said).toMatchObject({ condition: 'wrong-answer', code: 'wrong-answer' });
    expect(said.problem).toContain('“Sign in to Grafana”');
  });

  it('JSON that breaks off is a wrong answer', async () => {
    const said = await condition((_heard, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"status":"success","data":{"resultType":"vec');
    });
    expect(said.condition).toBe('wrong-answer');
    expect(said.problem).toContain('breaks off');
  });

  it.each([
    [{ status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '2'] }] } }],
    [{ status: 'success', data: { resultType: 'vector', result: 'x' } }],
    [{ status: 'success', data: null }],
    [{ ok: true }],
  ])('%j to vector(1) is a wrong answer', async (body) => {
    expect((await condition((_heard, response) => sendJson(response, body))).condition).toBe('wrong-answer');
  });

  it('404 is a wrong answer, 500 and 503 are unreachable', async () => {
    const status = (code: number) => condition((_heard, response) => sendJson(response, { a: 1 }, code));
    expect((await status(404)).condition).toBe('wrong-answer');
    expect((await status(500)).condition).toBe('unreachable');
    expect((await status(503)).condition).toBe('unreachable');
  });

  it('no answer within the time is unreachable', async () => {
    const said = await condition(() => undefined, { timeout: '100ms' });
    expect(said).toMatchObject({ condition: 'unreachable', code: 'timeout' });
    expect(said.problem).toContain('within 100 ms');
  });

  it('a slow drip does not hold the poll beyond its time', async () => {
    const said = await condition(
      (_heard, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(drip));
      },
      { timeout: '150ms' },
    );
    expect(said).toMatchObject({ condition: 'unreachable', code: 'timeout' });
  });

  it('a gzip bomb is let go at the cap, and to vector(1) it is a wrong answer', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const said = await condition((_heard, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    expect(said).toMatchObject({ condition: 'wrong-answer', code: 'wrong-answer' });
    expect(said.problem).toContain('cap of 32 MiB');
  });

  it('a body over the cap is not read to its end', async () => {
    let written = 0;
    const said = await condition((_heard, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const block = Buffer.alloc(1024 * 1024, 32);
      const write = () => {
        while (!response.destroyed && written < 200) {
          written += 1;
          if (!response.write(block)) {
            response.once('drain', write);
            return;
          }
        }
      };
      write();
    });
    expect(said.code).toBe('wrong-answer');
    expect(written).toBeLessThan(100);
  });

  it('a connection that is reset, refused, or leads nowhere is unreachable', async () => {
    const reset = open(await listen((socket) => socket.resetAndDestroy()));
    const nothing = open('http://127.0.0.1:1');
    const nowhere = open('http://no-such-host.invalid');
    for (const source of [reset, nothing, nowhere]) {
      expect(await source.probe()).toMatchObject({ ok: false, error: { code: 'unreachable' } });
      expect(source.state().condition).toBe('unreachable');
    }
    expect(nowhere.state()).toMatchObject({ failure: { problem: expect.stringContaining('host name') } });
  });

  it('something that speaks no HTTP is a wrong answer', async () => {
    const source = open(await listen((socket) => socket.end('220 ftp ready\r\n')));
    expect(await source.probe()).toMatchObject({
      ok: false,
      error: { code: 'wrong-answer', message: expect.stringContaining('is not HTTP') },
    });
  });
});

describe('back-off', () => {
  it('answers at once with the stored reason, honours Retry-After, and recovers', async () => {
    let busy = true;
    const server = await serve((_heard, response) => {
      if (!busy) return sendOne(response);
      response.writeHead(429, { 'retry-after': '7' });
      response.end();
    });
    const clock = new VirtualClock(1_000_000);
    const source = open(server.url, {}, { clock });
    const first = await source.probe();
    expect(first).toMatchObject({ error: { code: 'unreachable' } });
    expect(source.state()).toMatchObject({ condition: 'unreachable', nextTryAt: 1_007_000 });
    expect(await source.instant('x', 0)).toEqual(first);
    clock.jump(6_999);
    await source.probe();
    expect(server.heard).toHaveLength(1);
    busy = false;
    clock.jump(1);
    expect((await source.probe()).ok).toBe(true);
    expect(source.state()).toMatchObject({ condition: 'ok', sinceAt: 1_007_000 });
  });
});

describe('a redirect', () => {
  it('is followed with its form on the same host, credentials and all', async () => {
    const server = await serve((heard, response) => {
      if (heard.url.startsWith('/real')) return sendOne(response);
      response.writeHead(308, { location: `/real${heard.url}` });
      response.end();
    });
    const source = open(
      server.url,
      { auth: { kind: 'bearer', token: 'env:T' } },
      { readSecret: secretsOf({ 'env:T': 't' }) },
    );
    expect((await source.probe()).ok).toBe(true);
    expect(server.heard[1]).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer t' } });
    expect(server.heard[1]?.body).toContain('vector');
  });

  it('to another host leaves the credentials behind, also on the way back', async () => {
    const home = await serve((heard, response) => {
      if (heard.url.startsWith('/back')) return sendOne(response);
      response.writeHead(307, { location: `${other.url}/away` });
      response.end();
    });
    const other = await serve((_heard, response) => {
      response.writeHead(307, { location: `${home.url}/back` });
      response.end();
    });
    const source = open(
      home.url,
      { auth: { kind: 'bearer', token: 'env:T' }, headers: { 'X-Api-Key': 'env:T' } },
      { readSecret: secretsOf({ 'env:T': 't' }) },
    );
    expect((await source.probe()).ok).toBe(true);
    expect(home.heard[0]?.headers.authorization).toBe('Bearer t');
    for (const heard of [other.heard[0], home.heard[1]]) {
      expect(heard?.headers.authorization).toBeUndefined();
      expect(heard?.headers['x-api-key']).toBeUndefined();
    }
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'link-local or metadata'],
    ['http://[::ffff:169.254.169.254]/', 'link-local or metadata'],
    ['http://metadata.google.internal/', 'link-local or metadata'],
    ['file:///etc/passwd', 'neither http nor https'],
    ['http://', 'no address'],
  ])('to %s is never followed', async (location, why) => {
    const server = await serve((_heard, response) => {
      response.writeHead(302, { location });
      response.end();
    });
    const source = open(server.url);
    expect(await source.probe()).toMatchObject({
      error: { code: 'wrong-answer', message: expect.stringContaining(why) },
    });
  });

  it('is followed three times and no more', async () => {
    const server = await serve((_heard, response) => {
      response.writeHead(302, { location: '/again' });
      response.end();
    });
    const source = open(server.url);
    expect(await source.probe()).toMatchObject({ error: { code: 'wrong-answer' } });
    expect(server.heard).toHaveLength(4);
  });
});

describe('an answer of many megabytes', () => {
  const large: Answer = (_heard, response) => {
    const values = Array.from({ length: 11_000 }, (_, i) => [1_700_000_000 + i, `${i}.125`]);
    const result = Array.from({ length: 2 }, (_, i) => ({ metric: { i: `${i}` }, values }));
    sendJson(response, { status: 'success', data: { resultType: 'matrix', result } });
  };
  const window = { fromAt: 1_700_000_000_000, toAt: 1_700_010_999_000, stepMs: 1_000 };

  it('is opened elsewhere, and gives what it would give here', async () => {
    const server = await serve(large);
    const jobs: number[] = [];
    const made = (openElsewhere?: SourceDeps['openElsewhere']) =>
      open(server.url, {}, openElsewhere ? { openElsewhere } : {});
    const here = made();
    const there = made(async (job) => {
      jobs.push(job.body.byteLength);
      return openAnswer(job);
    });
    const answers = [await here.range('x', window), await there.range('x', window)];
    expect(jobs).toHaveLength(1);
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[1]).toMatchObject({ ok: true });
    const dead = made(() => Promise.reject(new Error('The scrape worker died.')));
    expect(await dead.range('x', window)).toMatchObject({
      ok: false,
      error: { code: 'blind', message: expect.stringContaining('died') },
    });
  });
});
