import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { CollectionName, Collections } from '../../shared/contract/state.ts';
import type { CollectionState, CollectionStore } from './collection.ts';
import type { Core, LineState } from './core.ts';
import { type Loaded, type LoadedStore, loadedOf } from './loaded.ts';
import type { PastProgress } from './past-look.ts';
import type { UiState } from './ui.ts';

const CoreContext = createContext<Core | null>(null);

export function CoreProvider({ core, children }: { core: Core; children: ReactNode }) {
  return <CoreContext value={core}>{children}</CoreContext>;
}

export function useCore(): Core {
  const core = useContext(CoreContext);
  if (!core)
    throw new Error(
      'This part of the window stands outside CoreProvider: a bug in Midwatch, please report it.',
    );
  return core;
}

export function useCollection<Name extends CollectionName>(name: Name): CollectionState<Collections[Name]> {
  const store: CollectionStore<Name> = useCore().mirror[name];
  return useStore(store);
}

export function useUi<Part>(select: (state: UiState) => Part): Part {
  return useStore(useCore().uiStore, select);
}

export function useLine<Part>(select: (state: LineState) => Part): Part {
  return useStore(useCore().line, select);
}

/** The core's time; the caller draws anew each second. */
export function useNow(): number {
  return useStore(useCore().clock, (state) => state.nowAt);
}

/** The core's time in steps, for what need not move each second. */
export function useNowEvery(stepMs: number): number {
  return useStore(useCore().clock, (state) => Math.floor(state.nowAt / stepMs) * stepMs);
}

export function useBusy(key: string): boolean {
  return useUi((state) => state.busy.has(key));
}

export function useLive(): boolean {
  return useLine((state) => state.connection.kind === 'live');
}

export function useLoaded<Value>(store: LoadedStore<Value>, key: string): Loaded<Value> {
  const byKey = useStore(store, (state) => state.byKey);
  return useMemo(() => loadedOf(byKey, key), [byKey, key]);
}

/** How far a look at the past is; undefined where it is not known. */
export function usePastProgress(look: string): PastProgress | undefined {
  return useStore(useCore().past.looks.progress, (state) => state.byKey.get(look));
}

/** Runs while the window is live: at once, when `key` changes, and each `everyMs` (0 is never again). */
export function useRefresh(key: string, everyMs: number, run: () => void): void {
  const live = useLive();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for all that `run` reads.
  useEffect(() => {
    if (!live) return;
    run();
    if (everyMs === 0) return;
    const timer = setInterval(run, everyMs);
    return () => clearInterval(timer);
  }, [live, key, everyMs]);
}
