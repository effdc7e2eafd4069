import type { Result } from '../../shared/error/result.ts';
import type { QueryError, QueryNote, QueryOptions, QueryProgress } from '../../shared/model/metric.ts';
import type { Abort } from '../../shared/unit/abort.ts';
import type { Clock } from '../platform/index.ts';

/** A month of many series may take a while; a person sees the progress and can cancel. */
const TIMEOUT_MS = 30_000;
/** Questions under way whose progress is kept: more are a window that forgets to cancel. */
const ASKS_MAX = 1_000;

interface Answered<T> {
  readonly answer: Result<T, QueryError>;
  readonly notes: QueryNote[];
  readonly tookMs: number;
}

/** The questions of people under way, by the names that their windows gave them. */
export function createAsks(clock: Pick<Clock, 'monotonic'>) {
  const asked = new Map<string, { readonly began: number; readonly progress: () => QueryProgress }>();
  return {
    /** Asks, with what belongs beside the answer and the time that it took. */
    async ask<T>(
      name: string | undefined,
      signal: Abort | undefined,
      question: (options: QueryOptions) => Promise<Result<T, QueryError>>,
    ): Promise<Answered<T>> {
      const began = clock.monotonic();
      const notes: QueryNote[] = [];
      const onStart = (progress: () => QueryProgress) => {
        if (name !== undefined && asked.size < ASKS_MAX) asked.set(name, { began, progress });
      };
      onStart(() => ({ state: 'waiting', samples: 0 }));
      try {
        const answer = await question({
          timeoutMs: TIMEOUT_MS,
          onStart,
          onNotes: (all) => void notes.push(...all),
          ...(signal ? { signal } : {}),
        });
        return { answer, notes, tookMs: Math.round(clock.monotonic() - began) };
      } finally {
        if (name !== undefined) asked.delete(name);
      }
    },
    progress(name: string) {
      const found = asked.get(name);
      return found
        ? { ...found.progress(), elapsedMs: Math.round(clock.monotonic() - found.began) }
        : { state: 'unknown' as const, samples: 0, elapsedMs: 0 };
    },
  };
}
