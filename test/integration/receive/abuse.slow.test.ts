import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abuses } from '../../support/abuse.ts';
import { head, sendRaw } from '../../support/raw-http.ts';
import { type ReceiverProcess, startReceiverProcess } from '../../support/receiver-process.ts';
import { TOKEN } from '../../support/receiving.ts';
import { compress, HEADERS_1, series, writeRequest } from '../../support/remote-write.ts';

const TINY = 1_000_000;
const GROWTH_MAX = 64 * 1024 * 1024;
const ANSWER_MAX_MS = 100;
const HONEST_TOKEN = 'the-honest-token-0004';

let receiver: ReceiverProcess;
let honest: ReturnType<typeof sendHonestly>;
let watch: ReturnType<typeof watchMemory>;
const figures: Record<string, number | string> = {};

/** Writes one sample of a hundred series every 50 ms, sends again what was answered 5xx, and keeps what was answered 2xx. */
function sendHonestly(port: number) {
  const answered: number[] = [];
  const tookMs: number[] = [];
  let refused = 0;
  let ended = false;
  let at = Date.now() - 3_600_000;
  const ending = (async () => {
    while (!ended) {
      at += 50;
      const all = Array.from({ length: 100 }, (_, i) => series('honest', { i: String(i) }, [at, at]));
      const body = compress(writeRequest(all));
      for (let status = 503; status >= 500; ) {
        const beganAt = performance.now();
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/write`, {
          method: 'POST',
          headers: { ...HEADERS_1, authorization: `Bearer ${HONEST_TOKEN}` },
          body: body as BodyInit,
        }).catch(() => undefined);
        status = answer?.status ?? 503;
        await answer?.arrayBuffer();
        tookMs.push(performance.now() - beganAt);
        if (status === 204) answered.push(at);
        else refused += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    answered,
    tookMs,
    refused: () => refused,
    stop: () => {
      ended = true;
      return ending;
    },
  };
}

function watchMemory(process: ReceiverProcess) {
  const before = process.pssBytes();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.pssBytes());
  }, 20);
  return { growth: () => peak - before, stop: () => clearInterval(timer) };
}

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

beforeAll(async () => {
  receiver = await startReceiverProcess();
  honest = sendHonestly(receiver.port);
  // Warm: the engine has compiled what it runs, and the honest sender's series are known.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  watch = watchMemory(receiver);
});
afterAll(async () => {
  watch.stop();
  await honest.stop();
  await receiver.stop();
});

describe('the receiver under abuse', () => {
  it.each(abuses())('answers: $name', async ({ name, status, send }) => {
    const answers = [await send(receiver.port), await send(receiver.port), await send(receiver.port)];
    for (const answer of answers) expect(status, answer.text.slice(0, 300)).toContain(answer.status);
    const took = quantile(
      answers.map((one) => one.tookMs),
      0.5,
    );
    figures[name] = Math.round(took);
    expect(took).toBeLessThan(ANSWER_MAX_MS);
  });

  it.each([
    ['without a token', 'Bearer wrong-token-entirely', [401]],
    ['with one', `Bearer ${TOKEN}`, [202, 429]],
  ])(`answers ${TINY / 2} tiny requests %s`, async (name, authorization, statuses) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const seen = new Map<number, number>();
    const tookMs: number[] = [];
    const one = () =>
      new Promise<void>((resolve) => {
        const beganAt = performance.now();
        const sent = request(
          {
            agent,
            port: receiver.port,
            host: '127.0.0.1',
            path: '/events',
            method: 'POST',
            headers: { authorization, 'content-type': 'application/json', 'content-length': 26 },
          },
          (answer) => {
            seen.set(answer.statusCode ?? 0, (seen.get(answer.statusCode ?? 0) ?? 0) + 1);
            answer.resume().on('end', () => {
              tookMs.push(performance.now() - beganAt);
              resolve();
            });
          },
        );
        sent.on('error', () => {
          seen.set(0, (seen.get(0) ?? 0) + 1);
          resolve();
        });
        sent.end('{"service":"a","what":"b"}');
      });
    let left = TINY / 2;
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        for (; left > 0; left -= 1) await one();
      }),
    );
    agent.destroy();
    figures[`tiny ${name}: p50, 64 at once, the sender's own share in it`] = Math.round(
      quantile(tookMs, 0.5),
    );
    figures[`tiny ${name}: p99`] = Math.round(quantile(tookMs, 0.99));
    expect([...seen.keys()].every((status) => statuses.includes(status) || status === 0)).toBe(true);
    expect(seen.get(0) ?? 0).toBeLessThan(TINY / 1_000);
    expect(quantile(tookMs, 0.99)).toBeLessThan(ANSWER_MAX_MS);
  });

  it('cuts two thousand connections that say nothing or drip', async () => {
    const start = `POST /events HTTP/1.1\r\nHost: 127.0.0.1:${receiver.port}\r\n`;
    const drip = Array.from({ length: 30 }, () => 'X-Slow: 1\r\n');
    await Promise.all(
      Array.from({ length: 2_000 }, (_, i) =>
        sendRaw(receiver.port, i % 2 === 0 ? [start, ...drip] : [start], { pauseMs: 500, waitMs: 8_000 }),
      ),
    );
    const held = head(receiver.port, '/events', {
      Authorization: `Bearer ${TOKEN}`,
      'Content-Type': 'application/json',
      'Content-Length': 900_000,
    });
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => sendRaw(receiver.port, [held, '{'], { waitMs: 25_000 })),
    );
    const statuses = new Set(answers.map((one) => one.status));
    expect([...statuses].sort()).toEqual([408, 503]);
  });

  it('grew by at most 64 MB and lost nothing of the honest sender', async () => {
    await honest.stop();
    watch.stop();
    const stored = receiver.stored('honest');
    const times = new Set(stored[0]?.times);
    const lost = honest.answered.filter((at) => !times.has(at));
    Object.assign(figures, {
      growthMB: Math.round(watch.growth() / 1e6),
      honestRequests: honest.answered.length,
      honestToldToWait: honest.refused(),
      honestP50Ms: Math.round(quantile(honest.tookMs, 0.5)),
      honestP99Ms: Math.round(quantile(honest.tookMs, 0.99)),
      honestMaxMs: Math.round(quantile(honest.tookMs, 1)),
      lost: lost.length,
    });
    const pass = lost.length === 0 && watch.growth() <= GROWTH_MAX;
    console.log(JSON.stringify({ name: 'receiver-abuse', figures, pass }));
    expect(stored).toHaveLength(100);
    expect(stored.every((one) => one.times.length === stored[0]?.times.length)).toBe(true);
    expect(lost).toEqual([]);
    expect(watch.growth()).toBeLessThanOrEqual(GROWTH_MAX);
  });
});
