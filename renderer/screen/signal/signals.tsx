import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { createSignalAnswers, type SignalAnswers } from '../../state/signal.ts';
import { createSignalLookup, type SignalLookup } from '../../state/signal-lookup.ts';
import { createFrameMaker, startFrameWorker } from '../../state/signal-worker.ts';
import { useCore } from '../../state/use-core.tsx';

/** What the screen holds while it is shown: its answers and the names that it looked up. */
export interface Signals {
  readonly answers: SignalAnswers;
  readonly lookup: SignalLookup;
}

const SignalsContext = createContext<Signals | null>(null);

export function SignalsProvider({ children }: { children: ReactNode }) {
  const core = useCore();
  const signals = useMemo(
    () => ({
      answers: createSignalAnswers(core.requests, createFrameMaker(startFrameWorker)),
      lookup: createSignalLookup(core.requests, () => core.clock.getState().nowAt),
    }),
    [core],
  );
  useEffect(() => () => signals.answers.stop(), [signals]);
  return <SignalsContext value={signals}>{children}</SignalsContext>;
}

export function useSignals(): Signals {
  const signals = useContext(SignalsContext);
  if (!signals)
    throw new Error(
      'This part of the screen stands outside SignalsProvider: a bug in Midwatch, please report it.',
    );
  return signals;
}
