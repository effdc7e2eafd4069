import type { Result } from '../../shared/error/result.ts';
import { assertNever, err, ok } from '../../shared/error/result.ts';
import type { InstantValue, QueryError, QueryTarget, Series } from '../../shared/model/metric.ts';
import type { Indicator } from '../../shared/model/objective.ts';
import { type Counter, increaseQuery, readCounter } from './build-query.ts';
import type { Limit } from './limit.ts';

/** Why counting did not succeed: `blind` is the source's failing, `error` is the objective's own. */
export interface Problem {
  readonly kind: 'blind' | 'error';
  readonly message: string;
}

/** Bad and total events of one window; null is *no data*. */
export interface Count {
  readonly bad: number | null;
  readonly total: number | null;
}

/** An indicator that has been read: the part that is asked for beside the total, and which of the two it is. */
export interface Counters {
  readonly total: Counter;
  readonly part: Counter;
  readonly partIs: 'good' | 'bad';
}

/** Where and how to ask. The limit bounds how many queries are under way at once. */
export interface Asking {
  readonly target: QueryTarget;
  readonly limit: Limit;
  readonly timeoutMs: number;
}

export function readIndicator(indicator: Indicator): Result<Counters, Problem> {
  const text = indicator.bad ?? indicator.good;
  if (text === undefined || (indicator.bad !== undefined && indicator.good !== undefined)) {
    return err({
      kind: 'error',
      message:
        'The indicator must name either good or bad events beside the total, and exactly one of them; the objective cannot be counted until it does.',
    });
  }
  const total = readCounter(indicator.total);
  if (!total.ok) return err({ kind: 'error', message: `total: ${total.error.message}` });
  const partIs = indicator.bad === undefined ? 'good' : 'bad';
  const part = readCounter(text);
  if (!part.ok) return err({ kind: 'error', message: `${partIs}: ${part.error.message}` });
  return ok({ total: total.value, part: part.value, partIs });
}

/** Counts one window ending at the instant; both queries must succeed. */
export async function countWindow(
  asking: Asking,
  counters: Counters,
  windowMs: number,
  at: number,
): Promise<Result<Count, Problem>> {
  const [part, total] = await Promise.all([
    askNumber(asking, increaseQuery(counters.part, windowMs), at),
    askNumber(asking, increaseQuery(counters.total, windowMs), at),
  ]);
  if (!total.ok) return total;
  if (!part.ok) return part;
  return ok(combine(counters.partIs, part.value, total.value));
}

/**
 * A client library creates the series of an error code with the first such error: no series of bad events, where the
 * total has data, is none that failed. Where the total has no data either, it is no data. The other way round, a good
 * series that is missing while the total counts means that all failed.
 */
export function combine(partIs: 'good' | 'bad', part: number | null, total: number | null): Count {
  if (total === null) return { bad: null, total: null };
  const bad = partIs === 'bad' ? (part ?? 0) : total - (part ?? 0);
  // `increase` extrapolates each series by itself; the difference of two may pass either end by a hair.
  return { bad: Math.min(total, Math.max(0, bad)), total };
}

/** The value of a query that answers one number; null where the vector is empty or not a number. */
export async function askNumber(
  asking: Asking,
  expression: string,
  at: number,
): Promise<Result<number | null, Problem>> {
  const answer = await asking.limit(() =>
    asking.target.instant(expression, at, { timeoutMs: asking.timeoutMs }),
  );
  return answer.ok ? ok(numberOf(answer.value)) : err(problemOf(answer.error));
}

/** One series over time, for a query that aggregates to one; null where there is none. */
export async function askRange(
  asking: Asking,
  expression: string,
  window: { fromAt: number; toAt: number; stepMs: number },
): Promise<Result<Series | null, Problem>> {
  const answer = await asking.limit(() =>
    asking.target.range(expression, window, { timeoutMs: asking.timeoutMs }),
  );
  return answer.ok ? ok(answer.value[0] ?? null) : err(problemOf(answer.error));
}

function numberOf(value: InstantValue): number | null {
  const numbers = value.kind === 'scalar' ? [value.value] : value.samples.map((sample) => sample.value);
  const sum = numbers.reduce((a, b) => a + b, 0);
  return numbers.length === 0 || !Number.isFinite(sum) ? null : Math.max(0, sum);
}

/** The source's failings make the objective blind; what only an edit of the objective can mend is its error. */
export function problemOf(error: QueryError): Problem {
  switch (error.code) {
    case 'parse':
    case 'unsupported':
    case 'execution':
    case 'limit':
      return { kind: 'error', message: error.message };
    case 'timeout':
    case 'cancelled':
    case 'unreachable':
    case 'unauthorised':
    case 'wrong-answer':
    case 'blind':
      return { kind: 'blind', message: error.message };
    default:
      return assertNever(error.code);
  }
}
