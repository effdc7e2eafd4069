import type { Result } from '../../shared/error/result.ts';
import { assertNever, err, ok } from '../../shared/error/result.ts';
import type {
  CarriedSum,
  InstantValue,
  QueryError,
  QueryTarget,
  RangeWindow,
  Series,
} from '../../shared/model/metric.ts';
import type { Indicator, Objective } from '../../shared/model/objective.ts';
import { type Counter, increaseQuery, readCounter } from './build-query.ts';
import { weigh } from './composite.ts';
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
export interface Counters extends RatioCounters {
  /** Of a composite; the counters beside it are its first component's, and stand for its presence and cadence. */
  readonly components?: readonly (RatioCounters & { readonly title: string; readonly weight: number })[];
}

interface RatioCounters {
  readonly total: Counter;
  readonly part: Counter;
  readonly partIs: 'good' | 'bad';
}

/** Where and how to ask. The limit bounds how many queries are under way at once. */
export interface Asking {
  readonly target: QueryTarget;
  readonly limit: Limit;
  readonly timeoutMs: number;
  /** Asks for windows that end at this poll's instant, where the target carries them. */
  readonly carry?: Carry;
}

/** One window of one selector; `span` is as in `CarriedQuestion`. */
export type Carry = (selector: string, span: number) => Promise<Result<CarriedSum, Problem>>;

/** Reads what an objective counts; a composite's components each by its name. */
export function readCounters(
  objective: Pick<Objective, 'indicator' | 'components'>,
): Result<Counters, Problem> {
  const { indicator, components } = objective;
  if (!components) return readIndicator(indicator);
  const parts = [];
  for (const { title, weight, indicator: own } of components) {
    const read = readIndicator(own);
    if (!read.ok) return err({ kind: read.error.kind, message: `${title}: ${read.error.message}` });
    parts.push({ ...read.value, title, weight });
  }
  const [first] = parts;
  return first
    ? ok({ ...first, components: parts })
    : err({ kind: 'error', message: 'The composite has no component, so there is nothing to count.' });
}

function readIndicator(indicator: Indicator): Result<Counters, Problem> {
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
  const { components } = counters;
  if (components) {
    const all = await Promise.all(components.map((one) => countRatio(asking, one, windowMs, at)));
    const counts: Count[] = [];
    for (const one of all) {
      if (!one.ok) return one;
      counts.push(one.value);
    }
    return ok(weigh(components, counts));
  }
  return countRatio(asking, counters, windowMs, at);
}

async function countRatio(
  asking: Asking,
  counters: RatioCounters,
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

/** Bad and total events of a window at each step of a range; a step without data is left out. */
export async function countOver(
  asking: Asking,
  counters: Counters,
  windowMs: number,
  range: RangeWindow,
): Promise<Result<CountAt[], Problem>> {
  const parts = counters.components ?? [counters];
  const answers = await Promise.all(
    parts.flatMap((one) => [
      askRange(asking, increaseQuery(one.part, windowMs), range),
      askRange(asking, increaseQuery(one.total, windowMs), range),
    ]),
  );
  const columns: Map<number, number>[] = [];
  for (const answer of answers) {
    if (!answer.ok) return answer;
    columns.push(byTime(answer.value));
  }
  const times = [...(columns[1]?.keys() ?? [])];
  return ok(
    times.flatMap((at) => {
      const counts = parts.map(({ partIs }, place) =>
        combine(partIs, columns[2 * place]?.get(at) ?? null, columns[2 * place + 1]?.get(at) ?? null),
      );
      const count = counters.components ? weigh(counters.components, counts) : counts[0];
      return count && count.total !== null ? [{ at, ...count }] : [];
    }),
  );
}

export interface CountAt extends Count {
  readonly at: number;
}

function byTime(series: Series | null): Map<number, number> {
  const found = new Map<number, number>();
  series?.times.forEach((time, place) => {
    const value = series.values[place];
    if (value !== undefined && Number.isFinite(value)) found.set(time, Math.max(0, value));
  });
  return found;
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

/** The two plain selectors of an objective over events; null where it counts by expressions, slices or components. */
export function selectorsOf(
  objective: Objective,
): { readonly part: string; readonly total: string; readonly partIs: 'good' | 'bad' } | null {
  if (objective.slices || objective.components) return null;
  const read = readIndicator(objective.indicator);
  if (!read.ok || read.value.part.kind !== 'selector' || read.value.total.kind !== 'selector') return null;
  return { part: read.value.part.selector, total: read.value.total.selector, partIs: read.value.partIs };
}
