import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, startWorker, systemClock } from '../../main/platform/index.ts';
import { createLocalTarget, type QueryApi } from '../../main/query/index.ts';
import { METRIC_LIMITS, openMetricWriter, type SeriesBlock } from '../../main/store/index.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import { randomBy } from '../support/fleet-samples.ts';
import { hasPrometheus, type RealPrometheus, startWrittenPrometheus } from '../support/real-prometheus.ts';
import { type Benchmark, type Figure, UsageError } from './support/benchmark.ts';

const DAYS = 28;
const END = 1_700_000_000_000 - (1_700_000_000_000 % HOUR_MS);
const START = END - DAYS * DAY_MS;
const TIMES_MAX = 2;

const QUERIES = [
  'temperature',
  'rate(requests_total[5m])',
  'sum by (code) (rate(requests_total[5m]))',
  'sum(increase(requests_total[1h]))',
  'histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))',
  'avg_over_time(temperature[1h])',
  'max(max_over_time(temperature[1h]))',
  'quantile_over_time(0.9, temperature[1h])',
  'sum(rate(requests_total{code="500"}[5m])) / sum(rate(requests_total[5m]))',
];

const SPANS = [
  { name: '24h', spanMs: DAY_MS, stepMs: MINUTE_MS },
  { name: '28d', spanMs: DAYS * DAY_MS - 2 * HOUR_MS, stepMs: 30 * MINUTE_MS },
  { name: '28dHourly', spanMs: DAYS * DAY_MS - 2 * HOUR_MS, stepMs: HOUR_MS },
];

/** The same range queries over the same samples, to the local store through its thread and to a real Prometheus. */
export const benchmark: Benchmark = {
  about: 'range queries over 24 h and 28 d against a real Prometheus on the same samples',
  options: {
    series: { kind: 'number', about: 'series', default: 45, min: 9, max: 2_000 },
    runs: { kind: 'number', about: 'times that each query is asked', default: 7, min: 3, max: 100 },
  },
  async run(options, say) {
    if (!hasPrometheus()) throw new UsageError('prometheus and promtool are not installed here.');
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-query-'));
    const blocks = monthOf(options.number('series'), randomBy(options.seed));
    say(`${blocks.length} series of ${blocks[0]?.times.length} samples`);
    const path = join(folder, 'metrics.db');
    const writer = openMetricWriter(path, METRIC_LIMITS, { now: () => END });
    // As an objective or a board does: what is named is kept as rollups too.
    writer.nameSeries([[{ name: '__name__', op: '=~', value: '.+' }]]);
    for (const block of blocks) writer.backfill([block]);
    while (writer.compact(END).more);
    writer.close();
    const open = () =>
      startWorker<QueryApi>({
        name: 'query',
        entry: new URL('../../main/query/query.worker.ts', import.meta.url),
        init: { path },
        clock: systemClock(),
        log: silentLogger(),
      });
    // All samples in its head, in memory and not in blocks: the fastest that Prometheus has.
    const prometheus = await startWrittenPrometheus(folder, blocks.map(sentOf), [
      '--storage.tsdb.min-block-duration=60d',
      '--storage.tsdb.max-block-duration=60d',
    ]);
    const figures: Figure[] = [];
    try {
      for (const span of SPANS) {
        const worker = open();
        const local = createLocalTarget({ id: 'local', worker });
        await local.instant('1', END);
        const rows = [];
        for (const query of QUERIES)
          rows.push(await measure(local, prometheus, query, span, options.number('runs')));
        await worker.stop();
        for (const row of rows)
          say(
            `${span.name} ${row.query}: ${row.own.toFixed(1)} ms (first ${row.first.toFixed(1)}), Prometheus ${row.other.toFixed(1)} ms: ${(row.own / row.other).toFixed(2)} ×`,
          );
        figures.push(...figuresOf(span.name, rows));
      }
    } finally {
      await prometheus.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    return {
      figures,
      notes: [
        'Both with all that they do to answer: a thread here, HTTP and JSON there, unread.',
        'All series are named, so that the store has rollups of them; where each step takes whole hours, windows of an hour are answered from those; everything else is read sample by sample, as there are fewer samples than numbers in its buckets.',
      ],
    };
  },
};

interface Row {
  readonly query: string;
  readonly own: number;
  readonly first: number;
  readonly other: number;
}

function figuresOf(span: string, rows: readonly Row[]): Figure[] {
  return [
    {
      name: `own${span}Ms`,
      label: `${span}: here, median`,
      value: median(rows.map(({ own }) => own)),
      unit: 'ms',
    },
    {
      name: `first${span}Ms`,
      label: '  asked for the first time',
      value: median(rows.map(({ first }) => first)),
      unit: 'ms',
    },
    {
      name: `prometheus${span}Ms`,
      label: '  Prometheus',
      value: median(rows.map(({ other }) => other)),
      unit: 'ms',
    },
    {
      name: `times${span}`,
      label: '  as many times as Prometheus, median',
      value: median(rows.map(({ own, other }) => own / other)),
      unit: '×',
      atMost: TIMES_MAX,
    },
  ];
}

async function measure(
  local: QueryTarget,
  prometheus: RealPrometheus,
  query: string,
  { spanMs, stepMs }: { readonly spanMs: number; readonly stepMs: number },
  runs: number,
): Promise<Row> {
  const own: number[] = [];
  const other: number[] = [];
  const window = { fromAt: END - spanMs, toAt: END, stepMs };
  const parameters = {
    query,
    start: String(window.fromAt / 1000),
    end: String(window.toAt / 1000),
    step: String(stepMs / 1000),
  };
  for (let run = 0; run < runs; run += 1) {
    own.push(
      await timed(async () => {
        const answer = await local.range(query, window);
        if (!answer.ok) throw new Error(`${query}: ${answer.error.message}`);
        if (answer.value.length === 0) throw new Error(`${query} answered nothing.`);
      }),
    );
    other.push(
      await timed(async () => {
        const body = new URLSearchParams(parameters);
        const answer = await fetch(`${prometheus.base}/api/v1/query_range`, { method: 'POST', body });
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`${query}: Prometheus answered ${answer.status}.`);
      }),
    );
  }
  return { query, first: own[0] ?? 0, own: median(own), other: median(other) };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function sentOf({ labels, times, values }: SeriesBlock) {
  return {
    labels: Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    samples: Array.from(times, (at, i) => [values[i] ?? 0, at] as const),
  };
}

/** A month of counters, gauges and histograms in equal parts, one sample a minute. */
function monthOf(series: number, random: () => number): SeriesBlock[] {
  const count = DAYS * 24 * 60;
  const times = Float64Array.from({ length: count }, (_, i) => START + (i + 1) * MINUTE_MS);
  return Array.from({ length: series }, (_, n) => {
    const kind = n % 3;
    const instance = String(Math.floor(n / 9));
    const place = Math.floor(n / 3) % 3;
    let total = 0;
    const values = times.map((_at, i) => {
      if (kind === 1) return Number((20 + 10 * Math.sin(i / 700) + random()).toFixed(2));
      total += Math.floor(random() * 100);
      return total;
    });
    const labels =
      kind === 0
        ? { __name__: 'requests_total', instance, code: ['200', '404', '500'][place] ?? '' }
        : kind === 1
          ? { __name__: 'temperature', instance, sensor: String(place) }
          : { __name__: 'latency_bucket', instance, le: ['0.1', '1', '+Inf'][place] ?? '' };
    return { labels, times, values, synthetic: true };
  });
}
