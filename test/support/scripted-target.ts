import { ok, type Result } from '../../shared/error/result.ts';
import type {
  InstantSample,
  InstantValue,
  Labels,
  QueryError,
  QueryTarget,
  RangeWindow,
  Series,
} from '../../shared/model/metric.ts';

/** What an expression answers: a number, several series, nothing, or an error. */
export type Answer =
  | number
  | readonly { readonly labels: Labels; readonly value: number }[]
  | { readonly error: QueryError };

/** A target whose answers are written down by expression; one that is not written has no data. */
export class ScriptedTarget implements QueryTarget {
  readonly id: string;
  readonly asked: string[] = [];
  private readonly answers = new Map<string, Answer | ((at: number) => Answer)>();

  constructor(id = 'fleet') {
    this.id = id;
  }

  says(expression: string, answer: Answer | ((at: number) => Answer)): this {
    this.answers.set(expression, answer);
    return this;
  }

  async instant(expression: string, at: number): Promise<Result<InstantValue, QueryError>> {
    this.asked.push(expression);
    return this.answer(expression, at);
  }

  async range(expression: string, window: RangeWindow): Promise<Result<readonly Series[], QueryError>> {
    const byLabels = new Map<string, { labels: Labels; times: number[]; values: number[] }>();
    for (let at = window.fromAt; at <= window.toAt; at += window.stepMs) {
      const answer = this.answer(expression, at);
      if (!answer.ok) return answer;
      for (const sample of answer.value.kind === 'vector' ? answer.value.samples : []) {
        const key = JSON.stringify(sample.labels);
        const one = byLabels.get(key) ?? { labels: sample.labels, times: [], values: [] };
        one.times.push(at);
        one.values.push(sample.value);
        byLabels.set(key, one);
      }
    }
    return ok(
      [...byLabels.values()].map(({ labels, times, values }) => ({
        labels,
        times: Float64Array.from(times),
        values: Float64Array.from(values),
      })),
    );
  }

  private answer(expression: string, at: number): Result<InstantValue, QueryError> {
    const written = this.answers.get(expression) ?? [];
    const answer = typeof written === 'function' ? written(at) : written;
    if (typeof answer === 'object' && 'error' in answer) return { ok: false, error: answer.error };
    const samples: InstantSample[] =
      typeof answer === 'number'
        ? [{ labels: {}, at, value: answer }]
        : answer.map(({ labels, value }) => ({ labels, at, value }));
    return ok({ kind: 'vector', samples });
  }
}
