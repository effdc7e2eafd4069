import { encodeSeries } from '../../shared/contract/series-file.ts';
import type { Result } from '../../shared/error/result.ts';
import type {
  InstantValue,
  Labels,
  MetricAbout,
  NameList,
  QueryError,
  QueryNote,
  RangeFile,
  RangeFileWish,
  RangeWindow,
  Series,
} from '../../shared/model/metric.ts';
import { Transfer } from '../platform/index.ts';
import type { Compat } from './expression.ts';
import type { PackedIncreases, PackedSums } from './increases.ts';

/** What may be said of one question over local metrics, as it crosses to the worker. */
export interface LocalOptions {
  readonly timeoutMs: number;
  readonly countNewSeriesFromZero: boolean;
  readonly compat: Compat;
  /** The memory of a `QueryControl`. */
  readonly control: SharedArrayBuffer;
  /** What other sources answered for parts of the expression, where it names some. */
  readonly joined?: JoinedParts;
}

/** The parts of an expression that other sources evaluated, in the order of its plan. */
export interface JoinedParts {
  /** The source of selectors that name none; null is what is stored here. */
  readonly ownSource: string | null;
  /** Names of sources whose series are stored here. */
  readonly localSources: readonly string[];
  readonly parts: readonly PackedSeries[];
}

/** Several series as they cross threads: all samples behind each other in two arrays that are handed over, not copied. */
export interface PackedSeries {
  readonly labels: readonly Labels[];
  /** Where each series ends in `times` and `values`. */
  readonly ends: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly notes: readonly QueryNote[];
}

/** A range's series file as it crosses threads. */
export interface PackedFile extends RangeFile {
  readonly notes: readonly QueryNote[];
}

/** One instant as it crosses threads; a scalar has one value and no labels. */
export interface PackedInstant {
  readonly kind: 'vector' | 'scalar';
  readonly at: number;
  readonly labels: readonly Labels[];
  readonly values: Float64Array;
  readonly notes: readonly QueryNote[];
}

/** A question about names as it crosses threads. */
export interface PackedNameQuestion {
  readonly selector: string | null;
  readonly contains: string | null;
  readonly limit: number;
  readonly compat: Compat;
}

/** The worker that evaluates PromQL over `metrics.db`. */
export type QueryApi = {
  instant(
    expression: string,
    at: number,
    options: LocalOptions,
  ): Result<PackedInstant, QueryError> | Transfer<Result<PackedInstant, QueryError>>;
  range(
    expression: string,
    window: RangeWindow,
    options: LocalOptions,
  ): Result<PackedSeries, QueryError> | Transfer<Result<PackedSeries, QueryError>>;
  rangeFile(
    expression: string,
    window: RangeWindow,
    wish: RangeFileWish,
    options: LocalOptions,
  ): Result<PackedFile, QueryError> | Transfer<Result<PackedFile, QueryError>>;
  increases(asked: PackedIncreases): PackedSums;
  labelNames(question: PackedNameQuestion): Result<NameList, QueryError>;
  labelValues(label: string, question: PackedNameQuestion): Result<NameList, QueryError>;
  metrics(
    question: PackedNameQuestion,
  ): Result<{ readonly metrics: readonly MetricAbout[]; readonly complete: boolean }, QueryError>;
};

export function packInstant(
  value: InstantValue,
  notes: readonly QueryNote[],
): Transfer<Result<PackedInstant, QueryError>> {
  const packed: PackedInstant =
    value.kind === 'scalar'
      ? { kind: 'scalar', at: value.at, labels: [], values: Float64Array.of(value.value), notes }
      : {
          kind: 'vector',
          at: value.samples[0]?.at ?? 0,
          labels: value.samples.map((sample) => sample.labels),
          values: Float64Array.from(value.samples, (sample) => sample.value),
          notes,
        };
  return new Transfer({ ok: true, value: packed }, [packed.values.buffer as ArrayBuffer]);
}

export function unpackInstant(packed: PackedInstant): InstantValue {
  const valueAt = (index: number) => packed.values[index] ?? Number.NaN;
  return packed.kind === 'scalar'
    ? { kind: 'scalar', at: packed.at, value: valueAt(0) }
    : {
        kind: 'vector',
        samples: packed.labels.map((labels, i) => ({ labels, at: packed.at, value: valueAt(i) })),
      };
}

export function packAll(series: readonly Series[], notes: readonly QueryNote[] = []): PackedSeries {
  const count = series.reduce((sum, one) => sum + one.times.length, 0);
  const packed = {
    labels: series.map((one) => one.labels),
    ends: new Uint32Array(series.length),
    times: new Float64Array(count),
    values: new Float64Array(count),
    notes,
  };
  let end = 0;
  series.forEach((one, i) => {
    packed.times.set(one.times, end);
    packed.values.set(one.values, end);
    end += one.times.length;
    packed.ends[i] = end;
  });
  return packed;
}

export function packSeries(
  series: readonly Series[],
  notes: readonly QueryNote[],
): Transfer<Result<PackedSeries, QueryError>> {
  const packed = packAll(series, notes);
  const buffers = [packed.ends, packed.times, packed.values].map((array) => array.buffer as ArrayBuffer);
  return new Transfer({ ok: true, value: packed }, buffers);
}

/** A copy for the file, which is handed over; the rows go with this thread's next question. */
export function packFile(
  series: readonly Series[],
  { seriesMax, unwatched }: RangeFileWish,
  notes: readonly QueryNote[],
): Transfer<Result<PackedFile, QueryError>> {
  const bytes = encodeSeries({ series: series.slice(0, seriesMax), unwatched });
  return new Transfer({ ok: true, value: { bytes, seriesTotal: series.length, notes } }, [bytes.buffer]);
}

export function unpackSeries(packed: PackedSeries): Series[] {
  return packed.labels.map((labels, i) => {
    const from = i === 0 ? 0 : (packed.ends[i - 1] ?? 0);
    const to = packed.ends[i] ?? from;
    return { labels, times: packed.times.subarray(from, to), values: packed.values.subarray(from, to) };
  });
}
