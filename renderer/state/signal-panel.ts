import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { BoardPanel, BoardRange } from '../../shared/model/board.ts';
import { answersQueries, type SourceStatus } from '../../shared/model/source.ts';
import { answerOf, type SignalAnswer, type SignalAnswers } from './signal.ts';
import { refreshMs, type SignalSpan, spanOf } from './signal-time.ts';
import { useCore, useLive } from './use-core.tsx';

/** What is stored here, whichever source it came from. */
export const LOCAL = 'local';
/** Each selector names its source: data of several are joined here. */
export const JOINED = 'joined';

/** The sources that can be asked, as a picker offers them. */
export function sourcesToAsk(sources: Iterable<SourceStatus>): readonly string[] {
  const own = [...sources].filter((one) => answersQueries(one.kind)).map((one) => one.id);
  return [...own.sort(), ...[LOCAL, JOINED].filter((one) => !own.includes(one))];
}

/** The source that a panel means: its own, or the workspace's only one, or what is stored here. */
export function sourceOf(panel: Pick<BoardPanel, 'source'>, offered: readonly string[]): string {
  if (panel.source !== '') return panel.source;
  const own = offered.filter((one) => one !== LOCAL && one !== JOINED);
  return own.length === 1 ? (own[0] as string) : LOCAL;
}

export interface PanelWish {
  readonly panel: BoardPanel;
  readonly source: string;
  readonly range: BoardRange;
  readonly stepMs: number | null;
  readonly widthPx: number;
  readonly pinned: readonly string[];
  readonly runs: number;
}

export interface PanelAnswer {
  readonly key: string;
  readonly answer: SignalAnswer;
  readonly span: SignalSpan;
}

/** Asks for a panel while it is shown: at once, when it changes, and as new points come. */
export function usePanelAnswer(answers: SignalAnswers, wish: PanelWish): PanelAnswer {
  const core = useCore();
  const live = useLive();
  const { panel, source, range, stepMs, pinned, runs } = wish;
  const { expression, draw, compare } = panel;
  const [widthPx, setWidthPx] = useState(wish.widthPx);
  const key = JSON.stringify([source, expression, draw, compare, range, stepMs, widthPx, pinned]);
  const [askedSpan, setAskedSpan] = useState<SignalSpan | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for all that is asked; a run asks again.
  useEffect(() => {
    if (!live || expression === '' || widthPx === 0) return;
    const ask = () => {
      if (document.hidden) return;
      const now = core.clock.getState().nowAt;
      const span = spanOf(range, stepMs, now, widthPx);
      setAskedSpan(span);
      void answers.ask(key, { panel: { source, expression, draw, compare }, span, widthPx, pinned }, now);
    };
    ask();
    const every = refreshMs(range, spanOf(range, stepMs, 0, widthPx).stepMs);
    const timer = every === null ? null : setInterval(ask, every);
    return () => {
      if (timer !== null) clearInterval(timer);
    };
  }, [live, key, runs]);
  useEffect(() => () => answers.drop(key), [answers, key]);
  const answer = useStore(answers.store, (all) => answerOf(all, key));
  // A form that opens beside the panels must not begin a long question anew: the width follows once it is answered.
  const isWaiting = answer.asking !== null;
  useEffect(() => {
    if (!isWaiting) setWidthPx(wish.widthPx);
  }, [isWaiting, wish.widthPx]);
  const span = useMemo(
    () => answer.frame ?? askedSpan ?? spanOf(range, stepMs, core.clock.getState().nowAt, widthPx || 600),
    [answer.frame, askedSpan, range, stepMs, widthPx, core],
  );
  return { key, answer: useKept(answer, JSON.stringify([source, expression, draw])), span };
}

/**
 * Another zoom or pin is another question: until it is answered the last picture stays, so that nothing flickers. The picture
 * of another expression does not: it would be read as this one's.
 */
function useKept(answer: SignalAnswer, of: string): SignalAnswer {
  const [kept, setKept] = useState<{ readonly answer: SignalAnswer; readonly of: string } | null>(null);
  useEffect(() => {
    if (answer.frame) setKept({ answer, of });
  }, [answer, of]);
  return answer.frame === null && kept?.of === of && answer.failure === null
    ? { ...kept.answer, asking: answer.asking }
    : answer;
}
