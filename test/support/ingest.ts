import {
  createIngest,
  createScrapeApi,
  type Ingest,
  type IngestDeps,
  type Polled,
} from '../../main/ingest/index.ts';
import { inlineWorker, type VirtualClock } from '../../main/platform/index.ts';
import type { SourceConfig } from '../../shared/config/source.ts';
import { ok } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import { createMemorySamples } from './memory-metrics.ts';
import { sourceDeps } from './source.ts';
import { memoryLedger } from './watch-ledger.ts';

const local: QueryTarget = {
  id: 'local',
  instant: async () => ok({ kind: 'vector', samples: [] }),
  range: async () => ok([]),
};

/** Ingest over real HTTP with a virtual clock and the metric store in memory. */
export function openIngest(
  clock: VirtualClock,
  sources: readonly SourceConfig[],
  more: Partial<IngestDeps> = {},
) {
  const samples = createMemorySamples();
  const polled: Polled[] = [];
  const ingest: Ingest = createIngest({
    ...sourceDeps({ clock, random: () => 0 }),
    sources,
    store: inlineWorker('metrics', samples.writer),
    scrapeWorker: inlineWorker('scrape', createScrapeApi()),
    localTarget: local,
    onPolled: async (one) => void polled.push(one),
    ledger: memoryLedger(clock),
    ...more,
  });
  /** Values of one metric by time, `stale` where its end is marked. */
  const stored = (name: string) =>
    samples.reader
      .select([{ name: '__name__', op: '=', value: name }], -1, Number.MAX_SAFE_INTEGER)
      .flatMap((series) =>
        [...series.times].map(
          (at, i) => [at, series.stale.includes(i) ? 'stale' : series.values[i]] as const,
        ),
      );
  return { ingest, samples, polled, stored, local };
}
