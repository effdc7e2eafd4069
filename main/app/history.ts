import { createInterface } from 'node:readline';
import { request } from 'undici';
import { z } from 'zod';
import { CodedError } from '../../shared/error/coded.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import type { Clock, Logger, Remote } from '../platform/index.ts';
import type { MetricWriterApi, SeriesBlock } from '../store/index.ts';

const HISTORY_MS = 30 * DAY_MS;
const FINE_MS = 26 * HOUR_MS;
const COARSE_STEP_MS = 5 * MINUTE_MS;
const FINE_STEP_MS = MINUTE_MS;
/** A shorter hole is left as it is: nobody was watching, and nothing is invented in it. */
const HOLE_MIN_MS = 10 * MINUTE_MS;
const BLOCK_SAMPLES = 400_000;
const LINE_MAX = 4 * 1024 * 1024;

const Line = z.object({
  labels: z.record(z.string(), z.string()),
  times: z.array(z.number()),
  values: z.array(z.union([z.number(), z.null()])),
});

/**
 * Writes the demo's past, marked synthetic, so that screens and budgets have something in them: five-minute steps for
 * a month, one-minute steps for the last day. A later start adds only what is missing since.
 */
export async function writeHistory(
  fleetAddress: string,
  store: Remote<MetricWriterApi>,
  clock: Clock,
  log: Logger,
  labelsOf: (service: string) => Readonly<Record<string, string>>,
): Promise<{ samples: number }> {
  const now = clock.now();
  const { newestAt } = await store.stats();
  const fromAt = Math.max(now - HISTORY_MS, newestAt ?? 0);
  if (now - fromAt < HOLE_MIN_MS) return { samples: 0 };
  const fineFromAt = Math.max(fromAt, now - FINE_MS);
  let samples = 0;
  for (const [from, to, step] of [
    [fromAt, fineFromAt, COARSE_STEP_MS],
    [fineFromAt, now - FINE_STEP_MS, FINE_STEP_MS],
  ] as const) {
    if (to - from < step) continue;
    samples += await writeRange(
      `${fleetAddress}/history?from=${Math.round(from)}&to=${Math.round(to)}&step=${step}`,
      store,
      labelsOf,
    );
  }
  log.info({ samples, fromAt }, 'wrote synthetic history');
  return { samples };
}

async function writeRange(
  address: string,
  store: Remote<MetricWriterApi>,
  labelsOf: (service: string) => Readonly<Record<string, string>>,
): Promise<number> {
  const answer = await request(address, { signal: AbortSignal.timeout(60_000) });
  if (answer.statusCode !== 200) {
    const text = (await answer.body.text()).slice(0, 300);
    throw new CodedError('history-refused', `The demo fleet gave no history (${answer.statusCode}): ${text}`);
  }
  let blocks: SeriesBlock[] = [];
  let waiting = 0;
  let samples = 0;
  const flush = async () => {
    if (blocks.length === 0) return;
    samples += (await store.backfill(blocks)).samples;
    blocks = [];
    waiting = 0;
  };
  for await (const text of createInterface({ input: answer.body })) {
    if (text.length > LINE_MAX)
      throw new CodedError('history-refused', 'A line of the demo history is too long.');
    const line = Line.safeParse(JSON.parse(text));
    if (!line.success) continue;
    const block = blockOf(line.data, labelsOf);
    blocks.push(block);
    waiting += block.times.length;
    if (waiting > BLOCK_SAMPLES) await flush();
  }
  await flush();
  return samples;
}

function blockOf(
  line: z.infer<typeof Line>,
  labelsOf: (service: string) => Readonly<Record<string, string>>,
): SeriesBlock {
  return {
    labels: { ...line.labels, ...labelsOf(line.labels.service ?? '') },
    times: Float64Array.from(line.times),
    values: Float64Array.from(line.values, (value) => value ?? Number.NaN),
    synthetic: true,
  };
}
