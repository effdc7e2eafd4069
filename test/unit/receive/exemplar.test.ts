import { describe, expect, it } from 'vitest';
import { ExemplarDraft } from '../../../main/receive/exemplar-draft.ts';
import { RECEIVE_LIMITS } from '../../../main/receive/limits.ts';
import { createRoutes } from '../../../main/receive/route.ts';
import { SeriesKey } from '../../../main/receive/series-key.ts';
import { createSourceBook } from '../../../main/receive/source-book.ts';
import { takeIn } from '../../../main/receive/take-in.ts';
import { createExemplarBook } from '../../../shared/model/exemplar-book.ts';
import { metricsBody, nanosAt, otlpRequest, RECEIVED_AT, textAttribute } from '../../support/otlp.ts';
import { sender } from '../../support/receiving.ts';
import {
  compress,
  HEADERS_1,
  HEADERS_2,
  request2,
  type SentExemplar,
  series,
  writeRequest,
} from '../../support/remote-write.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

/** One source's receivers without HTTP: what it sends, what is left out, and what can be asked for afterwards. */
function receivers(labels = {}) {
  const book = createSourceBook();
  book.replace([sender('pushed', { labels }), sender('other')]);
  const key = new SeriesKey(RECEIVE_LIMITS, 7);
  const routes = createRoutes();
  const take = (
    path: string,
    given: Parameters<typeof otlpRequest>[1],
    body: unknown,
    sourceId = 'pushed',
  ) => {
    const route = routes.get(path);
    const source = book.get(sourceId);
    if (!route || !source) throw new Error('no such route or source');
    const request = otlpRequest(body, { path, sourceId, limits: RECEIVE_LIMITS, ...given });
    const taken = takeIn(request, route, source, key);
    if (!taken.ok) throw new Error(taken.error.message);
    return taken.value;
  };
  return {
    list: (question = {}) => book.exemplars({ limit: 100, ...question }),
    otlp: (metrics: readonly object[], attributes: readonly object[] = []) =>
      take('/v1/metrics', {}, metricsBody(metrics, attributes)),
    write(version: 1 | 2, all: Parameters<typeof writeRequest>[0], sourceId = 'pushed') {
      const headers = version === 1 ? HEADERS_1 : HEADERS_2;
      const body = compress(version === 1 ? writeRequest(all) : request2(all));
      return take(
        '/api/v1/write',
        { headers, contentType: 'application/x-protobuf', receivedAt: RECEIVED_AT },
        body,
        sourceId,
      );
    },
  };
}

const exemplar = (more: Partial<SentExemplar> = {}): SentExemplar => ({
  labels: [['trace_id', TRACE]],
  value: 0.25,
  at: RECEIVED_AT - 500,
  ...more,
});
const bucket = (...exemplars: SentExemplar[]) => ({
  ...series('latency_bucket', { le: '0.5' }, [3, RECEIVED_AT]),
  exemplars,
});

describe.each([1, 2] as const)('exemplars of remote write %i', (version) => {
  it('are kept with the labels of their series and of their source', () => {
    const { list, write } = receivers({ env: 'live' });
    const { answer } = write(version, [bucket(exemplar(), exemplar({ value: 0.125, at: RECEIVED_AT }))]);
    const at = { __name__: 'latency_bucket', le: '0.5', env: 'live' };
    expect(list().map((one) => ({ ...one, series: { ...one.series }, labels: { ...one.labels } }))).toEqual([
      { series: at, labels: { trace_id: TRACE }, value: 0.125, at: RECEIVED_AT },
      { series: at, labels: { trace_id: TRACE }, value: 0.25, at: RECEIVED_AT - 500 },
    ]);
    if (version === 2)
      expect(answer([])).toMatchObject({
        status: 204,
        headers: { 'X-Prometheus-Remote-Write-Exemplars-Written': '2' },
      });
  });

  it('come without samples too, as Prometheus sends them, and are no series of their own', () => {
    const { list, write } = receivers();
    const { batch } = write(version, [{ ...bucket(exemplar()), samples: [] }]);
    expect([batch.refs.length, batch.fresh.length]).toEqual([0, 0]);
    expect(list({ metric: 'latency_bucket' })).toHaveLength(1);
    expect(list({ traceId: TRACE })).toHaveLength(1);
    expect(list({ traceId: SPAN })).toEqual([]);
  });

  it('that are sent again stand once', () => {
    const { list, write } = receivers();
    for (let i = 0; i < 3; i += 1) write(version, [bucket(exemplar())]);
    expect(list()).toHaveLength(1);
  });

  it('without a time are dated by their receipt', () => {
    const { list, write } = receivers();
    write(version, [bucket(exemplar({ at: 0 }))]);
    expect(list()[0]?.at).toBe(RECEIVED_AT);
  });

  it('that cannot be kept are counted by reason and cost no sample and no answer', () => {
    const { list, write } = receivers();
    const { batch, answer } = write(version, [
      bucket(
        exemplar({ labels: [] }),
        exemplar({ labels: [['trace_id', 'x'.repeat(130)]] }),
        exemplar({ labels: [['__proto__', 'x']] }),
        exemplar({ labels: [['trace_id', 'x'.repeat(5_000)]] }),
        exemplar({ at: RECEIVED_AT + 3_600_000 }),
        exemplar({ at: -5 }),
      ),
      { labels: [['job', 'nameless']], samples: [], exemplars: [exemplar()] },
    ]);
    expect(batch.refs.length).toBe(1);
    expect(batch.refused).toEqual([
      { reason: 'an exemplar without labels', count: 1 },
      { reason: 'an exemplar whose labels are longer than 128 characters', count: 1 },
      { reason: 'an exemplar whose labels cannot be read', count: 2 },
      {
        reason: "an exemplar of a time that cannot be, or more than 10 min ahead of this machine's clock",
        count: 2,
      },
      { reason: 'an exemplar of a series that is not kept', count: 1 },
    ]);
    expect(answer([])).toMatchObject({ status: 204 });
    expect(list()).toEqual([]);
  });

  it('of one request are bounded', () => {
    const { write, list } = receivers();
    const many = Array.from({ length: 5_003 }, (_, index) => exemplar({ value: index }));
    expect(write(version, [bucket(...many)]).batch.refused).toEqual([
      { reason: 'exemplars beyond 5,000 of one request', count: 3 },
    ]);
    expect(list().map((one) => one.value)).toEqual([4_995, 4_996, 4_997, 4_998, 4_999]);
  });

  it('of one source crowd out none of another', () => {
    const { list, write } = receivers();
    write(version, [bucket(exemplar())], 'other');
    const wide = (index: number) => ({
      ...series('wide', { index: `${index}`, text: 'x'.repeat(2_000) }),
      exemplars: [exemplar()],
    });
    write(
      version,
      Array.from({ length: 3_000 }, (_, index) => wide(index)),
    );
    expect(list({ metric: 'latency_bucket' })).toHaveLength(1);
    expect(list({ metric: 'wide', limit: 9_999 }).length).toBeLessThan(1_000);
  });
});

describe('exemplars of OTLP', () => {
  const told = (more: object = {}) => ({
    timeUnixNano: nanosAt(9),
    asDouble: 0.3,
    traceId: TRACE.toUpperCase(),
    spanId: SPAN,
    ...more,
  });
  const histogram = (more: object) => ({
    name: 'latency',
    unit: 's',
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          timeUnixNano: nanosAt(10),
          count: '4',
          sum: 2,
          explicitBounds: [0.25, 0.5],
          bucketCounts: ['1', '2', '1'],
          ...more,
        },
      ],
    },
  });

  it('stand at the bucket that their value fell into, with trace and span in hexadecimals', () => {
    const { list, otlp } = receivers();
    otlp(
      [histogram({ exemplars: [told(), told({ asDouble: 7, timeUnixNano: nanosAt(8) })] })],
      [textAttribute('service.name', 'shop')],
    );
    expect(list()).toMatchObject([
      {
        series: { __name__: 'latency_seconds_bucket', le: '0.5', job: 'shop' },
        labels: { trace_id: TRACE, span_id: SPAN },
        value: 0.3,
        at: RECEIVED_AT + 9_000,
      },
      { series: { le: '+Inf' }, value: 7, at: RECEIVED_AT + 8_000 },
    ]);
    expect(list({ traceId: TRACE, metric: 'latency_seconds_bucket' })).toHaveLength(2);
  });

  it('of an exponential histogram stand at a bucket that is kept', () => {
    const { list, otlp } = receivers();
    const point = {
      timeUnixNano: nanosAt(10),
      count: '3',
      positive: { offset: 0, bucketCounts: ['1', '1', '1'] },
      exemplars: [told({ asDouble: 3 })],
    };
    const { batch } = otlp([
      { name: 'size', exponentialHistogram: { aggregationTemporality: 2, dataPoints: [point] } },
    ]);
    expect(batch.fresh.map((one) => one.le)).toContain('4');
    expect(list()).toMatchObject([{ series: { __name__: 'size_bucket', le: '4' }, value: 3 }]);
  });

  it('of sums and gauges stand at the series itself, whole numbers too', () => {
    const { list, otlp } = receivers();
    const point = { timeUnixNano: nanosAt(10), asInt: '5' };
    const of = (value: object) => ({ ...point, exemplars: [told({ asDouble: undefined, ...value })] });
    otlp([
      {
        name: 'hits',
        sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [of({ asInt: '2' })] },
      },
      { name: 'heat', gauge: { dataPoints: [of({ asDouble: 1.5 })] } },
    ]);
    expect(list().map((one) => [one.series.__name__, one.value])).toEqual([
      ['hits_total', 2],
      ['heat', 1.5],
    ]);
  });

  it('keep their own attributes as long as all fits, and else the trace alone', () => {
    const { list, otlp } = receivers();
    const filtered = (length: number) => ({
      filteredAttributes: [textAttribute('user.tier', 'x'.repeat(length))],
    });
    otlp([histogram({ exemplars: [told(filtered(8)), told({ ...filtered(200), asDouble: 0.4 })] })]);
    expect(list().map((one) => one.labels)).toEqual([
      { user_tier: 'xxxxxxxx', trace_id: TRACE, span_id: SPAN },
      { trace_id: TRACE, span_id: SPAN },
    ]);
  });

  it('that say nothing are counted and cost no sample and no answer', () => {
    const { list, otlp } = receivers();
    const { batch, answer } = otlp([
      histogram({ exemplars: [{}, told({ traceId: '0'.repeat(32), spanId: 'abc' })] }),
    ]);
    expect(batch.refused).toEqual([
      { reason: 'an exemplar without a value', count: 1 },
      { reason: 'an exemplar without labels', count: 1 },
    ]);
    expect(answer([])).toMatchObject({ status: 200 });
    expect(list()).toEqual([]);
  });

  it('of one body are bounded', () => {
    const { otlp } = receivers();
    const many = Array.from({ length: 5_002 }, (_, index) => told({ asDouble: index }));
    expect(otlp([histogram({ exemplars: many })]).batch.refused).toEqual([
      { reason: 'exemplars beyond 5,000 of one request', count: 2 },
    ]);
  });
});

describe('the exemplars of one request', () => {
  it('stand nowhere until a series is said', () => {
    const draft = new ExemplarDraft(createExemplarBook(), 5_000);
    expect(draft.add({ labels: { trace_id: 'x' }, value: 1, at: 5 })).toBe(false);
  });
});
