import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineOptions, evaluateInstant, evaluateRange } from '../../main/query/engine.ts';
import type { MetricReader } from '../../main/store/index.ts';
import { randomBy } from '../support/fleet-samples.ts';
import { createMemorySamples } from '../support/memory-metrics.ts';
import { type AskedRange, askPrometheus } from '../support/prometheus-answer.ts';
import { createRandomPromql, PROMETHEUS_2_42 } from '../support/random-promql.ts';
import { randomSeries, SERIES_MS } from '../support/random-series.ts';
import { hasPrometheus, startWrittenPrometheus } from '../support/real-prometheus.ts';
import type { SentSeries } from '../support/remote-write.ts';
import { type AnsweredSeries, differenceOf, TOLERANCE } from '../support/same-answer.ts';
import { type Benchmark, UsageError } from './support/benchmark.ts';

const START = 1_700_000_000_000 - (1_700_000_000_000 % 3_600_000);
const ENGINE: EngineOptions = { monotonic: () => 0, timeoutMs: 1, compat: 2 };
const SHOWN = 15;

/** Random questions over random series, to a real Prometheus of the second version and to the evaluator in its rules. */
export const benchmark: Benchmark = {
  about: 'random PromQL against a real Prometheus 2, answer by answer',
  options: {
    queries: { kind: 'number', about: 'questions', default: 2_000, min: 1, max: 100_000 },
  },
  async run(options, say) {
    if (!hasPrometheus()) throw new UsageError('prometheus and promtool are not installed here.');
    const random = randomBy(options.seed);
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-diff-'));
    const series = randomSeries(START, random);
    const reader = readerOf(series);
    const prometheus = await startWrittenPrometheus(folder, series);
    const { expression } = createRandomPromql(random, PROMETHEUS_2_42, START + SERIES_MS);
    const tally = { asked: 0, refused: 0, empty: 0, samples: 0, differences: 0 };
    const notes: string[] = [];
    try {
      for (; tally.asked < options.number('queries'); tally.asked += 1) {
        const query = expression();
        const asked = randomRange(random);
        const wanted = await askPrometheus(prometheus, query, asked);
        const got = askHere(reader, query, asked);
        if (typeof wanted === 'string') tally.refused += 1;
        else if (wanted.length === 0) tally.empty += 1;
        else for (const { points } of wanted) tally.samples += points.size;
        const difference = compare(wanted, got);
        if (difference === undefined) continue;
        tally.differences += 1;
        if (tally.differences <= SHOWN) notes.push(`${describe(asked)} ${query}\n      ${difference}`);
        if (tally.differences <= SHOWN) say(`${describe(asked)} ${query}\n      ${difference}`);
      }
    } finally {
      await prometheus.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    return {
      figures: [
        { name: 'queries', label: 'questions', value: tally.asked, unit: '' },
        { name: 'refused', label: '  refused by Prometheus, and here', value: tally.refused, unit: '' },
        { name: 'empty', label: '  answered with nothing', value: tally.empty, unit: '' },
        { name: 'values', label: 'values compared', value: tally.samples, unit: '' },
        {
          name: 'differences',
          label: 'questions answered differently',
          value: tally.differences,
          unit: '',
          atMost: 0,
        },
      ],
      notes: [`Numbers are the same where they differ by ${TOLERANCE} of the larger at most.`, ...notes],
    };
  },
};

function readerOf(all: readonly SentSeries[]): MetricReader {
  const { reader, writer } = createMemorySamples();
  const { refs } = writer.register(all.map(({ labels }) => Object.fromEntries(labels)));
  all.forEach(({ samples }, i) => {
    const ref = refs.subarray(i, i + 1);
    for (const [value, at] of samples)
      if (value === 'stale') writer.markStale(ref, at);
      else writer.append({ at, refs: ref, values: Float64Array.of(value) });
  });
  return reader;
}

/** Some of them on the quarter minute, where windows have samples on their edges. */
function randomRange(random: () => number): AskedRange {
  const some = START + Math.floor(random() * SERIES_MS);
  const fromAt = random() < 0.5 ? some - (some % 15_000) : some;
  if (random() < 0.5) return { fromAt, toAt: fromAt, stepMs: null };
  const stepMs = [15_000, 60_000, 77_000, 300_000][Math.floor(random() * 4)] ?? 60_000;
  return { fromAt, toAt: fromAt + Math.floor(random() * 30) * stepMs, stepMs };
}

function askHere(
  reader: MetricReader,
  query: string,
  { fromAt, toAt, stepMs }: AskedRange,
): readonly AnsweredSeries[] | string {
  if (stepMs === null) {
    const answer = evaluateInstant(reader, query, fromAt, ENGINE);
    if (!answer.ok) return answer.error.message;
    const { value } = answer;
    return value.kind === 'scalar'
      ? [{ labels: {}, points: new Map([[fromAt, value.value]]) }]
      : value.samples.map((sample) => ({ labels: sample.labels, points: new Map([[fromAt, sample.value]]) }));
  }
  const answer = evaluateRange(reader, query, { fromAt, toAt, stepMs }, ENGINE);
  if (!answer.ok) return answer.error.message;
  return answer.value.map(({ labels, times, values }) => ({
    labels,
    points: new Map(Array.from(times, (at, i) => [at, values[i] ?? Number.NaN] as const)),
  }));
}

function compare(
  wanted: readonly AnsweredSeries[] | string,
  got: readonly AnsweredSeries[] | string,
): string | undefined {
  if (typeof wanted === 'string')
    return typeof got === 'string' ? undefined : `answered here, and refused by Prometheus: ${wanted}`;
  return typeof got === 'string' ? `refused here: ${got}` : differenceOf(wanted, got);
}

function describe({ fromAt, toAt, stepMs }: AskedRange): string {
  return stepMs === null ? `at ${fromAt}:` : `from ${fromAt} to ${toAt} step ${stepMs}:`;
}
