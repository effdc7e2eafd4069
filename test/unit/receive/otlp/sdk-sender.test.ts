import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decoded } from '../../../../main/receive/received.ts';
import { type OtlpServer, startOtlpServer } from '../../../support/otlp.ts';

let server: OtlpServer;
beforeEach(async () => {
  server = await startOtlpServer();
});
afterEach(() => server.close());

const attributes = {
  'service.name': 'ranker',
  'service.namespace': 'shop',
  'service.instance.id': 'pod-1',
  'host.name': 'node-7',
};
type Resource = NonNullable<NonNullable<ConstructorParameters<typeof MeterProvider>[0]>['resource']>;
const resource: Resource = {
  attributes,
  merge: () => resource,
  getRawAttributes: () => Object.entries(attributes),
};

/** Collects and sends. The SDK's clock has whole milliseconds: two intervals need two of them. */
async function flush(meters: MeterProvider): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 3));
  await meters.forceFlush();
}

/** The last value of each series with this name, by the label that tells them apart. */
function lastValues(all: readonly Decoded[], name: string, label: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { received } of all)
    for (const { labels, values } of received.series)
      if (labels.__name__ === name) found[labels[label] ?? ''] = values.at(-1) ?? Number.NaN;
  return found;
}

describe.each([
  ['protobuf', ProtoExporter],
  ['JSON', JsonExporter],
])('the OpenTelemetry SDK sends metrics as %s', (_encoding, Exporter) => {
  describe.each([
    ['cumulative', AggregationTemporality.CUMULATIVE],
    ['delta', AggregationTemporality.DELTA],
  ])('with %s temporality', (_name, temporalityPreference) => {
    const provider = () => {
      const exporter = new Exporter({ url: `${server.url}/v1/metrics`, temporalityPreference });
      const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
      return new MeterProvider({
        resource,
        readers: [reader],
        views: [{ instrumentName: 'exp.*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
      });
    };

    it('a counter comes to the sum of all that was counted', async () => {
      const meters = provider();
      const counter = meters.getMeter('http', '1.2').createCounter('http.requests', { unit: '{request}' });
      for (const [ok, failed] of [
        [3, 1],
        [4, 0],
        [5, 2],
      ] as const) {
        counter.add(ok, { code: 200 });
        counter.add(failed, { code: 500 });
        await flush(meters);
      }
      await meters.shutdown();
      expect(lastValues(server.received, 'http_requests_total', 'code')).toEqual({ 200: 12, 500: 3 });
      const [series] = server.received.at(-1)?.received.series ?? [];
      expect(series?.labels).toMatchObject({
        job: 'shop/ranker',
        instance: 'pod-1',
        otel_scope_name: 'http',
        otel_scope_version: '1.2',
      });
      expect(lastValues(server.received, 'target_info', 'host_name')).toEqual({ 'node-7': 1 });
    });

    it('gauges, up-down counters and histograms come to what was observed', async () => {
      const meters = provider();
      const meter = meters.getMeter('worker');
      const queue = meter.createUpDownCounter('queue.length');
      const heat = meter.createGauge('temperature', { unit: 'Cel' });
      const latency = meter.createHistogram('latency', {
        unit: 'ms',
        advice: { explicitBucketBoundaries: [10, 100] },
      });
      for (const [change, degrees, ms] of [
        [5, 20.5, 7],
        [-3, 21.25, 70],
        [1, 19, 700],
      ] as const) {
        queue.add(change);
        heat.record(degrees);
        latency.record(ms);
        await flush(meters);
      }
      await meters.shutdown();
      expect(lastValues(server.received, 'queue_length', 'x')).toEqual({ '': 3 });
      expect(lastValues(server.received, 'temperature_celsius', 'x')).toEqual({ '': 19 });
      expect(lastValues(server.received, 'latency_milliseconds_bucket', 'le')).toEqual({
        10: 1,
        100: 2,
        '+Inf': 3,
      });
      expect(lastValues(server.received, 'latency_milliseconds_sum', 'x')).toEqual({ '': 777 });
      expect(lastValues(server.received, 'latency_milliseconds_count', 'x')).toEqual({ '': 3 });
    });

    it('an exponential histogram comes to classic buckets with every value in the right one', async () => {
      const meters = provider();
      const sizes = meters.getMeter('worker').createHistogram('exp.sizes');
      const values = [0, 0.004, 1, 1.5, 3, 250, 90_000];
      for (const value of values) {
        sizes.record(value);
        await flush(meters);
      }
      await meters.shutdown();
      const buckets = lastValues(server.received.slice(-1), 'exp_sizes_bucket', 'le');
      expect(Object.keys(buckets).length).toBeGreaterThan(20);
      expect(Object.keys(buckets).length).toBeLessThan(70);
      for (const [le, count] of Object.entries(buckets))
        if (le !== '+Inf')
          expect([le, count]).toEqual([le, values.filter((one) => one <= Number(le)).length]);
      expect(buckets['+Inf']).toBe(values.length);
      expect(lastValues(server.received, 'exp_sizes_sum', 'x')['']).toBeCloseTo(90_255.504, 6);
    });
  });
});

it('the OpenTelemetry SDK sends spans as protobuf', async () => {
  const tracers = new TracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${server.url}/v1/traces` }) }),
    ],
  });
  const span = tracers.getTracer('ranker').startSpan('model_inference', {
    attributes: { model_version: 'v41', prediction_confidence: 0.75, features: ['a', 'b'], cached: false },
  });
  span.setStatus({ code: 2, message: 'no GPU' });
  span.end();
  await tracers.forceFlush();
  await tracers.shutdown();
  const [kept] = server.received[0]?.received.spans ?? [];
  expect(kept).toMatchObject({
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentSpanId: null,
    service: 'ranker',
    name: 'model_inference',
    kind: 'internal',
    status: 'error',
    attributes: {
      model_version: 'v41',
      prediction_confidence: 0.75,
      features: '["a","b"]',
      cached: false,
      'otel.status_description': 'no GPU',
    },
  });
  expect(Math.abs((kept?.startAt ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(kept?.durationMs).toBeGreaterThanOrEqual(0);
});
