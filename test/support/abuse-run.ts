import { Agent, request } from 'node:http';
import { abuses } from './abuse.ts';
import { head, sendRaw } from './raw-http.ts';
import type { ReceiverProcess } from './receiver-process.ts';
import { TOKEN } from './receiving.ts';
import { compress, HEADERS_1, series, writeRequest } from './remote-write.ts';

const HONEST_TOKEN = 'the-honest-token-0004';
/** The engine compiles what it runs, and the honest sender's series get known. */
const WARM_UP_MS = 5_000;
const TRIES = 3;
const AT_ONCE = 64;

/** One kind of abuse: what it was answered, and how long that took, the median of three. */
export interface AbuseAnswer {
  readonly name: string;
  readonly allowed: boolean;
  readonly statuses: readonly number[];
  readonly tookMs: number;
}

export interface TinyAnswers {
  readonly requests: number;
  /** Answers by status; 0 where the connection ended without one. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface AbuseReport {
  readonly answers: readonly AbuseAnswer[];
  readonly tinyUnknown: TinyAnswers;
  readonly tinyKnown: TinyAnswers;
  /** Statuses of bodies that were begun and not sent. */
  readonly held: readonly number[];
  readonly growthBytes: number;
  readonly honest: {
    readonly answered: number;
    /** Answered 2xx and not in the store. */
    readonly lost: number;
    readonly toldToWait: number;
    readonly series: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
  };
}

/** Sends every kind of abuse to a receiver while an honest sender goes on, and says what became of both. */
export async function abuseReceiver(
  receiver: ReceiverProcess,
  options: { readonly tiny: number; readonly silent: number; readonly held: number },
  say: (text: string) => void,
): Promise<AbuseReport> {
  // Made first: packing the bombs takes this process seconds, which the honest sender must not be charged with.
  const kinds = abuses();
  const honest = sendHonestly(receiver.port);
  await pause(WARM_UP_MS);
  const memory = watchMemory(receiver);
  try {
    const answers: AbuseAnswer[] = [];
    const sayMemory = () => say(`  memory grew by ${(memory.growth() / 1e6).toFixed(1)} MB at most so far`);
    for (const { name, status, send } of kinds) {
      const all = [];
      for (let i = 0; i < TRIES; i += 1) all.push(await send(receiver.port));
      const statuses = all.map((one) => one.status);
      const tookMs = quantile(
        all.map((one) => one.tookMs),
        0.5,
      );
      answers.push({ name, statuses, allowed: statuses.every((one) => status.includes(one)), tookMs });
      say(`${name.padEnd(52)} ${statuses[0]} after ${tookMs.toFixed(1)} ms`);
    }
    sayMemory();
    const tiny = (token: string) => sendTiny(receiver.port, options.tiny / 2, `Bearer ${token}`);
    say(`${options.tiny / 2} tiny requests without a token that is known`);
    const tinyUnknown = await tiny('wrong-token-entirely');
    sayMemory();
    say(`${options.tiny / 2} tiny requests with one`);
    const tinyKnown = await tiny(TOKEN);
    sayMemory();
    say(
      `${options.silent} connections that say nothing or drip, and ${options.held} bodies that are held back`,
    );
    await beSlow(receiver.port, options.silent);
    const held = await holdBodies(receiver.port, options.held);
    await honest.stop();
    return {
      answers,
      tinyUnknown,
      tinyKnown,
      held,
      growthBytes: memory.growth(),
      honest: honest.account(receiver),
    };
  } finally {
    memory.stop();
    await honest.stop();
  }
}

/** Writes one sample of a hundred series every 50 ms, sends again what was answered 5xx, and keeps what was answered 2xx. */
function sendHonestly(port: number) {
  const answered: number[] = [];
  const tookMs: number[] = [];
  let toldToWait = 0;
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
        else toldToWait += 1;
      }
      await pause(50);
    }
  })();
  return {
    stop() {
      ended = true;
      return ending;
    },
    account(receiver: ReceiverProcess): AbuseReport['honest'] {
      const stored = receiver.stored('honest').map((one) => new Set(one.times));
      const lost = answered.filter((one) => !stored.every((times) => times.has(one)));
      return {
        answered: answered.length,
        lost: lost.length,
        toldToWait,
        series: stored.length,
        p50Ms: quantile(tookMs, 0.5),
        p99Ms: quantile(tookMs, 0.99),
        maxMs: quantile(tookMs, 1),
      };
    },
  };
}

function watchMemory(receiver: ReceiverProcess) {
  const before = receiver.pssBytes();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, receiver.pssBytes());
  }, 20);
  return { growth: () => peak - before, stop: () => clearInterval(timer) };
}

async function sendTiny(port: number, requests: number, authorization: string): Promise<TinyAnswers> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const statuses: Record<string, number> = {};
  const count = (status: number) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const tookMs: number[] = [];
  const headers = { authorization, 'content-type': 'application/json', 'content-length': 26 };
  const one = () =>
    new Promise<void>((resolve) => {
      const beganAt = performance.now();
      const sent = request(
        { agent, port, host: '127.0.0.1', path: '/events', method: 'POST', headers },
        (answer) => {
          count(answer.statusCode ?? 0);
          answer.resume().on('end', () => {
            tookMs.push(performance.now() - beganAt);
            resolve();
          });
        },
      );
      sent.on('error', () => {
        count(0);
        resolve();
      });
      sent.end('{"service":"a","what":"b"}');
    });
  let left = requests;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (; left > 0; left -= 1) await one();
    }),
  );
  agent.destroy();
  return { requests, statuses, p50Ms: quantile(tookMs, 0.5), p99Ms: quantile(tookMs, 0.99) };
}

async function beSlow(port: number, connections: number): Promise<void> {
  const start = `POST /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
  const drip = Array.from({ length: 30 }, () => 'X-Slow: 1\r\n');
  await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      sendRaw(port, i % 2 === 0 ? [start, ...drip] : [start], { pauseMs: 500, waitMs: 8_000 }),
    ),
  );
}

async function holdBodies(port: number, bodies: number): Promise<number[]> {
  const begun = head(port, '/events', {
    Authorization: `Bearer ${TOKEN}`,
    'Content-Type': 'application/json',
    'Content-Length': 900_000,
  });
  const answers = await Promise.all(
    Array.from({ length: bodies }, () => sendRaw(port, [begun, '{'], { waitMs: 25_000 })),
  );
  return [...new Set(answers.map((one) => one.status))].sort();
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
