import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Receiving, sender, startReceiving, TOKEN } from '../../support/receiving.ts';
import {
  compress,
  HEADERS_1,
  HEADERS_2,
  request2,
  series,
  writeRequest,
} from '../../support/remote-write.ts';

let receiving: Receiving;
afterEach(() => receiving.close());

const NOW = Date.now();
const WRITE = '/api/v1/write';

describe('remote write', () => {
  it('is answered 204 once its samples are in the store', async () => {
    receiving = await startReceiving();
    const body = compress(
      writeRequest([
        series('requests_total', { job: 'shop' }, [1, NOW - 2_000], [2, NOW - 1_000]),
        series('up', { job: 'shop' }, [1, NOW]),
      ]),
    );
    expect(await receiving.post(WRITE, body, HEADERS_1)).toMatchObject({ status: 204, text: '' });
    expect(receiving.stored('requests_total')).toEqual([
      {
        labels: { __name__: 'requests_total', job: 'shop' },
        times: [NOW - 2_000, NOW - 1_000],
        values: [1, 2],
        stale: 0,
      },
    ]);
    expect(receiving.api.status().senders).toMatchObject([
      { sourceId: 'pushed', requests: 1, samples: 3, agent: 'test-sender/1', refused: [] },
    ]);
  });

  it('is answered only after the commit', async () => {
    receiving = await startReceiving();
    const go = receiving.stall();
    let answered = false;
    const answer = receiving
      .post(WRITE, compress(writeRequest([series('up', {}, [1, NOW])])), HEADERS_1)
      .then((one) => {
        answered = true;
        return one;
      });
    while (receiving.api.status().waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    expect(receiving.stored('up')).toEqual([]);
    go();
    expect((await answer).status).toBe(204);
    expect(receiving.stored('up')).toHaveLength(1);
  });

  it.each([3, 4] as const)('of version 2.0-rc.%i says what was written', async (rc) => {
    receiving = await startReceiving();
    const exemplars = [
      { labels: [['trace_id', 'abc']] as const, value: 0.5, at: NOW - 1_000 },
      { labels: [], value: 1, at: NOW },
    ];
    const one = { ...series('jobs_total', { job: 'a' }, [5, NOW]), exemplars, createdAt: NOW - 60_000 };
    const answer = await receiving.post(WRITE, compress(request2([one], rc)), HEADERS_2);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('x-prometheus-remote-write-samples-written')).toBe('1');
    expect(answer.headers.get('x-prometheus-remote-write-histograms-written')).toBe('0');
    expect(answer.headers.get('x-prometheus-remote-write-exemplars-written')).toBe('1');
    expect(receiving.stored('jobs_total')).toMatchObject([{ times: [NOW], values: [5] }]);
    expect(receiving.api.status().senders[0]?.refused).toEqual([
      { reason: 'an exemplar without labels', count: 1 },
    ]);
    const kept = { labels: { trace_id: 'abc' }, value: 0.5, at: NOW - 1_000 };
    expect(receiving.api.exemplars({ metric: 'jobs_total', limit: 10 })).toMatchObject([
      { series: { __name__: 'jobs_total', job: 'a' }, ...kept },
    ]);
  });

  it('numbers a series once: what comes again is found by its labels, in either version', async () => {
    receiving = await startReceiving();
    const at = (time: number) => [series('temperature', { room: 'näher' }, [time - NOW, time])];
    expect((await receiving.post(WRITE, compress(writeRequest(at(NOW))), HEADERS_1)).status).toBe(204);
    expect((await receiving.post(WRITE, compress(request2(at(NOW + 1))), HEADERS_2)).status).toBe(204);
    expect((await receiving.post(WRITE, compress(writeRequest(at(NOW + 2))), HEADERS_1)).status).toBe(204);
    expect(receiving.stored('temperature')).toMatchObject([{ values: [0, 1, 2] }]);
    expect(receiving.store.stats().series).toBe(1);
  });

  it('keeps the samples that it can and answers 400 with what it could not', async () => {
    receiving = await startReceiving();
    const all = [
      series('good', {}, [1, NOW]),
      { ...series('sparse', {}), histograms: 2 },
      series('ahead', {}, [1, NOW + 3_600_000]),
      { labels: [['job', 'nameless']] as const, samples: [[1, NOW]] as const },
    ];
    const answer = await receiving.post(WRITE, compress(request2(all)), HEADERS_2);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('4 of 5 samples were left out');
    expect(answer.text).toContain('2 (a native histogram, which is not kept; send classic buckets)');
    expect(answer.text).toContain("1 (a time more than 10 min ahead of this machine's clock)");
    expect(answer.text).toContain('1 (no metric name)');
    expect(answer.headers.get('x-prometheus-remote-write-samples-written')).toBe('1');
    expect(receiving.stored('good')).toHaveLength(1);
  });

  it('over the limit of the source or of the store is refused by name', async () => {
    receiving = await startReceiving({ senders: [sender('pushed', { seriesMax: 3 })], seriesMax: 2 });
    const all = Array.from({ length: 5 }, (_, i) => series('many', { i: String(i) }, [i, NOW]));
    const answer = await receiving.post(WRITE, compress(writeRequest(all)), HEADERS_1);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("2 (over this source's limit of 3 series)");
    expect(answer.text).toContain('1 (a series that the store has no room for)');
    expect(receiving.stored('many')).toHaveLength(2);
    // The store is not asked again at once for what it refused.
    const again = await receiving.post(
      WRITE,
      compress(writeRequest([series('many', { i: '2' }, [9, NOW + 1])])),
      HEADERS_1,
    );
    expect(again.text).toContain('1 (a series that the store has no room for)');
  });

  it("puts the source's labels on and keeps the series' own under exported names", async () => {
    receiving = await startReceiving({ senders: [sender('pushed', { labels: { env: 'live', zone: 'a' } })] });
    const body = compress(writeRequest([series('up', { env: 'test' }, [1, NOW])]));
    expect((await receiving.post(WRITE, body, HEADERS_1)).status).toBe(204);
    expect(receiving.stored('up')[0]?.labels).toEqual({
      __name__: 'up',
      env: 'live',
      exported_env: 'test',
      zone: 'a',
    });
  });

  it('of metadata alone has nothing to store', async () => {
    receiving = await startReceiving();
    const metadata = Uint8Array.from([0x1a, 0x02, 0x08, 0x01]);
    expect((await receiving.post(WRITE, compress(metadata), HEADERS_1)).status).toBe(204);
    expect(receiving.store.stats().samples).toBe(0);
  });

  it.each([
    ['no snappy', writeRequest([]), { ...HEADERS_1, 'content-encoding': 'identity' }, 415],
    ['gzip', gzipSync(writeRequest([])), { ...HEADERS_1, 'content-encoding': 'gzip' }, 415],
    [
      'an unknown message',
      compress(writeRequest([])),
      { ...HEADERS_1, 'content-type': 'application/x-protobuf;proto=x.y' },
      415,
    ],
    ['JSON', compress(Buffer.from('{}')), { ...HEADERS_1, 'content-type': 'application/json' }, 415],
    ['noise for snappy', Buffer.from([5, 255, 255, 255]), HEADERS_1, 400],
    ['noise for protobuf', compress(Buffer.from('no message at all')), HEADERS_1, 400],
    ['a reference to no symbol', compress(Buffer.from([0x2a, 4, 0x0a, 2, 9, 9])), HEADERS_2, 400],
  ])('with %s is refused', async (_, body, headers, status) => {
    receiving = await startReceiving();
    expect((await receiving.post(WRITE, body, headers)).status).toBe(status);
    expect(receiving.store.stats().samples).toBe(0);
  });

  it('goes on under new numbers once the store has begun afresh', async () => {
    receiving = await startReceiving();
    const one = (at: number) => compress(writeRequest([series('up', {}, [1, at])]));
    await receiving.post(WRITE, one(NOW), HEADERS_1);
    receiving.api.forget('pushed');
    expect((await receiving.post(WRITE, one(NOW + 1), HEADERS_1)).status).toBe(204);
    expect(receiving.stored('up')).toMatchObject([{ times: [NOW, NOW + 1] }]);
  });
});

describe('who may send', () => {
  const event = JSON.stringify({ service: 'shop', what: 'deployed' });
  const json = { 'content-type': 'application/json' };

  it('is told by the token, as a bearer or as a password', async () => {
    receiving = await startReceiving({
      senders: [sender('one'), sender('two', { token: 'another-token-entirely-0002' })],
    });
    const basic = `Basic ${Buffer.from('anybody:another-token-entirely-0002').toString('base64')}`;
    expect((await receiving.post('/events', event, json)).status).toBe(202);
    expect((await receiving.post('/events', event, { ...json, authorization: basic })).status).toBe(202);
    expect(receiving.api.status().senders).toMatchObject([
      { sourceId: 'one', requests: 1 },
      { sourceId: 'two', requests: 1 },
    ]);
  });

  it.each([
    '',
    'Bearer wrong',
    `Bearer ${TOKEN}x`,
    `Basic ${TOKEN}`,
    `Basic ${Buffer.from(TOKEN).toString('base64')}`,
    `Digest ${TOKEN}`,
  ])('is not who says "%s"', async (authorization) => {
    receiving = await startReceiving();
    const answer = await receiving.post('/events', event, { ...json, authorization });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(receiving.taken.changes).toEqual([]);
  });

  it('may send only what its source accepts', async () => {
    receiving = await startReceiving({ senders: [sender('pushed', { accept: ['remote-write'] })] });
    expect((await receiving.post('/events', event, json)).status).toBe(403);
    expect(receiving.api.status().senders[0]?.lastProblem?.message).toContain('does not accept event');
  });

  it('is no page: Origin and Sec-Fetch-Site are refused even with the token', async () => {
    receiving = await startReceiving();
    for (const headers of [{ origin: 'http://127.0.0.1' }, { origin: 'null' }, { 'sec-fetch-site': 'none' }])
      expect((await receiving.post('/events', event, { ...json, ...headers })).status).toBe(403);
    expect(receiving.taken.changes).toEqual([]);
  });

  it('changes with a reload, on the same port', async () => {
    receiving = await startReceiving();
    const { RECEIVE_LIMITS } = await import('../../../main/receive/index.ts');
    const listened = await receiving.api.listen({
      host: 'localhost',
      port: receiving.port,
      senders: [sender('later', { token: 'a-later-token-0003' })],
      limits: RECEIVE_LIMITS,
    });
    expect(listened.port).toBe(receiving.port);
    expect((await receiving.post('/events', event, json)).status).toBe(401);
    const later = { ...json, authorization: 'Bearer a-later-token-0003' };
    expect((await receiving.post('/events', event, later)).status).toBe(202);
  });

  it('sends to a path that is there, by POST', async () => {
    receiving = await startReceiving();
    expect((await receiving.post('/nowhere', event, json)).status).toBe(404);
    const got = await fetch(`${receiving.url}/events`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(got.status).toBe(405);
  });
});

describe('what is received beside metrics', () => {
  it('is handed on: alerts, events of each shape, and spans', async () => {
    receiving = await startReceiving();
    const json = { 'content-type': 'application/json' };
    const webhook = {
      version: '4',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'Slow', service: 'shop' },
          annotations: { summary: 'It is slow.' },
          startsAt: '2026-01-02T03:04:05.678Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://prometheus.example/graph',
        },
      ],
    };
    expect((await receiving.post('/alertmanager', JSON.stringify(webhook), json)).status).toBe(200);
    expect(receiving.taken.alerts).toMatchObject([
      { labels: { alertname: 'Slow' }, startsAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678), endsAt: null },
    ]);
    const pagerDuty = { routing_key: 'x', payload: { summary: 'Build 7', source: 'shop' } };
    const answered = await receiving.post('/v2/change/enqueue', JSON.stringify(pagerDuty), json);
    expect(answered.status).toBe(202);
    expect(JSON.parse(answered.text)).toMatchObject({ status: 'success' });
    const binary = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 'deployed', 'ce-source': '/ci/shop' };
    expect((await receiving.post('/events', '', { ...binary })).status).toBe(204);
    expect(receiving.taken.changes.map((one) => [one.service, one.what])).toEqual([
      ['shop', 'Build 7'],
      ['shop', 'deployed'],
    ]);
  });

  it('may come as gzip', async () => {
    receiving = await startReceiving();
    const body = gzipSync(JSON.stringify([{ service: 'a', version: '2' }, { service: 'b' }]));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await receiving.post('/events', body, headers);
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.text)).toEqual({
      refused: [{ reason: 'an event that says neither what changed nor to what', count: 1 }],
    });
    expect(receiving.taken.changes).toMatchObject([{ service: 'a', to: '2', what: 'a unknown → 2' }]);
  });

  it('in OTLP is refused in its own form of words', async () => {
    receiving = await startReceiving();
    const answer = await receiving.post('/v1/metrics', '{', { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).message).not.toBe('');
  });

  it('in OTLP over the limit of series is a partial success', async () => {
    receiving = await startReceiving({ senders: [sender('pushed', { seriesMax: 1 })] });
    const point = (name: string) => ({
      name,
      gauge: { dataPoints: [{ timeUnixNano: String(NOW * 1_000_000), asDouble: 1 }] },
    });
    const body = { resourceMetrics: [{ scopeMetrics: [{ metrics: [point('a'), point('b')] }] }] };
    const answer = await receiving.post('/v1/metrics', JSON.stringify(body), {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).partialSuccess.errorMessage).toContain('limit of 1 series');
  });
});
