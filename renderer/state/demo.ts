import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Api } from '../transport/api.ts';
import type { Requests } from './request.ts';
import type { UiActions } from './ui.ts';

export type DemoFaultKind = Parameters<Api['demo']['inject']>[0]['kind'];
export type DemoState = Awaited<ReturnType<Api['demo']['state']>>;

/** What the demo can break, in the words of its menu. */
export const demoFaults: readonly {
  readonly kind: DemoFaultKind;
  readonly label: string;
  readonly note: string;
}[] = [
  { kind: 'bad-model', label: 'Deploy a bad model', note: 'a version that is slow and fails; roll it back' },
  { kind: 'upstream-outage', label: 'Take the upstream away', note: 'every request fails' },
  { kind: 'latency', label: 'Slow requests down', note: 'the objective for latency burns' },
  { kind: 'errors', label: 'Make requests fail', note: 'the objective for availability burns' },
  { kind: 'crash', label: 'Crash a service', note: 'its target goes down' },
  { kind: 'stale-features', label: 'Let features go stale', note: 'accuracy drifts' },
];

/** The controls of the simulated fleet; there is none outside the demo. */
export interface DemoDomain {
  readonly store: StoreApi<DemoState>;
  refresh(): Promise<void>;
  inject(kind: DemoFaultKind): Promise<void>;
  clear(id: string): Promise<void>;
}

export function createDemoDomain(requests: Requests, ui: UiActions): DemoDomain {
  const store = createStore<DemoState>()(() => ({ available: false, faults: [] }));
  const refresh = async () => {
    const read = await requests.quiet((api) => api.demo.state());
    if (read.ok) store.setState(read.value, true);
  };
  return {
    store,
    refresh,
    inject: async (kind) => {
      const done = await requests.say(`demo:${kind}`, (api) => api.demo.inject({ kind }));
      if (done.ok)
        ui.toast('ok', 'The demo fleet is now broken. It mends itself when the fault’s time is over.');
      await refresh();
    },
    clear: async (id) => {
      await requests.say(`demo:${id}`, (api) => api.demo.clear({ id }));
      await refresh();
    },
  };
}
