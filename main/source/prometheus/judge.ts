import type { Result } from '../../../shared/error/result.ts';
import type { QueryError } from '../../../shared/model/metric.ts';
import { failureOfHttp, failureOfStatus, type SourceFailure, sourceFailure } from '../failure.ts';
import type { HttpAnswer } from '../http/client.ts';
import type { HttpFailure } from '../http/failure.ts';
import { type Opened, readAnswer } from './answer.ts';
import type { DataProblem } from './data-problem.ts';
import { refusalOf } from './refusal.ts';

/** What one exchange says: a value, a refusal of this one query, or a failure of the whole source. */
export type Verdict<T> =
  | { readonly kind: 'value'; readonly value: T; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly error: QueryError; readonly alive: boolean }
  | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** Reads one answer; `elsewhere` is its body opened already, by a thread. Credentials and throttling are told by the status, the rest by the body first. */
export function judge<T>(
  answer: HttpAnswer,
  expression: string,
  read: (data: unknown) => Result<T, DataProblem>,
  elsewhere?: Result<Opened, string>,
): Verdict<T> {
  const wrong = (what: string): Verdict<T> => ({
    kind: 'failed',
    failure: wrongAnswer(answer.address, what),
  });
  const { status } = answer;
  const clear = status === 401 || status === 403 || status === 407 || status === 429;
  const opened = clear ? undefined : (elsewhere ?? readAnswer(answer.body, answer.contentType));
  if (opened?.ok && opened.value.kind === 'error') {
    const refusal = refusalOf(opened.value.errorType, opened.value.message, expression);
    if (refusal) return { kind: 'refused', error: refusal, alive: refusal.code !== 'timeout' };
  }
  const failure = failureOfStatus(status, answer.address, answer.retryAfterMs);
  if (failure) return { kind: 'failed', failure };
  if (!opened?.ok) return wrong(`${statusClause(status)}${opened ? opened.error : 'it answered nothing'}`);
  if (opened.value.kind === 'error')
    return wrong(
      `it answered with an error of a kind that the API does not have (${opened.value.errorType})`,
    );
  if (status < 200 || status > 299) return wrong(`it answered success with the status ${status}`);
  // What a thread has read is of the kind that was wanted of it, which is what `read` would give.
  const value =
    opened.value.kind === 'read' ? (opened.value.value as Result<T, DataProblem>) : read(opened.value.data);
  if (value.ok) return { kind: 'value', value: value.value, warnings: opened.value.warnings };
  return value.error.kind === 'shape'
    ? wrong(value.error.what)
    : { kind: 'refused', alive: true, error: refusedResult(value.error.what) };
}

/** A server without time for the lightest of queries is in trouble, which of any other query only the query would be. */
export function ofProbe<T>(verdict: Verdict<T>, address: string): Verdict<T> {
  if (verdict.kind !== 'refused' || verdict.alive || verdict.error.code !== 'timeout') return verdict;
  const what = 'it had no time for vector(1), the lightest of queries';
  const todo = 'Midwatch keeps trying; look at its load.';
  return { kind: 'failed', failure: sourceFailure('unreachable', address, what, todo, { code: 'timeout' }) };
}

function wrongAnswer(address: string, what: string): SourceFailure {
  return sourceFailure(
    'wrong-answer',
    address,
    what,
    'Check that the address is that of a Prometheus API, and what stands before it.',
  );
}

function statusClause(status: number): string {
  return status >= 200 && status <= 299 ? '' : `status ${status}: `;
}

function refusedResult(message: string): QueryError {
  return { code: /more samples/.test(message) ? 'limit' : 'unsupported', message, retryable: false };
}

/** Nothing came. A limit that the caller set shorter than the source's says nothing of the source. */
export function unsent<T>(
  failure: HttpFailure,
  address: string,
  { callersLimit, probe }: { readonly callersLimit: boolean; readonly probe: boolean },
): Verdict<T> {
  const aside = (code: QueryError['code'], message: string, retryable: boolean): Verdict<T> => ({
    kind: 'refused',
    alive: false,
    error: { code, message, retryable },
  });
  switch (failure.kind) {
    case 'cancelled':
      return { kind: 'refused', alive: false, error: cancelled() };
    case 'too-large':
      if (probe) return { kind: 'failed', failure: wrongAnswer(address, `${failure.detail}, to vector(1)`) };
      return aside('limit', `${address}: ${failure.detail}. Ask for less time or fewer series.`, false);
    case 'timeout':
      return callersLimit
        ? aside('timeout', `${address}: ${failure.detail}, which is all that this query had.`, true)
        : { kind: 'failed', failure: failureOfHttp(failure, address) };
    default:
      return { kind: 'failed', failure: failureOfHttp(failure, address) };
  }
}

export function queryError(failure: SourceFailure): QueryError {
  return { code: failure.code, message: failure.problem, retryable: true };
}

export function cancelled(): QueryError {
  return { code: 'cancelled', message: 'The query was cancelled before it was answered.', retryable: true };
}

export function tooManyWaiting(address: string): QueryError {
  return {
    code: 'limit',
    message: `${address}: too many queries wait for it already. Poll less often or lower the number of rules.`,
    retryable: true,
  };
}
