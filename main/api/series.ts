import { encodeSeries, type SeriesFile } from '../../shared/contract/series-file.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import type { Clock } from '../platform/index.ts';
import { answering, procedures } from './context.ts';
import { queryError, wireNumber } from './query-answer.ts';

export interface SeriesPart {
  readonly clock: Clock;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  /** Burn rates of an objective's windows over time. */
  readonly burn: (objectiveId: string, fromAt: number, toAt: number, stepMs: number) => Promise<SeriesFile>;
  /** Budget remaining over the period. */
  readonly budget: (objectiveId: string) => Promise<SeriesFile>;
  /** Spans of the range in which the source was not watched. */
  readonly unwatched: (sourceId: string, fromAt: number, toAt: number) => readonly Unwatched[];
}

/** A chart cannot show more, and a request must not keep a worker for long. */
const POINTS_MAX = 11_000;
const TIMEOUT_MS = 15_000;

/** Requests for samples; the answers are binary. */
export function seriesRouter({ clock, target, burn, budget, unwatched }: SeriesPart) {
  const at = procedures.series;
  const targetOf = (id: string) => {
    const found = target(id);
    if (!found) throw new CodedError('source-not-found', `There is no source named ${id} in this workspace.`);
    return found;
  };
  return at.router({
    range: at.range.handler(async ({ input, errors, signal }) => {
      const query = await answering(errors, () => targetOf(input.source));
      const tooMuch = refusalOf(input);
      if (tooMuch) throw errors.QUERY(tooMuch);
      const result = await query.range(input.expression, input, {
        timeoutMs: TIMEOUT_MS,
        ...(signal ? { signal } : {}),
      });
      if (!result.ok) throw errors.QUERY(queryError(result.error));
      const spans = unwatched(input.source, input.fromAt, input.toAt);
      return new Blob([encodeSeries({ series: result.value, unwatched: spans })]);
    }),
    instant: at.instant.handler(async ({ input, errors, signal }) => {
      const query = await answering(errors, () => targetOf(input.source));
      const now = input.at ?? clock.now();
      const result = await query.instant(input.expression, now, {
        timeoutMs: TIMEOUT_MS,
        ...(signal ? { signal } : {}),
      });
      if (!result.ok) throw errors.QUERY(queryError(result.error));
      if (result.value.kind === 'scalar')
        return [{ labels: {}, at: result.value.at, value: wireNumber(result.value.value) }];
      return result.value.samples.map((sample) => ({ ...sample, value: wireNumber(sample.value) }));
    }),
    burn: at.burn.handler(({ input, errors }) => {
      const tooMuch = refusalOf(input);
      if (tooMuch) throw errors.QUERY(tooMuch);
      return answering(
        errors,
        async () =>
          new Blob([encodeSeries(await burn(input.objectiveId, input.fromAt, input.toAt, input.stepMs))]),
      );
    }),
    budget: at.budget.handler(({ input, errors }) =>
      answering(errors, async () => new Blob([encodeSeries(await budget(input.objectiveId))])),
    ),
  });
}

/** A range that no chart could show is refused before anybody is asked for it. */
function refusalOf({ fromAt, toAt, stepMs }: { fromAt: number; toAt: number; stepMs: number }) {
  if (toAt < fromAt)
    return {
      message: 'The range ends before it begins: swap its ends.',
      data: { code: 'execution', from: null, to: null },
    };
  if ((toAt - fromAt) / stepMs <= POINTS_MAX) return undefined;
  return {
    message: `That is more than ${POINTS_MAX.toLocaleString('en-US')} points a series: use a longer step or a shorter range.`,
    data: { code: 'limit', from: null, to: null },
  };
}
