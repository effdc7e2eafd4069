import { err, ok, type Result } from '../../shared/error/result.ts';
import type {
  InstantValue,
  QueryError,
  QueryTarget,
  RangeWindow,
  Series,
} from '../../shared/model/metric.ts';
import { parseDuration } from '../../shared/unit/time.ts';

const LOOK_BACK_MS = 5 * 60_000;
const FORM =
  /^(?<aggregate>sum|count|max)\((?:(?<fn>increase|count_over_time)\((?<ranged>\w+)\[(?<window>\w+)\]\)|(?<plain>\w+))\)$/;

/** Counters in memory, with samples at the instants they were put. */
export interface CounterTarget extends QueryTarget {
  /** Adds one sample of the counter `name`; times ascend. */
  put(name: string, at: number, value: number): void;
  /** Samples each `stepMs` from `fromAt` to `toAt`, growing by `perSecond`, on from where the counter stands. */
  grow(name: string, perSecond: number, fromAt: number, toAt: number, stepMs: number): void;
  /** Every query answers this error until it is set to null. */
  fail(error: QueryError | null): void;
  /** Queries whose text matches answer an error; the others are answered. */
  failOn(pattern: RegExp | null): void;
  readonly asked: string[];
}

/**
 * A small, whole Prometheus for the forms that objectives ask for: `sum(increase(NAME[w]))`, `count(NAME)` and
 * `max(count_over_time(NAME[w]))`. Increase is that of the samples in the window, without extrapolation.
 */
export function counterTarget(id = 'counters'): CounterTarget {
  const counters = new Map<string, { times: number[]; values: number[] }>();
  const asked: string[] = [];
  let failure: QueryError | null = null;
  let failingPattern: RegExp | null = null;

  const counter = (name: string) => {
    const known = counters.get(name) ?? { times: [], values: [] };
    counters.set(name, known);
    return known;
  };
  const evaluate = (expression: string, at: number): Result<number | null, QueryError> => {
    if (failure) return err(failure);
    if (failingPattern?.test(expression)) {
      return err({ code: 'timeout', message: 'The query took longer than it may.', retryable: true });
    }
    const parts = FORM.exec(expression)?.groups;
    if (!parts)
      return err({
        code: 'unsupported',
        message: `not a form of this fake: ${expression}`,
        retryable: false,
      });
    const { times, values } = counters.get(parts.ranged ?? parts.plain ?? '') ?? { times: [], values: [] };
    const windowMs = parts.window ? (parseDuration(parts.window) ?? 0) : LOOK_BACK_MS;
    const inside = values.slice(after(times, at - windowMs), after(times, at));
    if (parts.aggregate === 'count') return ok(inside.length > 0 ? 1 : null);
    if (parts.fn === 'count_over_time') return ok(inside.length > 0 ? inside.length : null);
    return ok(inside.length < 2 ? null : rise(inside));
  };

  return {
    id,
    asked,
    put(name, at, value) {
      const series = counter(name);
      series.times.push(at);
      series.values.push(value);
    },
    grow(name, perSecond, fromAt, toAt, stepMs) {
      const series = counter(name);
      const base = series.values.at(-1) ?? 0;
      for (let at = fromAt; at <= toAt; at += stepMs) {
        series.times.push(at);
        series.values.push(base + (perSecond * (at - fromAt + stepMs)) / 1000);
      }
    },
    fail(error) {
      failure = error;
    },
    failOn(pattern) {
      failingPattern = pattern;
    },
    async instant(expression, at) {
      asked.push(expression);
      const value = evaluate(expression, at);
      if (!value.ok) return value;
      const samples = value.value === null ? [] : [{ labels: {}, at, value: value.value }];
      return ok<InstantValue>({ kind: 'vector', samples });
    },
    async range(expression, window: RangeWindow) {
      asked.push(expression);
      const times: number[] = [];
      const values: number[] = [];
      for (let at = window.fromAt; at <= window.toAt; at += window.stepMs) {
        const value = evaluate(expression, at);
        if (!value.ok) return value;
        if (value.value === null) continue;
        times.push(at);
        values.push(value.value);
      }
      const series: Series = {
        labels: {},
        times: Float64Array.from(times),
        values: Float64Array.from(values),
      };
      return ok(times.length === 0 ? [] : [series]);
    },
  };
}

/** Index of the first time after the instant. */
function after(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a counter rose by, a fall being a reset to zero. */
function rise(values: readonly number[]): number {
  let sum = 0;
  for (let at = 1; at < values.length; at++) {
    const step = (values[at] ?? 0) - (values[at - 1] ?? 0);
    sum += step >= 0 ? step : (values[at] ?? 0);
  }
  return sum;
}
