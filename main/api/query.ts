import { CodedError } from '../../shared/error/coded.ts';
import type { Result } from '../../shared/error/result.ts';
import type { QueryError, QueryTarget } from '../../shared/model/metric.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import type { Clock } from '../platform/index.ts';
import { type CheckedExpression, rangeFileOf } from '../query/index.ts';
import { createAsks } from './asks.ts';
import { boundsAnswer, type DetectorPastAnswer, type PastOfDetectors } from './bounds.ts';
import { answering, procedures } from './context.ts';
import { queryError, wireNumber } from './query-answer.ts';
import { nameHandlers } from './query-names.ts';
import { createRangeParts } from './range-parts.ts';

export interface QueryPart {
  readonly clock: Clock;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  /** Spans of the range in which the source was not watched. */
  readonly unwatched: (sourceId: string, fromAt: number, toAt: number) => readonly Unwatched[];
  readonly check: (sourceId: string, expression: string) => Result<CheckedExpression, QueryError>;
  /** What the detectors of exactly this question expected of its past. */
  readonly past: (question: PastOfDetectors, signal?: AbortSignal) => Promise<readonly DetectorPastAnswer[]>;
}

/** PromQL as people ask it, and what an editor needs to complete and check it. */
export function queryRouter({ clock, target, check, unwatched, past }: QueryPart) {
  const at = procedures.query;
  const asks = createAsks(clock);
  const parts = createRangeParts(clock);
  const targetOf = (id: string) => {
    const found = target(id);
    if (!found) throw new CodedError('source-not-found', `There is no source named ${id} in this workspace.`);
    return found;
  };
  return at.router({
    check: at.check.handler(async ({ input, errors }) => {
      await answering(errors, () => targetOf(input.source));
      return checked(check(input.source, input.expression), input.expression);
    }),
    instant: at.instant.handler(async ({ input, errors, signal }) => {
      const query = await answering(errors, () => targetOf(input.source));
      const instant = input.at ?? clock.now();
      const { answer, ...beside } = await asks.ask(input.ask, signal, (options) =>
        query.instant(input.expression, instant, options),
      );
      if (!answer.ok) throw errors.QUERY(queryError(answer.error));
      const { value } = answer;
      const samples =
        value.kind === 'scalar' ? [{ labels: {}, at: value.at, value: value.value }] : value.samples;
      return {
        ...beside,
        kind: value.kind,
        at: instant,
        seriesTotal: samples.length,
        samples: samples
          .slice(0, input.seriesMax)
          .map((sample) => ({ ...sample, value: wireNumber(sample.value) })),
      };
    }),
    range: at.range.handler(async ({ input, errors, signal }) => {
      const query = await answering(errors, () => targetOf(input.source));
      const wish = {
        seriesMax: input.seriesMax,
        unwatched: unwatched(input.source, input.fromAt, input.toAt),
      };
      const { answer, ...beside } = await asks.ask(input.ask, signal, (options) =>
        rangeFileOf(query, input.expression, input, wish, options),
      );
      if (!answer.ok) throw errors.QUERY(queryError(answer.error));
      const { first, more } = parts.hold(answer.value.bytes);
      return { ...beside, seriesTotal: answer.value.seriesTotal, series: first, more };
    }),
    part: at.part.handler(({ input, errors }) => {
      const found = parts.part(input.answer, input.part);
      if (found) return found;
      const message = 'This part of the answer is not kept any more. Ask the question again.';
      throw errors.NOT_FOUND({ message, data: { what: 'part' } });
    }),
    bounds: at.bounds.handler(async ({ input, signal }) => boundsAnswer(await past(input, signal))),
    progress: at.progress.handler(({ input }) => asks.progress(input.ask)),
    ...nameHandlers(targetOf),
  });
}

function checked(result: Result<CheckedExpression, QueryError>, expression: string) {
  if (result.ok) {
    const { type, sources, metrics, notes } = result.value;
    const problems = notes.map(({ severity, message, position }) => ({
      severity,
      code: severity === 'info' ? ('hint' as const) : ('doubtful' as const),
      message,
      ...(position ?? { from: 0, to: expression.length }),
    }));
    return { type, problems, sources: [...sources], metrics: [...metrics] };
  }
  const { code, message, position } = result.error;
  const problem = {
    severity: 'error' as const,
    code,
    message,
    ...(position ?? { from: 0, to: expression.length }),
  };
  return { type: null, problems: [problem], sources: [], metrics: [] };
}
