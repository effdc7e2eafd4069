import { encodeSeries } from '../../shared/contract/series-file.ts';
import { ok, type Result } from '../../shared/error/result.ts';
import type {
  QueryError,
  QueryOptions,
  QueryTarget,
  RangeFile,
  RangeFileWish,
  RangeWindow,
} from '../../shared/model/metric.ts';

/** A range as a series file, made by the target's own thread where it has one, else here. */
export async function rangeFileOf(
  target: QueryTarget,
  expression: string,
  window: RangeWindow,
  wish: RangeFileWish,
  options?: QueryOptions,
): Promise<Result<RangeFile, QueryError>> {
  if (target.rangeFile) return target.rangeFile(expression, window, wish, options);
  const answer = await target.range(expression, window, options);
  if (!answer.ok) return answer;
  const series = answer.value.slice(0, wish.seriesMax);
  const bytes = encodeSeries({ series, unwatched: wish.unwatched });
  return ok({ bytes, seriesTotal: answer.value.length });
}
