import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Api } from '../transport/api.ts';
import type { Requests } from './request.ts';

type Kept = Awaited<ReturnType<Api['secret']['keep']>>;

export interface SecretState {
  /** Where a secret that is typed now would be kept; null until the core has said. */
  readonly place: Kept['place'] | null;
  /** Why not in the keyring, and what to do. */
  readonly problem: string | null;
  /** What the last one is called in the configuration, and how long it lasts. */
  readonly kept: Pick<Kept, 'reference' | 'place'> | null;
}

/** Secrets on their way in. None stays here: not the store, only the field holds one, until it is sent. */
export interface SecretDomain {
  readonly store: StoreApi<SecretState>;
  refresh(): Promise<void>;
  /** Whether it was kept. */
  keep(name: string, secret: string): Promise<boolean>;
}

export const SECRET_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

export function createSecretDomain(requests: Requests): SecretDomain {
  const store = createStore<SecretState>()(() => ({ place: null, problem: null, kept: null }));
  return {
    store,
    async refresh() {
      const read = await requests.quiet((api) => api.secret.place());
      if (read.ok) store.setState(read.value);
    },
    async keep(name, secret) {
      store.setState({ kept: null });
      const answer = await requests.say('secret', (api) => api.secret.keep({ name, secret }));
      if (!answer.ok) return false;
      const { place, problem, reference } = answer.value;
      store.setState({ place, problem, kept: { reference, place } });
      return true;
    },
  };
}
