import { request } from 'undici';
import { z } from 'zod';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import type { Clock, Logger, Remote } from '../platform/index.ts';
import type { LogApi, MetricWriterApi, SeriesBlock } from '../store/index.ts';

const HISTORY_MS = 30 * DAY_MS;
const FINE_MS = 26 * HOUR_MS;
const COARSE_STEP_MS = 5 * MINUTE_MS;
const FINE_STEP_MS = MINUTE_MS;
/** A shorter hole is left as it is: nobody was watching, and nothing is invented in it. */
const HOLE_MIN_MS = 10 * MINUTE_MS;
const BLOCK_SAMPLES = 400_000;
const LINE_MAX = 4 * 1024 * 1024;
/** Set once a whole month has been written: a start that ended in the middle leaves holes that only it can name. */
const WRITTEN = 'demo.history-written-at';

const Line = z.object({
  labels: z.record(z.string(), z.string()),
  times: z.array(z.number()),
  values: z.array(z.union([z.number(), z.null()])),
});

export interface HistoryDeps {
  readonly fleetAddress: string;
  readonly store: Pick<Remote<MetricWriterApi>, 'stats' | 'backfill'>;
  readonly settings: Pick<Remote<LogApi>, 'getSetting' | 'putSetting'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** What the scrapes of a service's target carry beside its own labels. */
  readonly labelsOf: (service: string) => Readonly<Record<string, string>>;
}

/**
 * Writes the demo's past, marked synthetic, so that screens and budgets have something in them: five-minute steps for
 * a month, one-minute steps for the last day. A later start adds only what is missing since; one after a start that
 * broke off writes all of it again, which adds what is missing and nothing twice. Throws `history-refused`, `history-broken`.
 */
export async function writeHistory(deps: HistoryDeps): Promise<{ samples: number }> {
  const { fleetAddress, store, settings, clock, log, labelsOf } = deps;
  const now = clock.now();
  const { newestAt } = await store.stats();
  const whole = newestAt !== null && (await settings.getSetting(WRITTEN)) !== null;
  const fromAt = whole ? Math.max(now - HISTORY_MS, newestAt) : now - HISTORY_MS;
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
  await settings.putSetting(WRITTEN, String(now));
  log.info({ samples, fromAt }, 'wrote synthetic history');
  return { samples };
}

async function writeRange(
  address: string,
  store: HistoryDeps['store'],
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
  for await (const text of linesOf(answer.body)) {
    if (text === '') continue;
    const line = Line.safeParse(jsonOf(text));
    if (!line.success) continue;
    const block = blockOf(line.data, labelsOf);
    blocks.push(block);
    waiting += block.times.length;
    if (waiting > BLOCK_SAMPLES) await flush();
  }
  await flush();
  return samples;
}

/** The body's lines. A stream that breaks off throws; nothing that came before it is taken for the whole. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const bytes of body) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      if (rest.length > LINE_MAX)
        throw new CodedError('history-refused', 'A line of the demo history is too long.');
      yield* parts;
    }
  } catch (thrown) {
    if (thrown instanceof CodedError) throw thrown;
    throw new CodedError(
      'history-broken',
      `The demo fleet broke off while it gave its history (${messageOf(thrown)}). Start the demo again: what is missing is written then.`,
      { retryable: true, cause: thrown },
    );
  }
  if (rest !== '') yield rest;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CodedError('history-refused', 'The demo fleet gave a history that is not JSON.');
  }
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
