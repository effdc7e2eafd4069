import { createStore, type StoreApi } from 'zustand/vanilla';
import { type CollectionName, type Collections, identityOf } from '../../shared/contract/state.ts';

/** A mirrored collection. Not `ready` means that nothing was heard yet, which is not the same as empty. */
export interface CollectionState<Thing> {
  readonly ready: boolean;
  readonly byId: ReadonlyMap<string, Thing>;
}
export type CollectionStore<Name extends CollectionName> = StoreApi<CollectionState<Collections[Name]>>;

export interface CollectionChange<Thing> {
  readonly upsert: readonly Thing[];
  readonly remove: readonly string[];
}

export function createCollectionStore<Name extends CollectionName>(_name: Name): CollectionStore<Name> {
  return createStore<CollectionState<Collections[Name]>>()(() => ({ ready: false, byId: new Map() }));
}

/** The collection after the changes, in order; `from` null begins anew. */
export function applyChanges<Name extends CollectionName>(
  name: Name,
  from: ReadonlyMap<string, Collections[Name]> | null,
  changes: readonly CollectionChange<Collections[Name]>[],
): ReadonlyMap<string, Collections[Name]> {
  if (from !== null && changes.length === 0) return from;
  const byId = new Map(from ?? []);
  for (const change of changes) {
    for (const id of change.remove) byId.delete(id);
    for (const thing of change.upsert) byId.set(identityOf(name, thing), thing);
  }
  return byId;
}
