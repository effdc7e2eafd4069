import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SectionId } from '../../shared/model/postmortem.ts';
import type { Failure } from './failure.ts';
import { type Edit, type EditEvent, openEdit, pendingSave, stepEdit } from './postmortem-edit.ts';
import type { Requests } from './request.ts';
import type { UiActions } from './ui.ts';

const SAVE_AFTER_MS = 700;
const RETRY_AFTER_MS = 3_000;

export interface PostmortemState {
  readonly edits: ReadonlyMap<string, Edit>;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly exported: ReadonlyMap<
    string,
    { readonly path: string; readonly files: readonly string[]; readonly markdown: string }
  >;
}

/** Postmortems being written: saved by themselves a moment after the last key, again when the core is back. */
export interface PostmortemDomain {
  readonly store: StoreApi<PostmortemState>;
  open(incidentId: string): Promise<void>;
  write(incidentId: string, id: SectionId, text: string): void;
  title(incidentId: string, title: string): void;
  choose(incidentId: string, id: SectionId, text: string): void;
  saveNow(incidentId: string): Promise<void>;
  export(incidentId: string): Promise<void>;
}

export function createPostmortemDomain(
  requests: Requests,
  ui: UiActions,
  later: (ms: number, run: () => void) => () => void,
): PostmortemDomain {
  const store = createStore<PostmortemState>()(() => ({
    edits: new Map(),
    failures: new Map(),
    exported: new Map(),
  }));
  const timers = new Map<string, () => void>();
  const editOf = (incidentId: string) => store.getState().edits.get(incidentId);
  const apply = (incidentId: string, event: EditEvent) => {
    const edit = editOf(incidentId);
    if (edit)
      store.setState(({ edits }) => ({ edits: new Map(edits).set(incidentId, stepEdit(edit, event)) }));
  };
  const plan = (incidentId: string, ms: number) => {
    timers.get(incidentId)?.();
    timers.set(
      incidentId,
      later(ms, () => void saveNow(incidentId)),
    );
  };

  const saveNow = async (incidentId: string): Promise<void> => {
    timers.get(incidentId)?.();
    const sent = editOf(incidentId);
    const payload = sent && pendingSave(sent);
    if (!sent || !payload) return;
    apply(incidentId, { kind: 'sent' });
    const saved = await requests.quiet((api) => api.postmortem.save({ incidentId, ...payload }));
    if (saved.ok) {
      apply(incidentId, { kind: 'saved', postmortem: saved.value });
    } else if (saved.error.code === 'STALE') {
      const now = await requests.quiet((api) => api.postmortem.get({ incidentId }));
      apply(
        incidentId,
        now.ok ? { kind: 'read', postmortem: now.value } : { kind: 'failed', problem: now.error.text },
      );
    } else apply(incidentId, { kind: 'failed', problem: saved.error.text });
    const after = editOf(incidentId);
    if (after && after.phase !== 'saved')
      plan(incidentId, after.phase === 'failed' ? RETRY_AFTER_MS : SAVE_AFTER_MS);
  };

  const change = (incidentId: string, event: EditEvent) => {
    apply(incidentId, event);
    plan(incidentId, SAVE_AFTER_MS);
  };
  return {
    store,
    saveNow,
    open: async (incidentId) => {
      const read = await requests.quiet((api) => api.postmortem.get({ incidentId }));
      if (!read.ok) {
        store.setState(({ failures }) => ({ failures: new Map(failures).set(incidentId, read.error) }));
        return;
      }
      if (editOf(incidentId)) apply(incidentId, { kind: 'read', postmortem: read.value });
      else store.setState(({ edits }) => ({ edits: new Map(edits).set(incidentId, openEdit(read.value)) }));
    },
    write: (incidentId, id, text) => change(incidentId, { kind: 'wrote', id, text }),
    title: (incidentId, title) => change(incidentId, { kind: 'titled', title }),
    choose: (incidentId, id, text) => change(incidentId, { kind: 'chose', id, text }),
    export: async (incidentId) => {
      await saveNow(incidentId);
      const done = await requests.say(`export:${incidentId}`, (api) =>
        api.postmortem.exportMarkdown({ incidentId }),
      );
      if (!done.ok) return;
      store.setState(({ exported }) => ({ exported: new Map(exported).set(incidentId, done.value) }));
      ui.toast('ok', `Exported to ${done.value.path}.`);
    },
  };
}
