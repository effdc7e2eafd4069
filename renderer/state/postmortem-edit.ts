import type { Postmortem, PostmortemSection, SectionId } from '../../shared/model/postmortem.ts';

/** A section that both this person and somebody else changed since it was read: a person chooses. */
export interface Conflict {
  readonly id: SectionId;
  readonly mine: string;
  readonly theirs: string;
}

/**
 * One postmortem being written. `base` is what the core has acknowledged, `mine` only what differs from it.
 * Nothing but *saved* may be called saved.
 */
export interface Edit {
  readonly base: Postmortem;
  readonly title: string | null;
  readonly mine: ReadonlyMap<SectionId, string>;
  readonly conflicts: readonly Conflict[];
  /** What a save under way carries; one at a time. */
  readonly sending: Pick<Edit, 'title' | 'mine'> | null;
  readonly phase: 'saved' | 'unsaved' | 'saving' | 'failed';
  readonly problem: string | null;
}

export type EditEvent =
  | { readonly kind: 'wrote'; readonly id: SectionId; readonly text: string }
  | { readonly kind: 'titled'; readonly title: string }
  | { readonly kind: 'sent' }
  | { readonly kind: 'saved'; readonly postmortem: Postmortem }
  | { readonly kind: 'failed'; readonly problem: string }
  /** What the core has now, read because a save was refused or the core came back. */
  | { readonly kind: 'read'; readonly postmortem: Postmortem }
  | { readonly kind: 'chose'; readonly id: SectionId; readonly text: string };

export function openEdit(base: Postmortem): Edit {
  return { base, title: null, mine: new Map(), conflicts: [], sending: null, phase: 'saved', problem: null };
}

export function stepEdit(edit: Edit, event: EditEvent): Edit {
  switch (event.kind) {
    case 'wrote':
      return settle({ ...edit, mine: new Map(edit.mine).set(event.id, event.text) });
    case 'titled':
      return settle({ ...edit, title: event.title });
    case 'sent':
      return { ...edit, sending: { title: edit.title, mine: edit.mine }, phase: 'saving', problem: null };
    case 'failed':
      return { ...edit, sending: null, phase: 'failed', problem: event.problem };
    case 'saved':
      return settle({ ...withoutSent(edit), base: event.postmortem, sending: null, problem: null });
    case 'read':
      return settle({ ...merge(edit, event.postmortem), sending: null });
    case 'chose':
      return settle({
        ...edit,
        mine: new Map(edit.mine).set(event.id, event.text),
        conflicts: edit.conflicts.filter((one) => one.id !== event.id),
      });
  }
}

/** What a save has to carry now, or null where there is nothing to save or a person must choose first. */
export function pendingSave(
  edit: Edit,
): { revision: number; title: string; sections: { id: SectionId; text: string }[] } | null {
  if (edit.conflicts.length > 0 || edit.sending !== null || !differs(edit)) return null;
  return {
    revision: edit.base.revision,
    title: edit.title ?? edit.base.title,
    sections: [...edit.mine].map(([id, text]) => ({ id, text })),
  };
}

/** The section as the screen shows it: the core's, or what was written since. */
export function shownText(edit: Edit, section: PostmortemSection): string {
  return edit.mine.get(section.id) ?? section.text;
}

function differs(edit: Edit): boolean {
  return edit.mine.size > 0 || edit.title !== null;
}

/**
 * Drops what equals the core's text, and says whether anything is left to save. While a save is under way nothing is
 * dropped: what equals the old text then differs from what the core is about to have.
 */
function settle(edit: Edit): Edit {
  if (edit.sending) return { ...edit, phase: 'saving' };
  const mine = new Map([...edit.mine].filter(([id, text]) => textIn(edit.base, id) !== text));
  const title =
    edit.title === null || edit.title.trim() === '' || edit.title === edit.base.title ? null : edit.title;
  const clean = mine.size === 0 && title === null && edit.conflicts.length === 0;
  return {
    ...edit,
    mine,
    title,
    phase: clean ? 'saved' : 'unsaved',
    problem: clean ? null : edit.problem,
  };
}

// What was typed while the save was under way is still to be saved.
function withoutSent(edit: Edit): Edit {
  const { sending } = edit;
  if (!sending) return edit;
  const mine = new Map([...edit.mine].filter(([id, text]) => sending.mine.get(id) !== text));
  return { ...edit, mine, title: edit.title === sending.title ? null : edit.title };
}

function merge(edit: Edit, theirs: Postmortem): Edit {
  const conflicts = [...edit.mine].flatMap(([id, mine]) => {
    const now = textIn(theirs, id);
    return now !== textIn(edit.base, id) && now !== mine ? [{ id, mine, theirs: now }] : [];
  });
  return { ...edit, base: theirs, conflicts };
}

function textIn(postmortem: Postmortem, id: SectionId): string {
  return postmortem.sections.find((one) => one.id === id)?.text ?? '';
}
