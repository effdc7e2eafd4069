import { implement } from '@orpc/server';
import { createRangeParts } from '../../../main/api/range-parts.ts';
import { contract } from '../../../shared/contract/index.ts';
import { encodeSeries } from '../../../shared/contract/series-file.ts';
import type { FakeAnswer } from './fake-answer.ts';
import type { FakeState } from './fake-state.ts';

/** PromQL as the fake core answers it: by the script of the state, and by its default for what is not in it. */
export function queriesOf(state: FakeState) {
  const parts = createRangeParts({ monotonic: () => 0 });
  const os = implement(contract);
  const beside = (answer: FakeAnswer, count: number) => ({
    seriesTotal: answer.seriesTotal ?? count,
    notes: [...(answer.notes ?? [])],
    tookMs: 4,
  });
  const answerTo = (expression: string) => state.answers.get(expression) ?? state.anyAnswer;
  return {
    check: os.query.check.handler(() => ({
      type: 'vector' as const,
      problems: [],
      sources: [],
      metrics: [],
    })),
    instant: os.query.instant.handler(({ input }) => {
      const at = input.at ?? state.now();
      const answer = answerTo(input.expression);
      const samples = answer
        .series(at, at, 1)
        .map(({ labels, values }) => ({ labels, at, value: values[0] ?? 'NaN' }));
      return { ...beside(answer, samples.length), kind: 'vector' as const, at, samples };
    }),
    range: os.query.range.handler(({ input, errors }) => {
      const { expression, fromAt, toAt, stepMs, seriesMax } = input;
      const answer = answerTo(expression);
      if (answer.failure !== undefined)
        throw errors.QUERY({ message: answer.failure, data: { code: 'timeout', from: null, to: null } });
      const series = answer.series(fromAt, toAt, stepMs).slice(0, seriesMax);
      const unwatched = answer.unwatched?.(fromAt, toAt) ?? [];
      const { first, more } = parts.hold(encodeSeries({ series, unwatched }));
      return { ...beside(answer, series.length), series: first, more };
    }),
    part: os.query.part.handler(({ input, errors }) => {
      const found = parts.part(input.answer, input.part);
      if (found) return found;
      throw errors.NOT_FOUND({ message: 'It is not kept any more.', data: { what: 'part' } });
    }),
    bounds: os.query.bounds.handler(() => ({
      detectors: [],
      series: new Blob([encodeSeries({ series: [], unwatched: [] })]),
    })),
    progress: os.query.progress.handler(() => ({ state: 'unknown' as const, samples: 0, elapsedMs: 0 })),
    labelNames: os.query.labelNames.handler(() => ({ names: [], complete: true })),
    labelValues: os.query.labelValues.handler(() => ({ names: [], complete: true })),
    metrics: os.query.metrics.handler(() => ({ metrics: [...state.metrics], complete: true })),
  };
}
