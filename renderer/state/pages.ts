import { useEffect, useRef, useState } from 'react';
import type { Result } from '../../shared/error/result.ts';
import type { Failure } from './failure.ts';
import { useLive } from './use-core.tsx';

/** A person types faster than a search of thirteen months answers. */
const TYPED_MS = 250;

/** What was found so far of an answer that comes a page at a time. */
export interface Pages<Found> {
  readonly found: readonly Found[];
  readonly more: boolean;
}

/** A search as a screen shows it; `pages` may still be of the question before while `searching`. */
export interface Search<Kept> {
  readonly pages: Kept | null;
  readonly failure: Failure | null;
  readonly searching: boolean;
  readonly busy: boolean;
  next(): void;
}

/** A question that is about to be asked. */
export interface Wait {
  readonly question: string;
  readonly untilAt: number;
}

/** Each letter begins the wait anew; news do not, or those that never cease would put the reading off for ever. */
export function waitOf(before: Wait | null, question: string, nowAt: number): Wait {
  return before?.question === question ? before : { question, untilAt: nowAt + TYPED_MS };
}

/**
 * Reads the first page of a question when the hand rests, and each further one when it is asked for. `question` stands
 * for all that `read` asks; an answer to an earlier one is dropped. Whenever `news`
 * is another, it is read again from its beginning.
 */
export function usePages<Kept extends Pages<unknown>>(
  question: string,
  read: (before: Kept | null) => Promise<Result<Kept, Failure>>,
  news: unknown = null,
): Search<Kept> {
  const live = useLive();
  const asked = useRef(question);
  const [answer, setAnswer] = useState<{ question: string; pages: Kept | null; failure: Failure | null }>();
  const [busy, setBusy] = useState(false);
  const take = (of: string, got: Result<Kept, Failure>) => {
    if (asked.current !== of) return;
    setAnswer((before) => ({
      question: of,
      pages: got.ok ? got.value : (before?.pages ?? null),
      failure: got.ok ? null : got.error,
    }));
  };
  const waiting = useRef<Wait | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `question` stands for what `read` asks, `news` for what is new
  useEffect(() => {
    asked.current = question;
    if (!live) return;
    const nowAt = performance.now();
    waiting.current = waitOf(waiting.current, question, nowAt);
    const timer = setTimeout(
      () => {
        waiting.current = null;
        void read(null).then((got) => take(question, got));
      },
      Math.max(0, waiting.current.untilAt - nowAt),
    );
    return () => clearTimeout(timer);
  }, [live, question, news]);
  const next = () => {
    setBusy(true);
    void read(answer?.pages ?? null).then((got) => {
      setBusy(false);
      take(question, got);
    });
  };
  return {
    pages: answer?.pages ?? null,
    failure: answer?.failure ?? null,
    searching: answer?.question !== question,
    busy,
    next,
  };
}
