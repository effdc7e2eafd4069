import { err } from '../../shared/error/result.ts';
import type { QueryError, QueryTarget } from '../../shared/model/metric.ts';
import type { Abort } from '../../shared/unit/abort.ts';

/** Who waits for a look at the past: may end it, and hears how far it is, in questions. */
export interface PastWatch {
  readonly signal?: Abort | undefined;
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

const CANCELLED: QueryError = { code: 'cancelled', message: 'It was cancelled.', retryable: false };

/** A target whose questions end with the watch, and are counted; `all` is how many there will be, as far as is known. */
export function watchedTarget(target: QueryTarget, watch: PastWatch, all: number): QueryTarget {
  const { signal, onProgress } = watch;
  let done = 0;
  const asked = async <T>(question: () => Promise<T>): Promise<T> => {
    const answer = await question();
    done += 1;
    onProgress?.(Math.min(done, all), all);
    return answer;
  };
  const options = signal ? { signal } : {};
  onProgress?.(0, all);
  return {
    id: target.id,
    instant: async (expression, at, own) =>
      signal?.aborted ? err(CANCELLED) : asked(() => target.instant(expression, at, { ...own, ...options })),
    range: async (expression, window, own) =>
      signal?.aborted
        ? err(CANCELLED)
        : asked(() => target.range(expression, window, { ...own, ...options })),
  };
}

/** The part of a longer look that one of several looks is. */
export function partOfWatch({ signal, onProgress }: PastWatch, place: number, of: number): PastWatch {
  return { signal, onProgress: onProgress && ((done, all) => onProgress(place * all + done, of * all)) };
}
