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
  readonly phase: 'saved' | 'unsaved' | 'saving' | 'failed';
  readonly problem: string | null;
}

export type EditEvent =
  | { readonly kind: 'wrote'; readonly id: SectionId; readonly text: string }
  | { readonly kind: 'titled'; readonly title: string }
  | { readonly kind: 'sent' }
  | { readonly kind: 'saved'; readonly postmortem: Postmortem; readonly sent: Edit }
  | { readonly kind: 'failed'; readonly problem: string }
  /** What the core has now, read because a save was refused or the core came back. */
  | { readonly kind: 'read'; readonly postmortem: Postmortem }
  | { readonly kind: 'chose'; readonly id: SectionId; readonly text: string };

export function openEdit(base: Postmortem): Edit {
  return { base, title: null, mine: new Map(), conflicts: [], phase: 'saved', problem: null };
}

export function stepEdit(edit: Edit, event: EditEvent): Edit {
  switch (event.kind) {
    case 'wrote':
      return settle({ ...edit, mine: new Map(edit.mine).set(event.id, event.text) });
    case 'titled':
      return settle({ ...edit, title: event.title });
    case 'sent':
      return { ...edit, phase: 'saving', problem: null };
    case 'failed':
      return { ...edit, phase: 'failed', problem: event.problem };
    case 'saved':
      return settle({ ...edit, base: event.postmortem, ...withoutSent(edit, event.sent), problem: null });
    case 'read':
      return settle(merge(edit, event.postmortem));
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
  if (edit.conflicts.length > 0 || edit.phase === 'saving' || !differs(edit)) return null;
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

/** Drops what equals the core's text, and says whether anything is left to save. */
function settle(edit: Edit): Edit {
  const mine = new Map([...edit.mine].filter(([id, text]) => textIn(edit.base, id) !== text));
  const title =
    edit.title === null || edit.title.trim() === '' || edit.title === edit.base.title ? null : edit.title;
  const clean = mine.size === 0 && title === null && edit.conflicts.length === 0;
  return { ...edit, mine, title, phase: clean ? 'saved' : 'unsaved', problem: clean ? null : edit.problem };
}

// What was typed while the save was under way is still to be saved.
function withoutSent(edit: Edit, sent: Edit): Pick<Edit, 'mine' | 'title'> {
  const mine = new Map([...edit.mine].filter(([id, text]) => sent.mine.get(id) !== text));
  return { mine, title: edit.title === sent.title ? null : edit.title };
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
