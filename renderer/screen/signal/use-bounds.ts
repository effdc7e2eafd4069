import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { PanelBounds } from '../../state/signal-bounds.ts';
import type { SignalFrame } from '../../state/signal-frame.ts';
import type { PastChanges } from '../../state/signal-marks.ts';
import { useCollection, useLoaded } from '../../state/use-core.tsx';
import { useSignals } from './signals.tsx';

/** Bounds move with the detector's points, which are seconds apart: they need not follow each second of the chart. */
const EVERY_MS = 15_000;

/** What the detectors of this expression expected; null where none watches it, or nobody wants to see it. */
export function usePanelBounds(
  expression: string,
  source: string,
  { fromAt, toAt }: Pick<SignalFrame, 'fromAt' | 'toAt'>,
  wanted: boolean,
): PanelBounds | null {
  const { answers } = useSignals();
  const { byId } = useCollection('detectors');
  const key = JSON.stringify([source, expression]);
  const isWatched = [...byId.values()].some(({ detector }) => detector.source === source);
  const isAsked = wanted && isWatched;
  const [from, to] = [fromAt, toAt].map((at) => Math.floor(at / EVERY_MS));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the range moves on each second; it is asked for in steps.
  useEffect(() => {
    if (isAsked) void answers.askBounds(key, { source, expression, fromAt, toAt });
  }, [answers, key, isAsked, from, to]);
  const { value } = useLoaded(answers.bounds, key);
  return isAsked && value && value.detectors.length > 0 ? value : null;
}

/** Level changes that the detectors of any panel of the screen found. */
export function usePastChanges(): readonly PastChanges[] {
  const { answers } = useSignals();
  const byKey = useStore(answers.bounds, (state) => state.byKey);
  return useMemo(() => [...byKey.values()].flatMap((one) => one.value?.detectors ?? []), [byKey]);
}
