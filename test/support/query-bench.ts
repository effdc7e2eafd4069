import { evaluateInstant, evaluateRange } from '../../main/query/engine.ts';
import type { QueryError, Series } from '../../shared/model/metric.ts';
import { loadSeries } from './load-notation.ts';
import { createMemorySamples, type MemorySamples } from './memory-metrics.ts';

const ENGINE = { monotonic: () => 0, timeoutMs: 1 };

/** Samples in memory and questions about them, answered in words that a test can read. */
export interface QueryBench {
  readonly store: MemorySamples;
  /** More series of the notation, one value each step. */
  load(lines: readonly string[], stepMs?: number, startAt?: number): QueryBench;
  /** The samples of one series at any instants, ascending. */
  samples(name: string, points: readonly (readonly [number, number])[]): QueryBench;
  /** `{labels} → value`, for one instant; a scalar has the labels "scalar". */
  at(expression: string, at: number): Record<string, number>;
  /** The one value of the answer; undefined where there is none, and an error where there are several. */
  value(expression: string, at: number): number | undefined;
  range(expression: string, fromAt: number, toAt: number, stepMs: number): readonly Series[];
  error(expression: string, at?: number): QueryError;
}

export function queryBench(lines: readonly string[] = [], stepMs = 60_000, startAt = 0): QueryBench {
  const store = createMemorySamples();
  const ask = (expression: string, at: number) => evaluateInstant(store.reader, expression, at, ENGINE);
  const bench: QueryBench = {
    store,
    load(more, step = 60_000, start = 0) {
      loadSeries(store.writer, more, step, start);
      return bench;
    },
    samples(name, points) {
      const refs = store.writer.register([{ __name__: name }]).refs;
      for (const [at, value] of points) store.writer.append({ at, refs, values: Float64Array.of(value) });
      return bench;
    },
    at(expression, at) {
      const answer = ask(expression, at);
      if (!answer.ok) throw new Error(`${expression}: ${answer.error.message}`);
      if (answer.value.kind === 'scalar') return { scalar: answer.value.value };
      return Object.fromEntries(answer.value.samples.map((sample) => [textOf(sample.labels), sample.value]));
    },
    value(expression, at) {
      const values = Object.values(bench.at(expression, at));
      if (values.length > 1) throw new Error(`${expression} answered ${values.length} values, not one.`);
      return values[0];
    },
    range(expression, fromAt, toAt, step) {
      const answer = evaluateRange(store.reader, expression, { fromAt, toAt, stepMs: step }, ENGINE);
      if (!answer.ok) throw new Error(`${expression}: ${answer.error.message}`);
      return answer.value;
    },
    error(expression, at = 0) {
      const answer = ask(expression, at);
      if (answer.ok) throw new Error(`${expression} was answered, not refused.`);
      return answer.error;
    },
  };
  return bench.load(lines, stepMs, startAt);
}

/** `name{a="1"}`, labels in their order. */
function textOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .filter((name) => name !== '__name__')
    .sort()
    .map((name) => `${name}="${labels[name]}"`);
  return `${labels.__name__ ?? ''}{${pairs.join(',')}}`;
}
