import { request } from 'undici';
import { z } from 'zod';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { FleetControl } from '../api/index.ts';
import type { Child, LaunchChild } from '../platform/index.ts';
import { entryUrl } from './entry.ts';

/** The demo's fleet: a process of its own that serves metrics and can really be broken and mended. */
export interface RunningFleet {
  /** Where it listens, without a trailing slash. */
  readonly address: string;
  readonly control: FleetControl;
  /** Has it send its traces to an OTLP receiver of this machine. */
  sendTraces(target: { readonly url: string; readonly token: string }): Promise<void>;
  /** Heard where it ends by itself. */
  onExit(listener: (status: number | null) => void): void;
  stop(): void;
}

const START_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 5_000;
const ANSWER_MAX_BYTES = 256 * 1024;
const FAULT_TTL_SECONDS = 900;

const Ready = z.object({ ready: z.literal(true), port: z.number().int() });
const Started = z.object({ id: z.string(), endsAt: z.number() });
const Fault = Started.extend({ effect: z.object({ kind: z.string(), service: z.string().optional() }) });
const State = z.object({ faults: z.array(Fault) });

/** What each fault of the demo does, so that the window needs to know only its name. */
const FAULTS: Readonly<Record<string, object>> = {
  'bad-model': { kind: 'bad-model', service: 'ranking-model' },
  'upstream-outage': { kind: 'upstream-outage', service: 'gateway' },
  latency: { kind: 'latency', service: 'embedding' },
  errors: { kind: 'errors', service: 'feature-store' },
  crash: { kind: 'crash', service: 'vector-index' },
  'stale-features': { kind: 'stale-features', service: 'feature-store' },
};

export async function startFleet(launch: LaunchChild, seed: number): Promise<RunningFleet> {
  const child = launch(entryUrl('fleet'), ['--port', '0', '--seed', String(seed), '--die-with-stdin']);
  const port = await readyPort(child);
  const address = `http://127.0.0.1:${port}`;
  let stopping = false;
  return {
    address,
    control: controlOf(address),
    sendTraces: async (target) => void (await askFleet(address, 'POST', 'traces', target)),
    onExit: (listener) => child.onExit((status) => stopping || listener(status)),
    stop: () => {
      stopping = true;
      child.stop();
    },
  };
}

function readyPort(child: Child): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.stop();
      reject(
        new CodedError(
          'fleet-silent',
          'The demo fleet did not say within 15 s that it listens, so there is nothing to watch. Start the demo again.',
        ),
      );
    }, START_TIMEOUT_MS);
    child.onExit((status) => {
      clearTimeout(timer);
      reject(
        new CodedError(
          'fleet-ended',
          `The demo fleet ended at its start (status ${status ?? 'signal'}); its own message stands above.`,
        ),
      );
    });
    child.onLine((line) => {
      const ready = Ready.safeParse(jsonOf(line));
      if (!ready.success) return;
      clearTimeout(timer);
      resolve(ready.data.port);
    });
  });
}

/** A fleet may print whatever it likes before it is ready. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function askFleet(
  address: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  try {
    const answer = await request(`${address}/control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = (await answer.body.text()).slice(0, ANSWER_MAX_BYTES);
    if (answer.statusCode >= 400)
      throw new CodedError('fleet-refused', `The demo fleet refused: ${refusalOf(text)}`);
    return JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof CodedError) throw thrown;
    throw new CodedError(
      'fleet-unreachable',
      `The demo fleet does not answer (${messageOf(thrown)}); start the demo again.`,
      { retryable: true, cause: thrown },
    );
  }
}

function controlOf(address: string): FleetControl {
  const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
    askFleet(address, method, path, body);
  const plain = (fault: z.infer<typeof Fault>) => ({
    id: fault.id,
    kind: fault.effect.kind,
    service: fault.effect.service ?? null,
    endsAt: fault.endsAt,
  });
  return {
    faults: async () => understood(State, await ask('GET', 'state')).faults.map(plain),
    inject: async (kind) => {
      const fault = Object.hasOwn(FAULTS, kind) ? FAULTS[kind] : undefined;
      if (!fault) throw new CodedError('unknown-fault', `The demo fleet knows no fault named ${kind}.`);
      const answer = await ask('POST', 'fault', { ...fault, ttlSeconds: FAULT_TTL_SECONDS });
      const started = understood(Started, answer);
      return { id: started.id, endsAt: started.endsAt };
    },
    clear: async (id) => void (await ask('DELETE', `fault/${encodeURIComponent(id)}`)),
  };
}

function understood<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new CodedError(
    'fleet-not-understood',
    'The demo fleet answered something else than its control API does. Start the demo again.',
  );
}

const Refusal = z.object({ error: z.object({ message: z.string() }) });

/** What it says of a refusal, in its words; where that is no answer of its own, as it came. */
function refusalOf(text: string): string {
  try {
    const read = Refusal.safeParse(JSON.parse(text));
    if (read.success) return read.data.error.message.slice(0, 300);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  return text.slice(0, 300);
}
