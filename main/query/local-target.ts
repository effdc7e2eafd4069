import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type {
  CarriedQuestion,
  CarriedSum,
  NameQuestion,
  QueryError,
  QueryNames,
  QueryNote,
  QueryOptions,
  QueryTarget,
} from '../../shared/model/metric.ts';
import type { Abort } from '../../shared/unit/abort.ts';
import { inlineWorker, type WorkerHandle } from '../platform/index.ts';
import type { MetricReader } from '../store/index.ts';
import { QueryControl } from './control.ts';
import type { Compat } from './expression.ts';
import { CARRIED, type PackedIncreases, type PackedSums } from './increases.ts';
import {
  type JoinedParts,
  type LocalOptions,
  type PackedNameQuestion,
  type QueryApi,
  unpackInstant,
  unpackSeries,
} from './query-api.ts';
import { createQueryServer } from './query-server.ts';

/** Long enough for a month of many series, short enough for a person. */
export const TIMEOUT_MS = 30_000;

export interface LocalTargetOptions {
  readonly id: string;
  readonly worker: WorkerHandle<QueryApi>;
  /** For objectives: a series first seen while its target was already being seen counts from 0. Default: as Prometheus. */
  readonly countNewSeriesFromZero?: boolean;
  /** Whose rules hold, asked at each question. Default: Prometheus 3's. */
  readonly compat?: () => Compat;
}

/** Options of a question that only other parts of this folder may give. */
export interface LocalQueryOptions extends QueryOptions {
  readonly joined?: JoinedParts;
}

/** Local metrics as a target like any other, evaluated in a worker. A worker that dies answers `blind`. */
export function createLocalTarget(options: LocalTargetOptions): QueryTarget {
  const { id, worker } = options;
  const compat = () => options.compat?.() ?? 3;
  const local = (asked: LocalQueryOptions | undefined, control: QueryControl): LocalOptions => ({
    timeoutMs: asked?.timeoutMs ?? TIMEOUT_MS,
    countNewSeriesFromZero: options.countNewSeriesFromZero ?? false,
    compat: compat(),
    control: control.buffer,
    ...(asked?.joined ? { joined: asked.joined } : {}),
  });
  return {
    id,
    names: namesOf(worker, compat),
    instant: (expression, at, asked) =>
      ask((control) => worker.call.instant(expression, at, local(asked, control)), unpackInstant, asked),
    range: (expression, window, asked) =>
      ask((control) => worker.call.range(expression, window, local(asked, control)), unpackSeries, asked),
    rangeFile: (expression, window, wish, asked) =>
      ask(
        (control) => worker.call.rangeFile(expression, window, wish, local(asked, control)),
        ({ bytes, seriesTotal }) => ({ bytes, seriesTotal }),
        asked,
      ),
    async carried(question) {
      const rules = {
        compat: compat(),
        countNewSeriesFromZero: options.countNewSeriesFromZero ?? false,
      };
      try {
        return ok(unpackSums(await worker.call.increases(packIncreases(question, rules))));
      } catch (thrown) {
        return err(errorOf(thrown));
      }
    },
  };
}

function packIncreases(
  { at, lane, build, windows }: CarriedQuestion,
  rules: Pick<PackedIncreases, 'compat' | 'countNewSeriesFromZero'>,
): PackedIncreases {
  const selectors = [...new Set(windows.map((one) => one.selector))];
  const numbers = new Map(selectors.map((selector, number) => [selector, number]));
  return {
    ...rules,
    at,
    lane,
    build,
    selectors,
    of: Uint32Array.from(windows, (one) => numbers.get(one.selector) ?? 0),
    spans: Float64Array.from(windows, (one) => one.span),
  };
}

function unpackSums({ sums, states }: PackedSums): CarriedSum[] {
  return Array.from(sums, (sum, place) => {
    if (states[place] === CARRIED.building) return 'building';
    if (states[place] === CARRIED.never) return 'never';
    return Number.isFinite(sum) ? Math.max(0, sum) : null;
  });
}

/** The same in this thread, for scenarios and replay. No deadline: a virtual clock stands still while it is evaluated. */
export function createInlineTarget(
  id: string,
  reader: MetricReader,
  options: Pick<LocalTargetOptions, 'countNewSeriesFromZero' | 'compat'> = {},
): QueryTarget {
  const api = createQueryServer(reader, { monotonic: () => 0 });
  return createLocalTarget({ id, worker: inlineWorker('query', api), ...options });
}

function namesOf({ call }: WorkerHandle<QueryApi>, compat: () => Compat): QueryNames {
  const packed = ({ selector, contains, limit }: NameQuestion): PackedNameQuestion => ({
    selector: selector ?? null,
    contains: contains ?? null,
    limit,
    compat: compat(),
  });
  return {
    labelNames: (question) => answered(() => call.labelNames(packed(question)), question.signal),
    labelValues: (label, question) =>
      answered(() => call.labelValues(label, packed(question)), question.signal),
    metrics: (question) => answered(() => call.metrics(packed(question)), question.signal),
  };
}

async function ask<Packed extends { readonly notes: readonly QueryNote[] }, Value>(
  call: (control: QueryControl) => Promise<Result<Packed, QueryError>>,
  unpack: (packed: Packed) => Value,
  options: QueryOptions | undefined,
): Promise<Result<Value, QueryError>> {
  const control = new QueryControl();
  options?.onStart?.(() => control.progress());
  const answer = await answered(() => call(control), options?.signal, control);
  if (!answer.ok) return answer;
  if (answer.value.notes.length > 0) options?.onNotes?.(answer.value.notes);
  return ok(unpack(answer.value));
}

/** Waits for the worker, or for nobody waiting any more: then the worker is told through the memory that they share. */
async function answered<Value>(
  call: () => Promise<Result<Value, QueryError>>,
  signal: Abort | undefined,
  control?: QueryControl,
): Promise<Result<Value, QueryError>> {
  if (signal?.aborted) return err(cancelled());
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<'aborted'>((resolve) => {
    onAbort = () => {
      control?.cancel();
      resolve('aborted');
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const answer = await Promise.race([call(), aborted]);
    return answer === 'aborted' ? err(cancelled()) : answer;
  } catch (thrown) {
    return err(errorOf(thrown));
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function cancelled(): QueryError {
  return {
    code: 'cancelled',
    message: 'The question was cancelled before it was answered.',
    retryable: true,
  };
}

function errorOf(thrown: unknown): QueryError {
  if (thrown instanceof CodedError && thrown.code === 'worker-died')
    return {
      code: 'blind',
      message: `${thrown.message} There is no verdict until it answers again.`,
      retryable: true,
    };
  return {
    code: 'execution',
    message: `Local metrics could not be asked (${messageOf(thrown)}). There is no verdict; see the log.`,
    retryable: false,
  };
}
