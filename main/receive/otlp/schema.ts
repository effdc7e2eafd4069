import { type Message, many, message, one, scalar } from './message.ts';

/**
 * The part of OTLP 1.x that is read, written from its specification; what is not named here is skipped unread.
 * Source: https://opentelemetry.io/docs/specs/otlp/ and https://github.com/open-telemetry/opentelemetry-proto
 */

/** A value of an attribute: one of the kinds is there, or none for an empty value. */
export interface AnyValue {
  readonly stringValue: string | undefined;
  readonly boolValue: boolean | undefined;
  readonly intValue: number | string | undefined;
  readonly doubleValue: number | undefined;
  readonly bytesValue: string | undefined;
  readonly arrayValue: { readonly values: readonly AnyValue[] } | undefined;
  readonly kvlistValue: { readonly values: readonly KeyValue[] } | undefined;
}

/** One attribute. */
export interface KeyValue {
  readonly key: string | undefined;
  readonly value: AnyValue | undefined;
}

const keyValue: Message<KeyValue> = message({
  key: scalar(1, 'string'),
  value: one(2, () => anyValue),
});
const arrayValue: Message<{ readonly values: readonly AnyValue[] }> = message({
  values: many(1, () => anyValue),
});
const keyValueList: Message<{ readonly values: readonly KeyValue[] }> = message({
  values: many(1, () => keyValue),
});
const anyValue: Message<AnyValue> = message({
  stringValue: scalar(1, 'string'),
  boolValue: scalar(2, 'bool'),
  intValue: scalar(3, 'int64'),
  doubleValue: scalar(4, 'double'),
  arrayValue: one(5, () => arrayValue),
  kvlistValue: one(6, () => keyValueList),
  bytesValue: scalar(7, 'bytes'),
});

const attributes = (number: number) => many(number, () => keyValue);
const resource = message({ attributes: attributes(1) });
const scope = message({
  name: scalar(1, 'string'),
  version: scalar(2, 'string'),
  attributes: attributes(3),
});

const exemplar = message({
  timeUnixNano: scalar(2, 'nanos'),
  asDouble: scalar(3, 'double'),
  spanId: scalar(4, 'hex'),
  traceId: scalar(5, 'hex'),
  asInt: scalar(6, 'sfixed64'),
  filteredAttributes: attributes(7),
});
const numberPoint = message({
  startTimeUnixNano: scalar(2, 'nanos'),
  timeUnixNano: scalar(3, 'nanos'),
  asDouble: scalar(4, 'double'),
  exemplars: many(5, () => exemplar),
  asInt: scalar(6, 'sfixed64'),
  attributes: attributes(7),
  flags: scalar(8, 'uint32'),
});
const histogramPoint = message({
  startTimeUnixNano: scalar(2, 'nanos'),
  timeUnixNano: scalar(3, 'nanos'),
  count: scalar(4, 'fixed64'),
  sum: scalar(5, 'double'),
  bucketCounts: scalar(6, 'fixed64s'),
  explicitBounds: scalar(7, 'doubles'),
  exemplars: many(8, () => exemplar),
  attributes: attributes(9),
  flags: scalar(10, 'uint32'),
});
const buckets = message({ offset: scalar(1, 'sint32'), bucketCounts: scalar(2, 'uint64s') });
const exponentialPoint = message({
  attributes: attributes(1),
  startTimeUnixNano: scalar(2, 'nanos'),
  timeUnixNano: scalar(3, 'nanos'),
  count: scalar(4, 'fixed64'),
  sum: scalar(5, 'double'),
  scale: scalar(6, 'sint32'),
  zeroCount: scalar(7, 'fixed64'),
  positive: one(8, () => buckets),
  negative: one(9, () => buckets),
  flags: scalar(10, 'uint32'),
  exemplars: many(11, () => exemplar),
  zeroThreshold: scalar(14, 'double'),
});
const quantileValue = message({ quantile: scalar(1, 'double'), value: scalar(2, 'double') });
const summaryPoint = message({
  startTimeUnixNano: scalar(2, 'nanos'),
  timeUnixNano: scalar(3, 'nanos'),
  count: scalar(4, 'fixed64'),
  sum: scalar(5, 'double'),
  quantileValues: many(6, () => quantileValue),
  attributes: attributes(7),
  flags: scalar(8, 'uint32'),
});
const gauge = message({ dataPoints: many(1, () => numberPoint) });
const sum = message({
  dataPoints: many(1, () => numberPoint),
  aggregationTemporality: scalar(2, 'uint32'),
  isMonotonic: scalar(3, 'bool'),
});
const histogram = message({
  dataPoints: many(1, () => histogramPoint),
  aggregationTemporality: scalar(2, 'uint32'),
});
const exponentialHistogram = message({
  dataPoints: many(1, () => exponentialPoint),
  aggregationTemporality: scalar(2, 'uint32'),
});
const summary = message({ dataPoints: many(1, () => summaryPoint) });
const metric = message({
  name: scalar(1, 'string'),
  unit: scalar(3, 'string'),
  gauge: one(5, () => gauge),
  sum: one(7, () => sum),
  histogram: one(9, () => histogram),
  exponentialHistogram: one(10, () => exponentialHistogram),
  summary: one(11, () => summary),
});
const scopeMetrics = message({
  scope: one(1, () => scope),
  metrics: many(2, () => metric),
  schemaUrl: scalar(3, 'string'),
});
const resourceMetrics = message({
  resource: one(1, () => resource),
  scopeMetrics: many(2, () => scopeMetrics),
});

const spanStatus = message({ message: scalar(2, 'string'), code: scalar(3, 'uint32') });
const span = message({
  traceId: scalar(1, 'hex'),
  spanId: scalar(2, 'hex'),
  parentSpanId: scalar(4, 'hex'),
  name: scalar(5, 'string'),
  kind: scalar(6, 'uint32'),
  startTimeUnixNano: scalar(7, 'nanos'),
  endTimeUnixNano: scalar(8, 'nanos'),
  attributes: attributes(9),
  events: scalar(11, 'tally'),
  links: scalar(13, 'tally'),
  status: one(15, () => spanStatus),
});
const scopeSpans = message({ spans: many(2, () => span) });
const resourceSpans = message({ resource: one(1, () => resource), scopeSpans: many(2, () => scopeSpans) });

export const metricsRequest = message({ resourceMetrics: many(1, () => resourceMetrics) });
export const traceRequest = message({ resourceSpans: many(1, () => resourceSpans) });

type Of<M> = M extends Message<infer T> ? T : never;
export type MetricsRequest = Of<typeof metricsRequest>;
export type TraceRequest = Of<typeof traceRequest>;
export type WireResource = Of<typeof resource>;
export type WireScope = Of<typeof scope>;
export type WireMetric = Of<typeof metric>;
export type WireExemplar = Of<typeof exemplar>;
export type NumberPoint = Of<typeof numberPoint>;
export type HistogramPoint = Of<typeof histogramPoint>;
export type ExponentialPoint = Of<typeof exponentialPoint>;
export type WireBuckets = Of<typeof buckets>;
export type SummaryPoint = Of<typeof summaryPoint>;
export type WireSpan = Of<typeof span>;
