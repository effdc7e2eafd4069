import { createStore, type StoreApi } from 'zustand/vanilla';
import { err, type Result } from '../../shared/error/result.ts';
import type { Api } from '../transport/api.ts';
import type { Failure } from './failure.ts';
import type { Requests } from './request.ts';

/** How far a look is, in questions to its source. */
export interface PastProgress {
  readonly done: number;
  readonly all: number;
}

/** What a question is asked with, so that it can be followed and cancelled. */
export interface Following {
  readonly ask: string;
  readonly options: { readonly signal: AbortSignal };
}

/** Long looks at the past that a person waits for: each says how far it is, and ends when nobody waits any more. */
export interface PastLooks {
  readonly progress: StoreApi<{ readonly byKey: ReadonlyMap<string, PastProgress> }>;
  /** A look under the same key that is under way is cancelled. */
  run<Answer>(
    key: string,
    question: (api: Api, following: Following) => Promise<Answer>,
  ): Promise<Result<Answer, Failure>>;
  cancel(key: string): void;
  /** Whoever shows it waits for it; with the last one gone, it is cancelled. */
  wait(key: string): () => void;
}

const PROGRESS_EVERY_MS = 500;
const CANCELLED: Failure = { code: 'cancelled', text: 'It was cancelled.', confirmation: null };

export function createPastLooks(requests: Requests): PastLooks {
  const progress = createStore<{ readonly byKey: ReadonlyMap<string, PastProgress> }>()(() => ({
    byKey: new Map(),
  }));
  const underWay = new Map<string, AbortController>();
  const waiting = new Map<string, number>();
  const put = (key: string, now: PastProgress | null) =>
    progress.setState(({ byKey }) => {
      const next = new Map(byKey);
      if (now) next.set(key, now);
      else next.delete(key);
      return { byKey: next };
    });
  const cancel = (key: string) => underWay.get(key)?.abort();
  return {
    progress,
    cancel,
    async run(key, question) {
      cancel(key);
      const abort = new AbortController();
      underWay.set(key, abort);
      const ask = crypto.randomUUID();
      const timer = setInterval(async () => {
        const seen = await requests.quiet((api) => api.objective.progress({ ask }));
        if (seen.ok && seen.value && underWay.get(key) === abort) put(key, seen.value);
      }, PROGRESS_EVERY_MS);
      const answer = await requests.quiet((api) => question(api, { ask, options: { signal: abort.signal } }));
      clearInterval(timer);
      if (underWay.get(key) === abort) {
        underWay.delete(key);
        put(key, null);
      }
      return abort.signal.aborted ? err(CANCELLED) : answer;
    },
    wait(key) {
      waiting.set(key, (waiting.get(key) ?? 0) + 1);
      return () => {
        const left = (waiting.get(key) ?? 1) - 1;
        if (left > 0) waiting.set(key, left);
        else waiting.delete(key);
        // Who is drawn anew in this turn still waits.
        setTimeout(() => {
          if (!waiting.has(key)) cancel(key);
        }, 0);
      };
    },
  };
}
