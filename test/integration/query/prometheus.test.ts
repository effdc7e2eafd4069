import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateInstant, evaluateRange } from '../../../main/query/engine.ts';
import {
  METRIC_LIMITS,
  type MetricReader,
  openMetricReader,
  openMetricWriter,
  seriesKey,
} from '../../../main/store/index.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { fleetSamples, randomBy, toOpenMetrics } from '../../support/fleet-samples.ts';
import { hasPrometheus, type RealPrometheus, startPrometheus } from '../../support/real-prometheus.ts';

const START = 1_700_000_000_000 - (1_700_000_000_000 % 15_000);
const SEED = Number(process.env.MIDWATCH_SEED ?? Math.floor(Math.random() * 1e9));
const ENGINE = { monotonic: () => 0, timeoutMs: 1 };

const QUERIES = `
requests_total
requests_total{code="500"}
requests_total{code=~"4..|5.."}
requests_total{code!~"2.."} offset 10m
{__name__=~"temp.*",instance!="a"}
rate(requests_total[5m])
rate(requests_total{instance="a"}[1m])
increase(requests_total[1h])
increase(requests_total[30s])
delta(temperature[10m])
irate(requests_total[2m])
idelta(temperature[2m])
deriv(temperature[10m])
predict_linear(temperature[10m], 600)
changes(temperature[5m])
resets(requests_total[1h])
avg_over_time(temperature[7m])
min_over_time(temperature[7m])
max_over_time(temperature[7m])
sum_over_time(temperature[7m])
count_over_time(temperature[7m])
last_over_time(temperature[20m])
present_over_time(temperature[7m])
stddev_over_time(temperature[7m])
stdvar_over_time(temperature[7m])
quantile_over_time(0.9, temperature[7m])
sum(rate(requests_total[5m]))
sum by (code) (rate(requests_total[5m]))
sum without (instance) (rate(requests_total[5m]))
avg(temperature)
min by (job) (temperature)
max(temperature) - min(temperature)
count(temperature)
group by (instance) (temperature)
stddev(temperature)
stdvar(temperature)
quantile(0.7, temperature)
topk(2, temperature)
bottomk(1, requests_total) by (code)
sum(rate(requests_total{code="500"}[5m])) / sum(rate(requests_total[5m]))
sum by (instance) (rate(requests_total{code="500"}[5m])) / on (instance) sum by (instance) (rate(requests_total[5m]))
requests_total / ignoring(code) group_left sum without (code) (requests_total)
temperature * on (instance) group_left(version) build_info
build_info * on (instance) group_right temperature
histogram_quantile(0.5, rate(latency_seconds_bucket[5m]))
histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[10m])))
histogram_quantile(0.9, sum by (le, instance) (increase(latency_seconds_bucket[1h])))
temperature > 22
temperature > bool 22
22 < temperature
temperature == temperature
temperature and on (instance) build_info
temperature unless on (instance) build_info
temperature or build_info
-temperature
temperature ^ 2 % 7 - 3 * 2
abs(temperature - 25)
ceil(temperature)
round(temperature, 0.5)
clamp(temperature, 18, 24)
clamp_min(temperature, 21)
clamp_max(temperature, 21)
sqrt(temperature) + ln(temperature) + exp(temperature / 50) + log2(temperature) + log10(temperature)
sgn(temperature - 22)
scalar(build_info) + 1
vector(3)
time()
absent(missing{a="b"})
absent(temperature)
absent_over_time(missing[5m])
timestamp(temperature)
sort_desc(temperature)
1 + 2 * 3 ^ 2
sum(temperature) > 1e9
`
  .trim()
  .split('\n');

if (!hasPrometheus())
  console.log('SKIPPED: "prometheus" and "promtool" are not installed, so nothing was compared with them.');

describe.skipIf(!hasPrometheus())('the same questions to a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-prometheus-'));
  const random = randomBy(SEED);
  let prometheus: RealPrometheus;
  let reader: MetricReader;
  let compared = 0;

  beforeAll(async () => {
    const blocks = fleetSamples(START, random);
    const path = join(folder, 'metrics.db');
    const writer = openMetricWriter(path, METRIC_LIMITS, { now: () => START });
    writer.backfill(blocks);
    writer.close();
    reader = openMetricReader(path);
    prometheus = await startPrometheus(folder, toOpenMetrics(blocks));
  });

  afterAll(async () => {
    console.log(`${compared} answers compared, seed ${SEED} (MIDWATCH_SEED repeats it)`);
    reader?.close();
    await prometheus?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** On a half second inside the data, where no window has a sample on its edge. */
  const instant = () => START + 3_600_000 + Math.floor(random() * 5_000) * 1000 + 500;

  it.each(QUERIES)('%s', async (query) => {
    for (let i = 0; i < 3; i += 1) await compareInstant(query, instant());
    await compareRange(query, instant());
  });

  it('random expressions', async () => {
    for (let i = 0; i < 150; i += 1) await compareInstant(randomExpression(), instant());
  });

  function randomExpression(): string {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const range = pick(['1m', '5m', '17m', '1h']);
    const selector = pick([
      'requests_total',
      'requests_total{code="200"}',
      'temperature',
      'latency_seconds_bucket',
      'temperature{instance=~"a|d"}',
    ]);
    const maths = pick([
      'rate',
      'increase',
      'delta',
      'avg_over_time',
      'max_over_time',
      'count_over_time',
      'stddev_over_time',
    ]);
    const offset = pick(['', '', ' offset 3m', ' offset 20m']);
    const inner = `${maths}(${selector}[${range}]${offset})`;
    const aggregation = pick(['sum', 'avg', 'min', 'max', 'count', 'stddev']);
    const outer = pick([
      inner,
      `${aggregation}(${inner})`,
      `${aggregation} by (instance) (${inner})`,
      `${aggregation} without (code, le) (${inner})`,
    ]);
    return pick([
      outer,
      `${outer} * 2`,
      `${outer} > 3`,
      `${outer} / ${outer}`,
      `${outer} or temperature`,
      `-(${outer})`,
    ]);
  }

  async function compareInstant(query: string, at: number): Promise<void> {
    const answer = (await prometheus.get('/api/v1/query', { query, time: String(at / 1000) })) as Answer;
    const local = evaluateInstant(reader, query, at, ENGINE);
    const where = `${query} at ${at}, seed ${SEED}`;
    expect(answer.status, `${where}: ${answer.error ?? ''}`).toBe('success');
    if (!local.ok) throw new Error(`${where}: ${local.error.message}`);
    const got =
      local.value.kind === 'scalar'
        ? [{ labels: {}, points: [[at, local.value.value] as const] }]
        : local.value.samples.map(({ labels, value }) => ({ labels, points: [[at, value] as const] }));
    const wanted =
      answer.data.resultType === 'scalar'
        ? [{ labels: {}, points: [pointOf(answer.data.result)] }]
        : answer.data.result.map(({ metric, value }) => ({ labels: metric, points: [pointOf(value)] }));
    same(wanted, got, where);
  }

  async function compareRange(query: string, fromAt: number): Promise<void> {
    const toAt = fromAt + 1_800_000;
    const stepMs = 77_000;
    const answer = (await prometheus.get('/api/v1/query_range', {
      query,
      start: String(fromAt / 1000),
      end: String(toAt / 1000),
      step: String(stepMs / 1000),
    })) as Answer;
    const local = evaluateRange(reader, query, { fromAt, toAt, stepMs }, ENGINE);
    const where = `${query} from ${fromAt}, seed ${SEED}`;
    expect(answer.status, `${where}: ${answer.error ?? ''}`).toBe('success');
    if (!local.ok) throw new Error(`${where}: ${local.error.message}`);
    const got = local.value.map(({ labels, times, values }) => ({
      labels,
      points: Array.from(times, (at, i) => [at, values[i] ?? 0] as const),
    }));
    if (answer.data.resultType === 'scalar') throw new Error(`${where}: a scalar for a range`);
    same(
      answer.data.result.map(({ metric, values }) => ({ labels: metric, points: values.map(pointOf) })),
      got,
      where,
    );
  }

  function same(wanted: readonly Plain[], got: readonly Plain[], where: string): void {
    const byKey = new Map(got.map((one) => [seriesKey(one.labels), one]));
    expect(Array.from(byKey.keys()).sort(), where).toEqual(wanted.map((one) => seriesKey(one.labels)).sort());
    for (const { labels, points } of wanted) {
      const found = byKey.get(seriesKey(labels))?.points ?? [];
      expect(
        found.map(([at]) => at),
        where,
      ).toEqual(points.map(([at]) => at));
      points.forEach(([, value], i) => {
        const own = found[i]?.[1] ?? Number.NaN;
        const off = Math.abs(own - value) / Math.max(Math.abs(value), 1e-9);
        compared += 1;
        if (!(Object.is(own, value) || own === value || off <= 1e-9))
          throw new Error(`${where}: ${seriesKey(labels)} is ${own} here and ${value} there`);
      });
    }
  }
});

interface Plain {
  readonly labels: Labels;
  readonly points: readonly (readonly [number, number])[];
}

type Point = readonly [number, string];

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data:
    | { readonly resultType: 'scalar'; readonly result: Point }
    | {
        readonly resultType: 'vector' | 'matrix';
        readonly result: readonly { metric: Labels; value: Point; values: readonly Point[] }[];
      };
}

function pointOf([seconds, text]: Point): readonly [number, number] {
  const value =
    text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
  return [Math.round(seconds * 1000), value];
}
