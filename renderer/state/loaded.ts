import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Result } from '../../shared/error/result.ts';
import type { Failure } from './failure.ts';

/** Something that is asked for when a screen needs it. A failed renewal keeps the old value and says so. */
export interface Loaded<Value> {
  readonly value: Value | null;
  readonly loading: boolean;
  readonly failure: Failure | null;
}
export type LoadedStore<Value> = StoreApi<{ readonly byKey: ReadonlyMap<string, Loaded<Value>> }>;

const NOTHING: Loaded<never> = { value: null, loading: true, failure: null };
const KEPT = 64;

export function createLoadedStore<Value>(): LoadedStore<Value> {
  return createStore<{ readonly byKey: ReadonlyMap<string, Loaded<Value>> }>()(() => ({ byKey: new Map() }));
}

export function loadedOf<Value>(byKey: ReadonlyMap<string, Loaded<Value>>, key: string): Loaded<Value> {
  return byKey.get(key) ?? NOTHING;
}

/** Loads under a key; two at once for one key become one. `merge` sees the value that is there. */
export function createLoader<Value>(store: LoadedStore<Value>) {
  const underWay = new Set<string>();
  return async (
    key: string,
    load: (before: Value | null) => Promise<Result<Value, Failure>>,
  ): Promise<void> => {
    if (underWay.has(key)) return;
    underWay.add(key);
    const before = loadedOf(store.getState().byKey, key);
    put(store, key, { ...before, loading: true });
    const result = await load(before.value);
    underWay.delete(key);
    put(
      store,
      key,
      result.ok
        ? { value: result.value, loading: false, failure: null }
        : { value: before.value, loading: false, failure: result.error },
    );
  };
}

// The least recently loaded go first: a window left open for days must not grow.
function put<Value>(store: LoadedStore<Value>, key: string, entry: Loaded<Value>): void {
  store.setState(({ byKey }) => {
    const next = new Map(byKey);
    next.delete(key);
    next.set(key, entry);
    for (const oldest of next.keys()) {
      if (next.size <= KEPT) break;
      next.delete(oldest);
    }
    return { byKey: next };
  });
}
