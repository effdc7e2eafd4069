/**
 * A receiver in a process of its own, with its own threads as the application has them, so that what hostile senders do
 * to its memory can be read from outside. Says where it listens as a line of JSON; answers each line of input with its
 * status; ends when its input does.
 */
import { createInterface } from 'node:readline';
import { silentLogger, startWorker, systemClock } from '../../main/platform/index.ts';
import {
  type PushBatch,
  type PushOutcome,
  RECEIVE_LIMITS,
  type ReceiveApi,
} from '../../main/receive/index.ts';
import { METRIC_LIMITS, type MetricWriterApi } from '../../main/store/index.ts';
import { sender } from './receiving.ts';

const [path = '', seriesMax = '50000'] = process.argv.slice(2);
const clock = systemClock();
const log = silentLogger();
const of = <Api extends object>(name: string, file: string, init: unknown) =>
  startWorker<Api & Record<string, (...args: never[]) => unknown>>({
    name,
    entry: new URL(`../../main/${file}`, import.meta.url),
    init,
    clock,
    log,
  });
const receive = of<ReceiveApi>('receive', 'receive/receive.worker.ts', null);
const store = of<MetricWriterApi>('metric', 'store/metric.worker.ts', {
  path,
  limits: { ...METRIC_LIMITS, seriesMax: Number(seriesMax) },
});
const stored = { accepted: 0, duplicates: 0, outOfOrder: 0, unknown: 0, rows: 0, storeMs: 0 };

async function keep(batches: readonly PushBatch[]): Promise<PushOutcome[]> {
  const { refs: numbers } = await store.call.register(batches.flatMap((batch) => batch.fresh));
  const byTime = new Map<number, { batch: PushBatch; row: number; ref: number }[]>();
  let from = 0;
  const outcomes = batches.map((batch) => {
    const own = numbers.slice(from, from + batch.fresh.length);
    from += batch.fresh.length;
    batch.freshRows.forEach((row, i) => {
      batch.refs[row] = own[batch.freshOf[i] ?? 0] ?? 0;
    });
    for (const [row, ref] of batch.refs.entries()) {
      if (ref === 0) continue;
      const at = batch.times[row] ?? 0;
      const group = byTime.get(at) ?? [];
      byTime.set(at, group);
      group.push({ batch, row, ref });
    }
    return { id: batch.id, refs: own, problem: null };
  });
  for (const at of [...byTime.keys()].sort((a, b) => a - b)) {
    const rows = byTime.get(at) ?? [];
    const words = new Uint32Array(rows.length * 2);
    rows.forEach(({ batch, row }, i) => {
      words.set(new Uint32Array(batch.values.buffer, row * 8, 2), i * 2);
    });
    const refs = Uint32Array.from(rows, (one) => one.ref);
    const answer = await store.call.append({ at, refs, values: new Float64Array(words.buffer) });
    for (const key of ['accepted', 'duplicates', 'outOfOrder', 'unknown'] as const)
      stored[key] += answer[key];
    stored.rows += rows.length;
  }
  return outcomes;
}

async function consume(): Promise<void> {
  for (;;) {
    const batches = await receive.call.take();
    if (batches.length === 0) return;
    const beganAt = performance.now();
    const outcomes = await keep(batches);
    stored.storeMs += performance.now() - beganAt;
    await receive.call.settle(outcomes);
  }
}

const { port } = await receive.call.listen({
  host: 'localhost',
  port: 0,
  senders: [
    sender('pushed', { seriesMax: Number(seriesMax) }),
    sender('honest', { token: 'the-honest-token-0004' }),
  ],
  limits: RECEIVE_LIMITS,
});
void consume();
console.log(JSON.stringify({ port }));
createInterface({ input: process.stdin })
  .on('line', async (line) => {
    if (line === 'pack') {
      // Long after everything that was sent, so that nothing is left waiting.
      while ((await store.call.compact(clock.now() + 3 * 3_600_000)).more);
      console.log(JSON.stringify(await store.call.stats()));
      return;
    }
    console.log(JSON.stringify({ ...(await receive.call.status()), stored }));
  })
  .on('close', async () => {
    await receive.call.close();
    await store.call.close();
    process.exit(0);
  });
