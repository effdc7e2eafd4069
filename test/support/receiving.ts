import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../main/platform/index.ts';
import {
  createReceiveApi,
  type PushBatch,
  type PushOutcome,
  type PushSender,
  RECEIVE_LIMITS,
  type ReceiveApi,
  type ReceivedAlert,
  type ReceiveLimits,
} from '../../main/receive/index.ts';
import type { ReceiverDeps } from '../../main/receive/receiver.ts';
import {
  METRIC_LIMITS,
  type MetricWriterApi,
  openMetricReader,
  openMetricWriter,
} from '../../main/store/index.ts';
import type { Labels } from '../../shared/model/metric.ts';

export const TOKEN = 'correct-horse-battery-staple-0001';

export function sender(sourceId = 'pushed', changes: Partial<PushSender> = {}): PushSender {
  return {
    sourceId,
    token: TOKEN,
    accept: ['otlp', 'remote-write', 'alertmanager', 'event'],
    labels: {},
    seriesMax: 50_000,
    ...changes,
  };
}

/** Takes batches and answers for them, as the main thread does: register, append by time, settle after the commit. */
export function consume(api: Pick<ReceiveApi, 'take' | 'settle'>, store: MetricWriterApi) {
  const taken = {
    samples: 0,
    changes: [] as PushBatch['changes'][number][],
    alerts: [] as ReceivedAlert[],
    spans: 0,
  };
  let hold: Promise<void> = Promise.resolve();
  const ended = (async () => {
    for (;;) {
      const answer = await api.take();
      const batches = 'buffers' in answer ? answer.value : (answer as readonly PushBatch[]);
      if (batches.length === 0) return;
      await hold;
      api.settle(batches.map((batch) => storeBatch(batch, store, taken)));
    }
  })();
  return {
    taken,
    ended,
    /** Nothing is stored until the answer is called, as by a slow disk. */
    stall(): () => void {
      let go: () => void = () => undefined;
      hold = new Promise((resolve) => {
        go = resolve;
      });
      return go;
    },
  };
}

function storeBatch(
  batch: PushBatch,
  store: MetricWriterApi,
  taken: { samples: number; changes: unknown[]; alerts: unknown[]; spans: number },
): PushOutcome {
  const { refs: numbers } = store.register(batch.fresh);
  const refs = batch.refs.slice();
  batch.freshRows.forEach((row, i) => {
    refs[row] = numbers[batch.freshOf[i] ?? 0] ?? 0;
  });
  const byTime = new Map<number, { refs: number[]; rows: number[] }>();
  for (const [row, ref] of refs.entries()) {
    if (ref === 0) continue;
    const at = batch.times[row] ?? 0;
    const group = byTime.get(at) ?? { refs: [], rows: [] };
    byTime.set(at, group);
    group.refs.push(ref);
    group.rows.push(row);
  }
  const from = new Uint32Array(batch.values.buffer);
  for (const at of [...byTime.keys()].sort((a, b) => a - b)) {
    const group = byTime.get(at) ?? { refs: [], rows: [] };
    const words = new Uint32Array(group.rows.length * 2);
    group.rows.forEach((row, i) => {
      words[i * 2] = from[row * 2] ?? 0;
      words[i * 2 + 1] = from[row * 2 + 1] ?? 0;
    });
    const values = new Float64Array(words.buffer);
    taken.samples += store.append({ at, refs: Uint32Array.from(group.refs), values }).accepted;
  }
  taken.changes.push(...batch.changes);
  taken.alerts.push(...batch.alerts);
  taken.spans += batch.spans.length;
  return { id: batch.id, refs: numbers, problem: null };
}

export interface Receiving {
  readonly api: ReceiveApi;
  readonly port: number;
  readonly url: string;
  readonly store: MetricWriterApi;
  readonly taken: ReturnType<typeof consume>['taken'];
  stall(): () => void;
  post(path: string, body: Uint8Array | string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** All samples of the series that have this name, oldest first. */
  stored(name: string): { labels: Labels; times: number[]; values: number[]; stale: number }[];
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly tookMs: number;
}

/** A real receiver over a real store in a folder of its own. */
export async function startReceiving(
  options: {
    readonly senders?: readonly PushSender[];
    readonly limits?: Partial<ReceiveLimits>;
    readonly deps?: Omit<ReceiverDeps, 'clock'>;
    readonly seriesMax?: number;
  } = {},
): Promise<Receiving> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-receiving-'));
  const path = join(folder, 'metrics.db');
  const clock = systemClock();
  const store = openMetricWriter(
    path,
    { ...METRIC_LIMITS, seriesMax: options.seriesMax ?? METRIC_LIMITS.seriesMax },
    clock,
  );
  const api = createReceiveApi({ clock, ...options.deps });
  const { port } = await api.listen({
    host: 'localhost',
    port: 0,
    senders: options.senders ?? [sender()],
    limits: { ...RECEIVE_LIMITS, ...options.limits },
  });
  const consumer = consume(api, store);
  const url = `http://127.0.0.1:${port}`;
  return {
    api,
    port,
    url,
    store,
    taken: consumer.taken,
    stall: () => consumer.stall(),
    async post(to, body, headers = {}) {
      const beganAt = performance.now();
      const answer = await fetch(`${url}${to}`, {
        method: 'POST',
        body: body as BodyInit,
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, tookMs: performance.now() - beganAt };
    },
    stored(name) {
      const reader = openMetricReader(path);
      try {
        return reader
          .select([{ name: '__name__', op: '=', value: name }], 0, Number.MAX_SAFE_INTEGER)
          .map((one) => ({
            labels: { ...one.labels },
            times: [...one.times],
            values: [...one.values],
            stale: one.stale.length,
          }));
      } finally {
        reader.close();
      }
    },
    async close() {
      await api.close();
      await consumer.ended;
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
