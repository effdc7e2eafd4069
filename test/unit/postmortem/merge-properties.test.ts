import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDraft, mergeWritten, type Written } from '../../../main/postmortem/merge.ts';
import { type Postmortem, type PostmortemSection, SectionId } from '../../../shared/model/postmortem.ts';
import { NOW } from '../../support/incident.ts';

/** Few words, so that two people often write the same and often do not. */
const word = fc.constantFrom('', 'a', 'b', 'c');
const texts = fc.tuple(...SectionId.options.map(() => word));
const origin = fc.constantFrom('drafted' as const, 'written' as const, 'empty' as const);
const origins = fc.tuple(...SectionId.options.map(() => origin));

const postmortemOf = (
  title: string,
  all: readonly string[],
  from: readonly PostmortemSection['origin'][],
  revision = 1,
): Postmortem => ({
  incidentId: 'i',
  title,
  revision,
  draftedAt: NOW,
  savedAt: NOW,
  sections: SectionId.options.map((id, i) => ({
    id,
    title: id,
    text: all[i] ?? '',
    origin: from[i] ?? 'drafted',
  })),
});
const writtenOf = (title: string | undefined, all: readonly string[]): Written => ({
  ...(title === undefined ? {} : { title }),
  sections: SectionId.options.map((id, i) => ({ id, text: all[i] ?? '' })),
});
const textsOf = (one: Postmortem) => one.sections.map((section) => section.text);

/** What is stored, on a base that was written on and perhaps redrafted since. */
const situation = fc
  .record({
    base: fc.tuple(word, texts, origins),
    stored: fc.tuple(word, texts, origins),
    sent: fc.tuple(fc.option(word, { nil: undefined }), texts),
  })
  .map(({ base, stored, sent }) => ({
    base: postmortemOf(...base),
    stored: postmortemOf(...stored, 5),
    sent: writtenOf(...sent),
  }));

describe('what a person wrote, joined with what is stored', () => {
  it('is all there, and so is all that anybody else wrote, or it is a conflict', () => {
    fc.assert(
      fc.property(situation, ({ base, stored, sent }) => {
        const merge = mergeWritten(base, stored, sent, NOW + 1);
        if (merge.kind === 'conflict') return;
        const after = merge.kind === 'merged' ? merge.postmortem : stored;
        for (const [i, section] of after.sections.entries()) {
          const before = base.sections[i]?.text ?? '';
          const mine = sent.sections[i]?.text ?? '';
          const theirs = stored.sections[i];
          // What I changed stands there.
          if (mine !== before) expect(section.text).toBe(mine);
          // What I left alone is as it is stored, whoever wrote that.
          else expect(section).toEqual(theirs);
          // What another person wrote is gone only where I was shown it.
          if (theirs?.origin === 'written' && theirs.text !== before) expect(section.text).toBe(theirs.text);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('conflicts exactly where both changed the same section to something else', () => {
    fc.assert(
      fc.property(situation, ({ base, stored, sent }) => {
        const merge = mergeWritten(base, stored, sent, NOW + 1);
        const expected = SectionId.options.filter((_, i) => {
          const before = base.sections[i]?.text;
          const mine = sent.sections[i]?.text;
          const theirs = stored.sections[i];
          return (
            mine !== before && theirs?.origin === 'written' && theirs.text !== before && theirs.text !== mine
          );
        });
        const title =
          sent.title !== undefined &&
          sent.title !== base.title &&
          stored.title !== base.title &&
          sent.title !== stored.title;
        expect(merge.kind === 'conflict' ? merge.sections : []).toEqual([
          ...expected,
          ...(title ? ['title'] : []),
        ]);
      }),
      { numRuns: 600 },
    );
  });

  it('changes nothing and counts no revision where nothing was written', () => {
    fc.assert(
      fc.property(situation, ({ base, stored }) => {
        const echo = writtenOf(base.title, textsOf(base));
        expect(mergeWritten(base, stored, echo, NOW + 1)).toEqual({ kind: 'unchanged' });
        expect(mergeWritten(base, stored, { sections: [] }, NOW + 1)).toEqual({ kind: 'unchanged' });
      }),
    );
  });

  it('sent twice is taken once', () => {
    fc.assert(
      fc.property(situation, ({ base, stored, sent }) => {
        const first = mergeWritten(base, stored, sent, NOW + 1);
        if (first.kind !== 'merged') return;
        expect(first.postmortem.revision).toBe(stored.revision + 1);
        expect(mergeWritten(base, first.postmortem, sent, NOW + 2).kind).toBe('unchanged');
      }),
    );
  });

  it('of two people on different sections is both, in either order', () => {
    fc.assert(
      fc.property(texts, texts, texts, fc.integer({ min: 0, max: 9 }), (start, one, two, cut) => {
        const base = postmortemOf(
          't',
          start,
          start.map(() => 'drafted' as const),
        );
        const ada = writtenOf(
          undefined,
          start.map((text, i) => (i < cut ? (one[i] ?? '') : text)),
        );
        const bo = writtenOf(
          undefined,
          start.map((text, i) => (i < cut ? text : (two[i] ?? ''))),
        );
        const both = (first: Written, second: Written) => {
          const half = mergeWritten(base, base, first, NOW);
          const stored = half.kind === 'merged' ? half.postmortem : base;
          const whole = mergeWritten(base, stored, second, NOW);
          if (whole.kind === 'conflict') throw new Error('a conflict');
          return textsOf(whole.kind === 'merged' ? whole.postmortem : stored);
        };
        expect(both(ada, bo)).toEqual(both(bo, ada));
      }),
    );
  });
});

describe('a fresh draft, joined with what is stored', () => {
  it('never touches what a person wrote, not even an emptied section', () => {
    fc.assert(
      fc.property(situation, ({ stored, base }) => {
        const fresh = mergeDraft(stored, base.sections, NOW + 1) ?? stored;
        for (const [i, section] of fresh.sections.entries())
          expect(section).toEqual(
            stored.sections[i]?.origin === 'written' || fresh === stored
              ? stored.sections[i]
              : base.sections[i],
          );
        expect(fresh.title).toBe(stored.title);
      }),
    );
  });

  it('is no new revision where it says the same', () => {
    fc.assert(
      fc.property(situation, ({ stored }) => {
        expect(mergeDraft(stored, stored.sections, NOW + 1)).toBeNull();
      }),
    );
  });

  it('does not turn what a person is writing into a conflict', () => {
    fc.assert(
      fc.property(texts, texts, texts, (start, redrafted, mine) => {
        const base = postmortemOf(
          't',
          start,
          start.map(() => 'drafted' as const),
        );
        const stored =
          mergeDraft(
            base,
            postmortemOf(
              't',
              redrafted,
              redrafted.map(() => 'drafted' as const),
            ).sections,
            NOW,
          ) ?? base;
        const merge = mergeWritten(base, stored, writtenOf('t', mine), NOW);
        expect(merge.kind).not.toBe('conflict');
      }),
    );
  });
});
