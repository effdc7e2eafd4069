import { CodedError } from '../../shared/error/coded.ts';
import type { Result } from '../../shared/error/result.ts';
import type { QueryError, QueryTarget } from '../../shared/model/metric.ts';
import type { Clock } from '../platform/index.ts';

export interface PatienceOptions {
  readonly clock: Pick<Clock, 'setTimeout'>;
  readonly signal: AbortSignal;
  /** Queries under way at once: a backend is not ours alone. */
  readonly atOnce: number;
  readonly onQuery?: () => void;
}

const TIMEOUT_MS = 120_000;
const TRIES = 4;
const FIRST_WAIT_MS = 500;

/**
 * A target for long reading: few queries at once, each with time enough and tried again after a pause, and all of them
 * ended by the signal. A source that stays silent ends the replay (`replay-source`): a hole in it would look like peace.
 */
export function patientTarget(target: QueryTarget, options: PatienceOptions): QueryTarget {
  const waiting: (() => void)[] = [];
  let running = 0;
  const inTurn = async <T>(task: () => Promise<T>): Promise<T> => {
    if (running < options.atOnce) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
  const ask = <T>(question: () => Promise<Result<T, QueryError>>): Promise<Result<T, QueryError>> =>
    inTurn(async () => {
      for (let tried = 1; ; tried += 1) {
        if (options.signal.aborted) throw new CodedError('replay-cancelled', 'The replay was cancelled.');
        options.onQuery?.();
        const answer = await question();
        if (answer.ok || !answer.error.retryable) return answer;
        if (options.signal.aborted) throw new CodedError('replay-cancelled', 'The replay was cancelled.');
        if (tried === TRIES)
          throw new CodedError(
            'replay-source',
            `${target.id} did not answer ${TRIES} times, so the replay ends there: ${answer.error.message}`,
          );
        await new Promise<void>((resolve) => options.clock.setTimeout(resolve, FIRST_WAIT_MS * 2 ** tried));
      }
    });
  const { signal } = options;
  return {
    id: target.id,
    instant: (expression, at) => ask(() => target.instant(expression, at, { timeoutMs: TIMEOUT_MS, signal })),
    range: (expression, window) =>
      ask(() => target.range(expression, window, { timeoutMs: TIMEOUT_MS, signal })),
  };
}
