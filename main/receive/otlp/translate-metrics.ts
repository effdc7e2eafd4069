import type { Received, ReceiveLimits } from '../received.ts';
import { createMetricNamer, type NamedKind, numberText } from './name.ts';
import { createLabeller, type Labeller } from './point-labels.ts';
import { Refusals } from './refusals.ts';
import type { Interval, Temporality } from './running-total.ts';
import { millisOf } from './running-total.ts';
import type {
  ExponentialPoint,
  HistogramPoint,
  KeyValue,
  MetricsRequest,
  NumberPoint,
  SummaryPoint,
  WireBuckets,
  WireExemplar,
  WireMetric,
} from './schema.ts';
import {
  createSeriesBuilder,
  type PointSink,
  type SeriesBuilder,
  type SeriesPart,
  seriesLabels,
} from './series-builder.ts';
import {
  bucketPart,
  COUNT,
  endStream,
  PLAIN,
  type Stream,
  type StreamStep,
  SUM,
  stepExplicit,
  stepExponential,
  stepNumber,
} from './stream.ts';
import type { StreamChanges } from './stream-table.ts';
import { createExemplarReader, type ExemplarReader } from './translate-exemplars.ts';

export type MetricTranslator = (
  request: MetricsRequest,
  streams: StreamChanges<Stream>,
  limits: ReceiveLimits,
) => Pick<Received, 'series' | 'exemplars'> & { readonly refusals: Refusals };

/** What one body is translated with. */
interface Work {
  readonly builder: SeriesBuilder;
  readonly labeller: Labeller;
  readonly streams: StreamChanges<Stream>;
  readonly refusals: Refusals;
  readonly exemplars: ExemplarReader;
  readonly nameOf: (name: string, unit: string, kind: NamedKind) => string;
}

/** What all points of one metric share. */
interface Metric {
  readonly name: string;
  readonly base: ReadonlyMap<string, string>;
  /** The newest time of the resource so far, for `target_info`. */
  seen(at: number): void;
}

interface AnyPoint {
  readonly timeUnixNano: bigint | undefined;
  readonly attributes: readonly KeyValue[];
  readonly flags: number | undefined;
  readonly exemplars?: readonly WireExemplar[];
  readonly explicitBounds?: readonly number[];
}

/** Says that the point has no value: the series ended. */
const NO_RECORDED_VALUE = 1;
const [DELTA, CUMULATIVE] = [1, 2];
const [SCALE_LOWEST, SCALE_HIGHEST] = [-10, 20];
const NO_ROOM = 'delta stream beyond those that can be added up at one time';

export function createMetricTranslator(): MetricTranslator {
  const nameOf = createMetricNamer();
  const labellerFor = createLabeller();
  const exemplarsFor = createExemplarReader();
  return (request, streams, limits) => {
    const refusals = new Refusals();
    const work: Work = {
      builder: createSeriesBuilder(limits.samplesMax),
      labeller: labellerFor(limits),
      streams,
      refusals,
      exemplars: exemplarsFor(refusals),
      nameOf,
    };
    for (const { resource, scopeMetrics } of request.resourceMetrics) {
      const target = work.labeller.target(resource);
      let newestAt = 0;
      const seen = (at: number): void => {
        newestAt = Math.max(newestAt, at);
      };
      for (const { scope, schemaUrl, metrics } of scopeMetrics) {
        const base = work.labeller.scope(target, scope, schemaUrl);
        for (const metric of metrics) translate(work, metric, base, seen);
      }
      const info = newestAt > 0 ? work.labeller.info(resource, target) : null;
      if (typeof info === 'string') work.refusals.ignore(`target_info: ${info}`, 1);
      else if (info) work.builder.of('target_info', info).put(PLAIN, newestAt, 1);
    }
    return { series: work.builder.finish(), exemplars: work.exemplars.found, refusals };
  };
}

function translate(
  work: Work,
  metric: WireMetric,
  base: ReadonlyMap<string, string>,
  seen: (at: number) => void,
): void {
  const named = (kind: NamedKind): Metric => ({
    name: work.nameOf(metric.name ?? '', metric.unit ?? '', kind),
    base,
    seen,
  });
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric;
  if (gauge)
    each(work, named('gauge'), gauge.dataPoints, (point, at, sink) => gaugePoint(work, point, at, sink));
  else if (sum) {
    const metricOf = named(sum.isMonotonic === true ? 'counter' : 'up-down');
    const how = temporalityOf(sum.aggregationTemporality);
    each(work, metricOf, sum.dataPoints, (...point) => sumPoint(work, how, ...point));
  } else if (histogram) {
    const how = temporalityOf(histogram.aggregationTemporality);
    each(work, named('histogram'), histogram.dataPoints, (...point) => explicitPoint(work, how, ...point));
  } else if (exponentialHistogram) {
    const how = temporalityOf(exponentialHistogram.aggregationTemporality);
    each(work, named('histogram'), exponentialHistogram.dataPoints, (...point) =>
      exponentialPoint(work, how, ...point),
    );
  } else if (summary) each(work, named('summary'), summary.dataPoints, summaryPoint);
}

function temporalityOf(written: number | undefined): Temporality | null {
  return written === DELTA ? 'delta' : written === CUMULATIVE ? 'cumulative' : null;
}

type Visit<P> = (point: P, at: number, sink: PointSink, key: string) => void;

/** Each point with its time, its labels and its place; those that cannot be kept are counted by reason. */
function each<P extends AnyPoint>(work: Work, metric: Metric, points: readonly P[], visit: Visit<P>): void {
  for (const point of inOrder(points)) {
    const at = millisOf(point.timeUnixNano ?? 0n);
    const labels = work.labeller.point(point.attributes, metric.base);
    if (metric.name === '') work.refusals.refuse('point of a metric without a usable name');
    else if (at <= 0) work.refusals.refuse('point without a time');
    else if (typeof labels === 'string') work.refusals.refuse(labels);
    else {
      metric.seen(at);
      const key = `${metric.name}\u0000${labels.key}`;
      visit(point, at, work.builder.of(metric.name, labels), key);
      if (point.exemplars && point.exemplars.length > 0)
        work.exemplars.read(point.exemplars, (value) =>
          seriesLabels(metric.name, labels, partAt(work.streams.get(key), point, value)),
        );
    }
  }
}

/** An exemplar of a histogram stands at the bucket that its value fell into. */
function partAt(stream: Stream | undefined, point: AnyPoint, value: number): SeriesPart {
  const { explicitBounds } = point;
  if (!explicitBounds && !('zeroCount' in point)) return PLAIN;
  const bounds = explicitBounds ?? (stream?.kind === 'exponential' ? stream.bounds : []);
  return bucketPart(bounds.find((bound) => value <= bound) ?? Infinity);
}

/** Deltas of one body may come in any order. */
function inOrder<P extends AnyPoint>(points: readonly P[]): readonly P[] {
  const time = (point: P | undefined): bigint => point?.timeUnixNano ?? 0n;
  const ascends = points.every((point, index) => index === 0 || time(points[index - 1]) <= time(point));
  return ascends ? points : [...points].sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
}

function hasEnded({ flags }: AnyPoint): boolean {
  return ((flags ?? 0) & NO_RECORDED_VALUE) !== 0;
}

function intervalOf(point: {
  readonly startTimeUnixNano: bigint | undefined;
  readonly timeUnixNano: bigint | undefined;
}): Interval {
  return { startNanos: point.startTimeUnixNano ?? 0n, nanos: point.timeUnixNano ?? 0n };
}

function gaugePoint(work: Work, point: NumberPoint, at: number, sink: PointSink): void {
  const value = point.asDouble ?? point.asInt;
  if (hasEnded(point)) sink.end(PLAIN, at);
  else if (value === undefined) work.refusals.refuse('point without a value');
  else sink.put(PLAIN, at, value);
}

function sumPoint(
  work: Work,
  how: Temporality | null,
  point: NumberPoint,
  at: number,
  sink: PointSink,
  key: string,
): void {
  const value = point.asDouble ?? point.asInt;
  if (hasEnded(point)) sink.end(PLAIN, at);
  else if (value === undefined) work.refusals.refuse('point without a value');
  else
    take(work, how, key, sink, (stream, temporality) =>
      stepNumber(stream, temporality, intervalOf(point), value),
    );
}

/** Steps a stream, remembers it, and writes what it comes to. */
function take(
  work: Work,
  how: Temporality | null,
  key: string,
  sink: PointSink,
  step: (stream: Stream | undefined, temporality: Temporality) => StreamStep,
): void {
  if (how === null) {
    work.refusals.refuse('point of neither delta nor cumulative temporality');
    return;
  }
  const taken = step(work.streams.get(key), how);
  if (taken.kind === 'refused') work.refusals.refuse(taken.reason);
  // A cumulative stream needs no memory to be right, but for restarts that its values do not show.
  else if (!work.streams.set(key, taken.next, taken.weight) && how === 'delta') work.refusals.refuse(NO_ROOM);
  else taken.write(sink);
}

function explicitPoint(
  work: Work,
  how: Temporality | null,
  point: HistogramPoint,
  at: number,
  sink: PointSink,
  key: string,
): void {
  const { count = 0, sum, explicitBounds: bounds, bucketCounts } = point;
  if (hasEnded(point)) {
    endStream(work.streams.get(key), bounds, at, sink);
    return;
  }
  const ascends = bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? Number.NaN));
  const fits = bucketCounts.length === bounds.length + 1 || bucketCounts.length + bounds.length === 0;
  if (!(ascends && fits && bounds.every(Number.isFinite)) || count < total(bucketCounts))
    work.refusals.refuse('histogram point whose buckets do not fit its boundaries or its count');
  else
    take(work, how, key, sink, (stream, temporality) =>
      stepExplicit(stream, temporality, intervalOf(point), { count, sum, bounds, bucketCounts }),
    );
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function exponentialPoint(
  work: Work,
  how: Temporality | null,
  point: ExponentialPoint,
  at: number,
  sink: PointSink,
  key: string,
): void {
  const { count = 0, sum, scale = 0, zeroCount = 0, zeroThreshold = 0 } = point;
  if (hasEnded(point)) {
    endStream(work.streams.get(key), [], at, sink);
    return;
  }
  const run = (buckets: WireBuckets | undefined) => ({
    offset: buckets?.offset ?? 0,
    counts: buckets?.bucketCounts ?? [],
  });
  const [positive, negative] = [run(point.positive), run(point.negative)];
  const buckets = { scale, positive, negative, zeroCount, zeroThreshold };
  if (scale < SCALE_LOWEST || scale > SCALE_HIGHEST || !(zeroThreshold >= 0 && zeroThreshold < Infinity))
    work.refusals.refuse('exponential histogram point with a scale or zero threshold that cannot be');
  else if (count < zeroCount + total(positive.counts) + total(negative.counts))
    work.refusals.refuse('histogram point whose buckets do not fit its boundaries or its count');
  else
    take(work, how, key, sink, (stream, temporality) =>
      stepExponential(stream, temporality, intervalOf(point), { count, sum, buckets }),
    );
}

function summaryPoint(point: SummaryPoint, at: number, sink: PointSink): void {
  const ended = hasEnded(point);
  for (const { quantile = 0, value = 0 } of point.quantileValues) {
    const part = { suffix: '', extra: { name: 'quantile', value: numberText(quantile) } } as const;
    if (ended) sink.end(part, at);
    else sink.put(part, at, value);
  }
  if (ended) {
    sink.end(COUNT, at);
    sink.end(SUM, at);
    return;
  }
  sink.put(COUNT, at, point.count ?? 0);
  sink.put(SUM, at, point.sum ?? 0);
}
