import type { NameQuestion, QueryNames, QueryTarget } from '../../shared/model/metric.ts';
import type { Abort } from '../../shared/unit/abort.ts';
import { answering, procedures } from './context.ts';
import { queryError } from './query-answer.ts';

/** What an editor completes from: the names of a target, none where it has no series. */
export function nameHandlers(targetOf: (sourceId: string) => QueryTarget) {
  const at = procedures.query;
  const namesOf = (sourceId: string): QueryNames | undefined => targetOf(sourceId).names;
  return {
    labelNames: at.labelNames.handler(async ({ input, errors, signal }) => {
      const names = await answering(errors, () => namesOf(input.source));
      const answer = await names?.labelNames(questionOf(input, signal));
      if (answer?.ok === false) throw errors.QUERY(queryError(answer.error));
      return { names: [...(answer?.value.names ?? [])], complete: answer?.value.complete ?? true };
    }),
    labelValues: at.labelValues.handler(async ({ input, errors, signal }) => {
      const names = await answering(errors, () => namesOf(input.source));
      const answer = await names?.labelValues(input.label, questionOf(input, signal));
      if (answer?.ok === false) throw errors.QUERY(queryError(answer.error));
      return { names: [...(answer?.value.names ?? [])], complete: answer?.value.complete ?? true };
    }),
    metrics: at.metrics.handler(async ({ input, errors, signal }) => {
      const names = await answering(errors, () => namesOf(input.source));
      const answer = await names?.metrics(questionOf(input, signal));
      if (answer?.ok === false) throw errors.QUERY(queryError(answer.error));
      return { metrics: [...(answer?.value.metrics ?? [])], complete: answer?.value.complete ?? true };
    }),
  };
}

interface NameInput {
  readonly selector?: string | undefined;
  readonly contains?: string | undefined;
  readonly limit: number;
}

function questionOf({ selector, contains, limit }: NameInput, signal: Abort | undefined): NameQuestion {
  return {
    limit,
    ...(selector === undefined ? {} : { selector }),
    ...(contains === undefined ? {} : { contains }),
    ...(signal ? { signal } : {}),
  };
}
