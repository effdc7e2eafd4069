import type { Postmortem, PostmortemSection, SectionId } from '../../shared/model/postmortem.ts';

/** What a person's window sends: each section as it stands there, changed or not. */
export interface Written {
  readonly title?: string;
  readonly sections: readonly { readonly id: SectionId; readonly text: string }[];
}

export type Merge =
  | { readonly kind: 'merged'; readonly postmortem: Postmortem }
  | { readonly kind: 'unchanged' }
  /** Sections that another person has written meanwhile; the title is theirs too. */
  | { readonly kind: 'conflict'; readonly sections: readonly (SectionId | 'title')[] };

/**
 * Joins what a person wrote on `base` with what is stored now. Only sections that differ from `base` are taken, so that
 * a redraft by Midwatch in between is neither undone nor a conflict; what another person wrote in between is one.
 */
export function mergeWritten(base: Postmortem, stored: Postmortem, written: Written, now: number): Merge {
  const conflicts: (SectionId | 'title')[] = [];
  let changed = false;
  const sections = stored.sections.map((section): PostmortemSection => {
    const before = base.sections.find((one) => one.id === section.id);
    const sent = written.sections.find((one) => one.id === section.id);
    if (!sent || !before || sent.text === before.text || sent.text === section.text) return section;
    if (section.text !== before.text && section.origin === 'written') {
      conflicts.push(section.id);
      return section;
    }
    changed = true;
    return { ...section, text: sent.text, origin: 'written' };
  });
  const title = mergeTitle(base, stored, written);
  if (title === null) conflicts.push('title');
  if (conflicts.length > 0 || title === null) return { kind: 'conflict', sections: conflicts };
  if (!changed && title === stored.title) return { kind: 'unchanged' };
  return {
    kind: 'merged',
    postmortem: { ...stored, title, sections, revision: stored.revision + 1, savedAt: now },
  };
}

/** Midwatch never changes a title, so one that differs from both is another person's word against this one: null. */
function mergeTitle(base: Postmortem, stored: Postmortem, { title }: Written): string | null {
  if (title === undefined || title === base.title || title === stored.title) return stored.title;
  return stored.title === base.title ? title : null;
}

/** The stored postmortem with fresh drafts wherever no person has written; null where nothing changes. */
export function mergeDraft(
  stored: Postmortem,
  drafted: readonly PostmortemSection[],
  now: number,
): Postmortem | null {
  const sections = stored.sections.map((section) => {
    const fresh = drafted.find((one) => one.id === section.id);
    return section.origin === 'written' || !fresh ? section : fresh;
  });
  const changed = sections.some((section, i) => section.text !== stored.sections[i]?.text);
  return changed ? { ...stored, sections, revision: stored.revision + 1, savedAt: now } : null;
}
