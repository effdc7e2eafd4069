import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { QueryError, QueryOptions, QueryTarget } from '../../shared/model/metric.ts';
import type { Abort } from '../../shared/unit/abort.ts';
import { inlineWorker, type WorkerHandle } from '../platform/index.ts';
import type { MetricReader } from '../store/index.ts';
import { type LocalOptions, type QueryApi, unpackInstant, unpackSeries } from './query-api.ts';
import { createQueryServer } from './query-server.ts';

/** Long enough for a month of many series, short enough for a person. */
const TIMEOUT_MS = 30_000;

export interface LocalTargetOptions {
  readonly id: string;
  readonly worker: WorkerHandle<QueryApi>;
  /** For objectives: a series first seen while its target was already being seen counts from 0. Default: as Prometheus. */
  readonly countNewSeriesFromZero?: boolean;
}

/** Local metrics as a target like any other, evaluated in a worker. A worker that dies answers `blind`. */
export function createLocalTarget(options: LocalTargetOptions): QueryTarget {
  const { id, worker } = options;
  const local = (asked: QueryOptions | undefined): LocalOptions => ({
    timeoutMs: asked?.timeoutMs ?? TIMEOUT_MS,
    countNewSeriesFromZero: options.countNewSeriesFromZero ?? false,
  });
  return {
    id,
    instant: (expression, at, asked) =>
      ask(worker.call.instant.bind(undefined, expression, at, local(asked)), unpackInstant, asked?.signal),
    range: (expression, window, asked) =>
      ask(worker.call.range.bind(undefined, expression, window, local(asked)), unpackSeries, asked?.signal),
  };
}

/** The same in this thread, for scenarios and replay. No deadline: a virtual clock stands still while it is evaluated. */
export function createInlineTarget(
  id: string,
  reader: MetricReader,
  options: Pick<LocalTargetOptions, 'countNewSeriesFromZero'> = {},
): QueryTarget {
  const api = createQueryServer(reader, { monotonic: () => 0 });
  return createLocalTarget({ id, worker: inlineWorker('query', api), ...options });
}

async function ask<Packed, Value>(
  call: () => Promise<Result<Packed, QueryError>>,
  unpack: (packed: Packed) => Value,
  signal: Abort | undefined,
): Promise<Result<Value, QueryError>> {
  if (signal?.aborted) return err(cancelled());
  let onAbort: () => void = () => undefined;
  // The worker goes on until its deadline; nobody waits for it.
  const aborted = new Promise<'aborted'>((resolve) => {
    onAbort = () => resolve('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const answer = await Promise.race([call(), aborted]);
    if (answer === 'aborted') return err(cancelled());
    return answer.ok ? ok(unpack(answer.value)) : answer;
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
