import {
  createIngest,
  createScrapeApi,
  type IngestDeps,
  type Polled,
  type Reported,
} from '../../main/ingest/index.ts';
import { type Clock, inlineWorker, systemClock } from '../../main/platform/index.ts';
import { createReceiveApi, RECEIVE_LIMITS } from '../../main/receive/index.ts';
import type { MetricWriterApi } from '../../main/store/index.ts';
import { SourceConfig } from '../../shared/config/source.ts';
import { ok } from '../../shared/error/result.ts';
import { createMemorySamples } from './memory-metrics.ts';
import { sourceDeps } from './source.ts';
import { memoryLedger } from './watch-ledger.ts';

export function pushConfig(id: string, more: object = {}): SourceConfig {
  return SourceConfig.parse({ kind: 'push', id, token: `env:${id}`, ...more });
}

function tokenOf(sourceId: string): string {
  return `token-of-${sourceId}-0123456789`;
}

/** Real receivers before an ingest with its samples in memory. The receivers' time is real; ingest's may be virtual. */
export async function openPushing(
  sources: readonly SourceConfig[],
  options: {
    readonly clock?: Clock;
    readonly deps?: Partial<IngestDeps>;
    readonly store?: (writer: MetricWriterApi) => MetricWriterApi;
    readonly onReported?: (reported: Reported) => Promise<void>;
  } = {},
) {
  const clock = options.clock ?? systemClock();
  const samples = createMemorySamples();
  const api = createReceiveApi({ clock: systemClock() });
  const { port } = await api.listen({
    host: 'localhost',
    port: 0,
    limits: RECEIVE_LIMITS,
    senders: sources.flatMap((one) =>
      one.kind === 'push'
        ? [
            {
              sourceId: one.id,
              token: tokenOf(one.id),
              accept: one.accept,
              labels: one.labels,
              seriesMax: one.seriesLimit,
            },
          ]
        : [],
    ),
  });
  const polled: Polled[] = [];
  const reported: Reported[] = [];
  const writer = options.store?.(samples.writer) ?? samples.writer;
  const ingest = createIngest({
    ...sourceDeps({ clock, random: () => 0 }),
    sources,
    store: inlineWorker('metrics', writer),
    scrapeWorker: inlineWorker('scrape', createScrapeApi()),
    localTarget: {
      id: 'local',
      instant: async () => ok({ kind: 'vector', samples: [] }),
      range: async () => ok([]),
    },
    onPolled: async (one) => void polled.push(one),
    ledger: memoryLedger(clock),
    push: {
      receive: inlineWorker('receive', api),
      listening: () => ({ address: `http://127.0.0.1:${port}`, problem: null }),
      onReported: options.onReported ?? (async (one) => void reported.push(one)),
    },
    ...options.deps,
  });
  const send = (sourceId: string, path: string, body: unknown) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(sourceId)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    ingest,
    samples,
    polled,
    reported,
    send,
    /** One gauge over OTLP as JSON; answers the status. */
    async gauge(sourceId: string, name: string, value: number, at = Date.now(), attributes: object = {}) {
      const answer = await send(sourceId, '/v1/metrics', otlpGauge(name, value, at, attributes));
      await answer.text();
      return answer.status;
    },
    status: (id: string) => {
      const found = ingest.status().find((one) => one.id === id);
      if (!found) throw new Error(`no source ${id}`);
      return found;
    },
    stored: (name: string) =>
      samples.reader
        .select([{ name: '__name__', op: '=', value: name }], -1, Number.MAX_SAFE_INTEGER)
        .flatMap((series) => [...series.values]),
    async close() {
      await ingest.stop();
    },
  };
}

function otlpGauge(name: string, value: number, at: number, attributes: object) {
  const point = {
    timeUnixNano: `${at}000000`,
    asDouble: value,
    attributes: Object.entries(attributes).map(([key, text]) => ({ key, value: { stringValue: text } })),
  };
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: [point] } }] }] }] };
}
