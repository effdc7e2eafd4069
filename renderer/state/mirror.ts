import {
  type CollectionName,
  type Collections,
  collectionNames,
  type StateChange,
} from '../../shared/contract/state.ts';
import {
  applyChanges,
  type CollectionChange,
  type CollectionState,
  type CollectionStore,
  createCollectionStore,
} from './collection.ts';

/** The stores of all that the core mirrors into the window, by collection. */
export type MirrorStores = { readonly [Name in CollectionName]: CollectionStore<Name> };

export interface Mirror {
  readonly stores: MirrorStores;
  /** Forgets everything and takes these over. */
  replace(changes: readonly StateChange[]): void;
  /** Takes these over at the next frame, together with what else comes until then. */
  apply(changes: readonly StateChange[]): void;
  /** Takes these over together with what comes behind them: many thousand things in parts are drawn a few times. */
  gather(changes: readonly StateChange[]): void;
  /** Takes over at once what waits. */
  flush(): void;
}

/** More are drawn while the rest is on its way: a slow line shows that it moves. */
const GATHERED_MAX = 5_000;

/** Batches patches: however many come between two frames of the display, each store changes once. */
export function createMirror(nextFrame: (run: () => void) => void): Mirror {
  const stores = createStores();
  let waiting: StateChange[] = [];
  let anew = false;
  let scheduled = false;
  let gathered = 0;
  const flush = () => {
    scheduled = false;
    if (!anew && waiting.length === 0) return;
    for (const name of collectionNames) update(stores, name, waiting, anew);
    waiting = [];
    anew = false;
    gathered = 0;
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    nextFrame(flush);
  };
  return {
    stores,
    flush,
    gather: (changes) => {
      waiting.push(...changes);
      gathered += changes.reduce((sum, one) => sum + one.upsert.length, 0);
      if (gathered >= GATHERED_MAX) schedule();
    },
    replace: (changes) => {
      waiting = [...changes];
      anew = true;
      schedule();
    },
    apply: (changes) => {
      waiting.push(...changes);
      schedule();
    },
  };
}

function update<Name extends CollectionName>(
  stores: MirrorStores,
  name: Name,
  all: readonly StateChange[],
  anew: boolean,
): void {
  const store: CollectionStore<Name> = stores[name];
  const mine = all.filter((change) => change.collection === name) as unknown as CollectionChange<
    Collections[Name]
  >[];
  if (!anew && mine.length === 0) return;
  const before: CollectionState<Collections[Name]> = store.getState();
  store.setState({ ready: true, byId: applyChanges(name, anew ? null : before.byId, mine) }, true);
}

function createStores(): MirrorStores {
  return {
    health: createCollectionStore('health'),
    sources: createCollectionStore('sources'),
    services: createCollectionStore('services'),
    objectives: createCollectionStore('objectives'),
    detectors: createCollectionStore('detectors'),
    alerts: createCollectionStore('alerts'),
    incidents: createCollectionStore('incidents'),
    playbooks: createCollectionStore('playbooks'),
    runs: createCollectionStore('runs'),
    receivers: createCollectionStore('receivers'),
    deliveries: createCollectionStore('deliveries'),
    changes: createCollectionStore('changes'),
    boards: createCollectionStore('boards'),
    silences: createCollectionStore('silences'),
    maintenance: createCollectionStore('maintenance'),
  };
}
