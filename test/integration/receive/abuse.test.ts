import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abuses } from '../../support/abuse.ts';
import { head, sendRaw } from '../../support/raw-http.ts';
import { type Receiving, sender, startReceiving, TOKEN } from '../../support/receiving.ts';
import { compress, HEADERS_1, series, writeRequest } from '../../support/remote-write.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
let receiving: Receiving;
let time = Date.now() - 3_600_000;

/** An honest sender's request goes through, whatever was tried before. */
async function honestIsTaken() {
  time += 1_000;
  const body = compress(writeRequest([series('honest', {}, [1, time])]));
  expect((await receiving.post('/api/v1/write', body, HEADERS_1)).status).toBe(204);
}

describe('abuse', () => {
  beforeAll(async () => {
    receiving = await startReceiving({ deps: { times: { headersMs: 1_000, requestMs: 1_500 } } });
  });
  afterAll(() => receiving.close());

  it.each(abuses())('is refused and harms nobody: $name', async ({ send, status }) => {
    const answer = await send(receiving.port);
    expect(status, answer.text.slice(0, 400)).toContain(answer.status);
    await honestIsTaken();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(receiving.taken.changes).toEqual([]);
  });

  it('is cut when it is slow: headers and bodies that drip are answered 408', async () => {
    const drip = Array.from({ length: 60 }, () => 'X-Slow: 1\r\n');
    const start = `POST /events HTTP/1.1\r\nHost: 127.0.0.1:${receiving.port}\r\n`;
    const [headers, body] = await Promise.all([
      sendRaw(receiving.port, [start, ...drip], { pauseMs: 100 }),
      sendRaw(
        receiving.port,
        [
          head(receiving.port, '/events', {
            Authorization: `Bearer ${TOKEN}`,
            'Content-Type': 'application/json',
            'Content-Length': 1_000,
          }),
          ...Array.from({ length: 60 }, () => ' '),
        ],
        { pauseMs: 100 },
      ),
      honestIsTaken(),
    ]);
    expect([headers.status, body.status]).toEqual([408, 408]);
    await honestIsTaken();
  });

  it('by a sender that goes away leaves nothing behind', async () => {
    const start = head(receiving.port, '/events', {
      Authorization: `Bearer ${TOKEN}`,
      'Content-Type': 'application/json',
      'Content-Length': 1_000,
    });
    await Promise.all(
      Array.from({ length: 300 }, () => sendRaw(receiving.port, [start, '{'], { waitMs: 1 })),
    );
    await honestIsTaken();
    expect(receiving.api.status().waiting).toBe(0);
  });

  it('never lost a sample of the honest sender', () => {
    const [honest] = receiving.stored('honest');
    expect(honest?.times.at(-1)).toBe(time);
    expect(honest?.times).toHaveLength(abuses().length + 3);
    expect(receiving.stored('a')).toEqual([]);
  });
});

describe('too much', () => {
  it('of one source is answered 429, or 503 where the sender would throw away what is answered 429', async () => {
    const admission = {
      requestsMax: 8,
      requestsPerSourceMax: 4,
      bytesMax: 1_000_000,
      bytesPerSourceMax: 500_000,
      requestsPerSecond: 0.001,
      burst: 3,
    };
    receiving = await startReceiving({
      senders: [sender('greedy'), sender('honest', { token: 'the-honest-token-0004' })],
      deps: { admission },
    });
    try {
      const event = () => receiving.post('/events', '{"service":"a","what":"b"}', JSON_TYPE);
      expect([await event(), await event(), await event()].map((one) => one.status)).toEqual([202, 202, 202]);
      const refused = await event();
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('1');
      const write = compress(writeRequest([series('a', {}, [1, time])]));
      const waited = await receiving.post('/api/v1/write', write, HEADERS_1);
      expect(waited.status).toBe(503);
      expect(waited.headers.get('retry-after')).toBe('1');
      const honest = { ...HEADERS_1, authorization: 'Bearer the-honest-token-0004' };
      expect((await receiving.post('/api/v1/write', write, honest)).status).toBe(204);
    } finally {
      await receiving.close();
    }
  });

  it('under way leaves room for others: places and memory are shared out', async () => {
    const admission = {
      requestsMax: 8,
      requestsPerSourceMax: 4,
      bytesMax: 1_000_000,
      bytesPerSourceMax: 300_000,
      requestsPerSecond: 1_000,
      burst: 1_000,
    };
    receiving = await startReceiving({
      senders: [sender('greedy'), sender('honest', { token: 'the-honest-token-0004' })],
      deps: { admission },
    });
    try {
      const go = receiving.stall();
      const greedy = Array.from({ length: 10 }, (_, i) =>
        receiving.post('/events', `{"service":"a","what":"${i}"}`, JSON_TYPE),
      );
      const statuses = new Promise<number[]>((resolve) => {
        void Promise.all(greedy).then((all) => resolve(all.map((one) => one.status)));
      });
      while (receiving.api.status().refusedRequests < 6)
        await new Promise((resolve) => setImmediate(resolve));
      const write = compress(writeRequest([series('a', {}, [1, time])]));
      const honest = receiving.post('/api/v1/write', write, {
        ...HEADERS_1,
        authorization: 'Bearer the-honest-token-0004',
      });
      while (receiving.api.status().waiting < 5) await new Promise((resolve) => setImmediate(resolve));
      go();
      expect((await honest).status).toBe(204);
      expect((await statuses).filter((one) => one === 202)).toHaveLength(4);
      const large = await receiving.post('/events', `{"what":"${'x'.repeat(400_000)}"}`, JSON_TYPE);
      expect(large.status).toBe(413);
    } finally {
      await receiving.close();
    }
  });

  it('for the store is answered 503 after a while, and stored once when it is sent again', async () => {
    receiving = await startReceiving();
    try {
      await receiving.api.close();
      const { createBatchQueue } = await import('../../../main/receive/batch-queue.ts');
      const { VirtualClock } = await import('../../../main/platform/index.ts');
      const clock = new VirtualClock(0);
      const queue = createBatchQueue(clock);
      const none = new Uint32Array(0);
      const outcome = queue.put({
        id: 1,
        sourceId: 'a',
        receivedAt: 0,
        refs: none,
        times: new Float64Array(0),
        values: new Float64Array(0),
        fresh: [],
        freshRows: none,
        freshOf: none,
        spans: [],
        changes: [],
        alerts: [],
        refused: [],
      });
      await clock.advance(10_000);
      expect(await outcome).toBeNull();
      expect(queue.waiting()).toBe(0);
    } finally {
      await receiving.close();
    }
  });
});
