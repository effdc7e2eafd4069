import { describe, expect, it } from 'vitest';
import { createOtlpDecoders } from '../../../../main/receive/otlp/index.ts';
import {
  metricsBody,
  nanosAt,
  OTLP_LIMITS,
  otlpRequest,
  RECEIVED_AT,
  samplesOf,
  takeMetrics,
  textAttribute,
} from '../../../support/otlp.ts';

const [DELTA, CUMULATIVE] = [1, 2];
const point = (seconds: number, asDouble: number, more: object = {}) => ({
  startTimeUnixNano: nanosAt(seconds - 10),
  timeUnixNano: nanosAt(seconds),
  asDouble,
  ...more,
});
const sum = (
  name: string,
  dataPoints: object[],
  aggregationTemporality = CUMULATIVE,
  isMonotonic = true,
) => ({
  name,
  sum: { dataPoints, aggregationTemporality, isMonotonic },
});
const exponential = (dataPoints: object[], aggregationTemporality = DELTA) => ({
  name: 'size',
  exponentialHistogram: { dataPoints, aggregationTemporality },
});

describe('names and labels', () => {
  it.each([
    ['http.server.duration', 's', 'histogram', 'http_server_duration_seconds_count'],
    ['memory.usage', 'By', 'gauge', 'memory_usage_bytes'],
    ['memory_bytes', 'By', 'gauge', 'memory_bytes'],
    ['cpu.utilisation', '1', 'gauge', 'cpu_utilisation_ratio'],
    ['requests', '1', 'sum', 'requests_total'],
    ['requests.total.count', '{request}', 'sum', 'requests_count_total'],
    ['network.io', 'By/s', 'gauge', 'network_io_bytes_per_second'],
    ['io_bytes_per_second', 'By/s', 'gauge', 'io_bytes_per_second'],
    ['disk', 'widgets/{thing}', 'gauge', 'disk_widgets'],
    ['2xx__rate', '', 'gauge', '_2xx_rate'],
    ['größe (kg)', '', 'gauge', 'gr_e_kg'],
    ['a:b', '', 'gauge', 'a:b'],
  ])('%s in %s as %s is called %s', (name, unit, kind, expected) => {
    const data =
      kind === 'gauge'
        ? { gauge: { dataPoints: [point(0, 1)] } }
        : kind === 'sum'
          ? sum(name, [point(0, 1)])
          : { histogram: { aggregationTemporality: CUMULATIVE, dataPoints: [point(0, 1, { count: '1' })] } };
    const { received } = takeMetrics(createOtlpDecoders(), metricsBody([{ ...data, name, unit }]));
    expect(received.series.map((one) => one.labels.__name__)).toContain(expected);
  });

  it('keys that become one name share it in their order, and none becomes one of Prometheus’ own', () => {
    const attributes = [
      textAttribute('b_c', 'second'),
      textAttribute('b.c', 'first'),
      textAttribute('__name__', 'stolen'),
      textAttribute('__proto__', 'x'),
      textAttribute('9lives', 'y'),
      textAttribute('empty', ''),
      { key: 'n', value: { intValue: '9007199254740993' } },
      { key: 'list', value: { arrayValue: { values: [{ boolValue: true }, { doubleValue: 0.5 }] } } },
    ];
    const { received } = takeMetrics(
      createOtlpDecoders(),
      metricsBody([{ name: 'up', gauge: { dataPoints: [point(0, 1, { attributes })] } }]),
    );
    expect(received.series[0]?.labels).toEqual({
      __name__: 'up',
      b_c: 'first;second',
      key_name_: 'stolen',
      key_proto_: 'x',
      key_9lives: 'y',
      n: '9007199254740993',
      list: '[true,0.5]',
    });
  });

  it('a resource is named by job and instance, and what else it says stands in target_info', () => {
    const resource = [
      textAttribute('service.name', 'ranker'),
      textAttribute('service.namespace', 'shop'),
      textAttribute('service.instance.id', 'a-1'),
      textAttribute('k8s.pod.name', 'ranker-7'),
    ];
    const { received } = takeMetrics(
      createOtlpDecoders(),
      metricsBody([{ name: 'up', gauge: { dataPoints: [point(-1, 1), point(0, 1)] } }], resource),
    );
    expect(samplesOf(received)).toEqual({
      'up{instance="a-1",job="shop/ranker"}': [
        [-1, 1],
        [0, 1],
      ],
      'target_info{instance="a-1",job="shop/ranker",k8s_pod_name="ranker-7"}': [[0, 1]],
    });
  });
});

describe('sums', () => {
  it('deltas of one body may come in any order, and go on in the next', () => {
    const decoders = createOtlpDecoders();
    const first = metricsBody([sum('hits', [point(20, 5), point(10, 2)], DELTA)]);
    expect(samplesOf(takeMetrics(decoders, first).received)).toEqual({
      hits_total: [
        [0.001, 0],
        [10, 2],
        [20, 7],
      ],
    });
    const second = takeMetrics(decoders, metricsBody([sum('hits', [point(30, 1)], DELTA)]));
    expect(samplesOf(second.received)).toEqual({ hits_total: [[30, 8]] });
  });

  it('a source’s deltas are its own, and a repeated request counts once', () => {
    const decoders = createOtlpDecoders();
    const body = metricsBody([sum('hits', [point(10, 2)], DELTA)]);
    takeMetrics(decoders, body);
    expect(samplesOf(takeMetrics(decoders, body).received)).toEqual({ hits_total: [[10, 2]] });
    const other = takeMetrics(decoders, metricsBody([sum('hits', [point(20, 4)], DELTA)]), {
      sourceId: 'other',
    });
    expect(samplesOf(other.received).hits_total?.at(-1)).toEqual([20, 4]);
  });

  it('a stream silent for longer than it is remembered begins anew, with its zero', () => {
    const decoders = createOtlpDecoders({ weightMax: 10, idleMs: 60_000 });
    takeMetrics(decoders, metricsBody([sum('hits', [point(10, 2)], DELTA)]));
    const later = takeMetrics(decoders, metricsBody([sum('hits', [point(90, 3)], DELTA)]), {
      receivedAt: RECEIVED_AT + 90_000,
    });
    expect(samplesOf(later.received)).toEqual({
      hits_total: [
        [80.001, 0],
        [90, 3],
      ],
    });
  });

  it('deltas beyond those that can be remembered are refused by name, and the rest goes on', () => {
    const decoders = createOtlpDecoders({ weightMax: 1, idleMs: 60_000 });
    const metrics = [
      sum('a', [point(10, 2)], DELTA),
      sum('b', [point(10, 2)], DELTA),
      sum('c', [point(10, 3)]),
    ];
    const { received, answer } = takeMetrics(decoders, metricsBody(metrics));
    expect(Object.keys(samplesOf(received))).toEqual(['a_total', 'c_total']);
    expect(JSON.parse(Buffer.from(answer.body ?? []).toString())).toEqual({
      partialSuccess: {
        rejectedDataPoints: '1',
        errorMessage: expect.stringContaining('1 × delta stream beyond those that can be added up'),
      },
    });
  });

  it('a sum that may fall is a gauge by name, whether it comes as deltas or not', () => {
    const decoders = createOtlpDecoders();
    const { received } = takeMetrics(
      decoders,
      metricsBody([
        sum('queue', [point(10, 5), point(20, -3)], DELTA, false),
        sum('open', [point(10, 4)], CUMULATIVE, false),
      ]),
    );
    expect(samplesOf(received)).toEqual({
      queue: [
        [0.001, 0],
        [10, 5],
        [20, 2],
      ],
      open: [[10, 4]],
    });
  });
});

describe('histograms', () => {
  const histogram = (dataPoints: object[], aggregationTemporality = CUMULATIVE) => ({
    name: 'wait',
    histogram: { dataPoints, aggregationTemporality },
  });

  it('become cumulative buckets, sum and count', () => {
    const dataPoints = [
      point(10, 0, { count: '6', sum: 4.5, bucketCounts: ['1', '2', '3'], explicitBounds: [0.1, 1e-7 + 1] }),
    ];
    const { received } = takeMetrics(createOtlpDecoders(), metricsBody([histogram(dataPoints)]));
    expect(samplesOf(received)).toEqual({
      'wait_bucket{le="0.1"}': [[10, 1]],
      'wait_bucket{le="1.0000001"}': [[10, 3]],
      'wait_bucket{le="+Inf"}': [[10, 6]],
      wait_count: [[10, 6]],
      wait_sum: [[10, 4.5]],
    });
  });

  it('with other boundaries than before begin anew, and the old boundaries end', () => {
    const decoders = createOtlpDecoders();
    const at = (seconds: number, bound: number) =>
      histogram(
        [point(seconds, 0, { count: '2', bucketCounts: ['1', '1'], explicitBounds: [bound] })],
        DELTA,
      );
    takeMetrics(decoders, metricsBody([at(10, 1)]));
    const samples = samplesOf(takeMetrics(decoders, metricsBody([at(20, 2)])).received);
    expect(samples['wait_bucket{le="1"}']).toEqual([[20, Number.NaN]]);
    expect(samples['wait_bucket{le="2"}']).toEqual([
      [10.001, 0],
      [20, 1],
    ]);
  });

  it('whose buckets do not fit are refused', () => {
    const wrong = [
      { count: '1', bucketCounts: ['1', '1'], explicitBounds: [1] },
      { count: '2', bucketCounts: ['1', '1'], explicitBounds: [1, 2] },
      { count: '3', bucketCounts: ['1', '1', '1'], explicitBounds: [2, 1] },
    ].map((more) => point(10, 0, more));
    const { received } = takeMetrics(createOtlpDecoders(), metricsBody([histogram(wrong)]));
    expect(received.refused).toEqual([
      { reason: 'histogram point whose buckets do not fit its boundaries or its count', count: 3 },
    ]);
    expect(received.series).toEqual([]);
  });

  it('of exponential kind: a boundary that comes later has its value at the point before', () => {
    const decoders = createOtlpDecoders();
    const at = (seconds: number, offset: number) =>
      exponential([point(seconds, 0, { count: '1', scale: 0, positive: { offset, bucketCounts: ['1'] } })]);
    takeMetrics(decoders, metricsBody([at(10, 0)]));
    const samples = samplesOf(takeMetrics(decoders, metricsBody([at(20, 2)])).received);
    expect(samples['size_bucket{le="8"}']).toEqual([
      [10, 1],
      [20, 2],
    ]);
    expect(samples['size_bucket{le="2"}']).toEqual([[20, 1]]);
    expect(samples['size_bucket{le="+Inf"}']).toEqual([[20, 2]]);
  });

  it('of exponential kind: when the range makes the scale coarser, boundaries that are gone end', () => {
    const decoders = createOtlpDecoders();
    const at = (seconds: number, offset: number) =>
      exponential([point(seconds, 0, { count: '1', scale: 2, positive: { offset, bucketCounts: ['1'] } })]);
    takeMetrics(decoders, metricsBody([at(10, 0)]));
    const samples = samplesOf(takeMetrics(decoders, metricsBody([at(20, 100)])).received);
    expect(samples['size_bucket{le="1.189207115002721"}']).toEqual([[20, Number.NaN]]);
    expect(samples['size_bucket{le="1"}']?.at(-1)).toEqual([20, 0]);
    expect(samples.size_count).toEqual([[20, 2]]);
  });
});

describe('the rest', () => {
  it('summaries become quantiles', () => {
    const dataPoints = [
      point(10, 0, { count: '9', sum: 3, quantileValues: [{ quantile: 0.99, value: 0.7 }] }),
    ];
    const { received } = takeMetrics(
      createOtlpDecoders(),
      metricsBody([{ name: 'rt', summary: { dataPoints } }]),
    );
    expect(samplesOf(received)).toEqual({
      'rt{quantile="0.99"}': [[10, 0.7]],
      rt_count: [[10, 9]],
      rt_sum: [[10, 3]],
    });
  });

  it('a point without a recorded value ends its series by Prometheus’ own marker', () => {
    const { received } = takeMetrics(
      createOtlpDecoders(),
      metricsBody([{ name: 'up', gauge: { dataPoints: [point(10, 1), point(20, 0, { flags: 1 })] } }]),
    );
    const [series] = received.series;
    expect([...new BigUint64Array(series?.values.buffer ?? new ArrayBuffer(0))][1]).toBe(0x7ff0000000000002n);
  });

  it('an exemplar that says nothing is counted, and is no fault of the sender', () => {
    const dataPoints = [point(10, 1, { exemplars: [{}, {}] })];
    const { received, answer } = takeMetrics(
      createOtlpDecoders(),
      metricsBody([{ name: 'up', gauge: { dataPoints } }]),
    );
    expect(received.refused).toEqual([{ reason: 'an exemplar without a value', count: 2 }]);
    expect(Buffer.from(answer.body ?? []).toString()).toBe('{}');
  });

  it('what the store refuses afterwards is said in the same answer', () => {
    const { partial } = takeMetrics(
      createOtlpDecoders(),
      metricsBody([{ name: 'up', gauge: { dataPoints: [point(10, 1)] } }]),
    );
    const answer = partial?.([{ reason: 'series over the limit', count: 3 }]);
    expect(answer && 'body' in answer && Buffer.from(answer.body ?? []).toString()).toContain(
      '"rejectedDataPoints":"3"',
    );
  });

  it('a body over the limits is refused whole and changes no total', () => {
    const decoders = createOtlpDecoders();
    const body = metricsBody([sum('hits', [point(10, 2), point(20, 3)], DELTA)]);
    const refused = decoders.metrics(otlpRequest(body, { limits: { ...OTLP_LIMITS, samplesMax: 2 } }));
    expect(refused).toMatchObject({ ok: false, error: { status: 413 } });
    expect(samplesOf(takeMetrics(decoders, body).received).hits_total?.at(-1)).toEqual([20, 5]);
  });

  it('points with too many or too long labels are refused, others stay', () => {
    const many = Array.from({ length: 70 }, (_, index) => textAttribute(`label${index}`, 'x'));
    const dataPoints = [
      point(10, 1, { attributes: many }),
      point(10, 2, { attributes: [textAttribute('long', 'ü'.repeat(2_049))] }),
      point(10, 3),
    ];
    const { received } = takeMetrics(
      createOtlpDecoders(),
      metricsBody([{ name: 'up', gauge: { dataPoints } }]),
    );
    expect(samplesOf(received)).toEqual({ up: [[10, 3]] });
    expect(received.refused.map((one) => one.reason)).toEqual([
      'point with more than 64 labels',
      'point with a label longer than 4096 bytes',
    ]);
  });
});
