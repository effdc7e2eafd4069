/**
 * News that goes against the direction of imports: a stage says what happened, the composition root decides who hears it.
 * A listener that throws is reported and does not keep the others from hearing.
 */
export interface Bus<Events extends object> {
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void;
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
}

export function createBus<Events extends object>(
  onListenerError: (name: string, thrown: unknown) => void,
): Bus<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>();
  return {
    emit(name, event) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(event as never);
        } catch (thrown) {
          onListenerError(String(name), thrown);
        }
      }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => void set.delete(listener);
    },
  };
}
