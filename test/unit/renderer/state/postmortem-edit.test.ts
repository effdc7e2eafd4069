import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edit, openEdit, pendingSave, stepEdit } from '../../../../renderer/state/postmortem-edit.ts';
import type { Postmortem } from '../../../../shared/model/postmortem.ts';

const base: Postmortem = {
  incidentId: 'i',
  title: 'Slow',
  revision: 3,
  draftedAt: 0,
  savedAt: 0,
  sections: [
    { id: 'summary', title: 'Summary', text: 'one', origin: 'drafted' },
    { id: 'impact', title: 'Impact', text: 'two', origin: 'drafted' },
  ],
};
const withText = (summary: string, impact: string, revision: number): Postmortem => ({
  ...base,
  revision,
  sections: [
    { id: 'summary', title: 'Summary', text: summary, origin: 'written' },
    { id: 'impact', title: 'Impact', text: impact, origin: 'written' },
  ],
});
const wrote = (edit: Edit, text: string) => stepEdit(edit, { kind: 'wrote', id: 'summary', text });

describe('a postmortem being written', () => {
  it('is saved while nothing differs, and has nothing to send', () => {
    const edit = wrote(wrote(openEdit(base), 'more'), 'one');
    expect(edit.phase).toBe('saved');
    expect(pendingSave(edit)).toBeNull();
  });

  it('sends only what differs, with the revision that was read', () => {
    expect(pendingSave(wrote(openEdit(base), 'more'))).toEqual({
      revision: 3,
      title: 'Slow',
      sections: [{ id: 'summary', text: 'more' }],
    });
  });

  it('is called saved only when the core has said so', () => {
    const sent = wrote(openEdit(base), 'more');
    const saving = stepEdit(sent, { kind: 'sent' });
    expect(saving.phase).toBe('saving');
    expect(pendingSave(saving)).toBeNull();
    expect(stepEdit(saving, { kind: 'saved', postmortem: withText('more', 'two', 4) }).phase).toBe('saved');
  });

  it('keeps what was typed while a save was under way', () => {
    const sent = wrote(openEdit(base), 'more');
    const typedOn = wrote(stepEdit(sent, { kind: 'sent' }), 'more and more');
    const after = stepEdit(typedOn, { kind: 'saved', postmortem: withText('more', 'two', 4) });
    expect(after.phase).toBe('unsaved');
    expect(pendingSave(after)).toEqual({
      revision: 4,
      title: 'Slow',
      sections: [{ id: 'summary', text: 'more and more' }],
    });
  });

  it('takes over what others wrote elsewhere, without asking', () => {
    const edit = stepEdit(wrote(openEdit(base), 'mine'), {
      kind: 'read',
      postmortem: withText('one', 'theirs', 4),
    });
    expect(edit.conflicts).toEqual([]);
    expect(pendingSave(edit)).toMatchObject({ revision: 4, sections: [{ id: 'summary', text: 'mine' }] });
  });

  it('asks where both wrote the same section, and saves nothing until a person chose', () => {
    const edit = stepEdit(wrote(openEdit(base), 'mine'), {
      kind: 'read',
      postmortem: withText('theirs', 'two', 4),
    });
    expect(edit.conflicts).toEqual([{ id: 'summary', mine: 'mine', theirs: 'theirs' }]);
    expect(pendingSave(edit)).toBeNull();
    const mine = stepEdit(edit, { kind: 'chose', id: 'summary', text: 'mine' });
    expect(pendingSave(mine)).toMatchObject({ revision: 4, sections: [{ id: 'summary', text: 'mine' }] });
    expect(stepEdit(edit, { kind: 'chose', id: 'summary', text: 'theirs' }).phase).toBe('saved');
  });

  it('keeps everything when a save fails', () => {
    const failed = stepEdit(stepEdit(wrote(openEdit(base), 'mine'), { kind: 'sent' }), {
      kind: 'failed',
      problem: 'disk full',
    });
    expect(failed).toMatchObject({ phase: 'failed', problem: 'disk full' });
    expect(pendingSave(failed)?.sections).toEqual([{ id: 'summary', text: 'mine' }]);
  });

  it('loses no keystroke, whatever order keys and answers come in', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('key' as const), text: fc.string({ maxLength: 4 }) }),
      fc.constant({ kind: 'answer' as const }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let edit = openEdit(base);
        let typed = 'one';
        let underWay: Edit | null = null;
        for (const one of events) {
          if (one.kind === 'key') {
            typed = one.text;
            edit = wrote(edit, typed);
            if (!underWay && pendingSave(edit)) {
              underWay = edit;
              edit = stepEdit(edit, { kind: 'sent' });
            }
          } else if (underWay) {
            const sentText = underWay.mine.get('summary') ?? 'one';
            edit = stepEdit(edit, {
              kind: 'saved',
              postmortem: withText(sentText, 'two', edit.base.revision + 1),
            });
            underWay = null;
          }
        }
        const shown = edit.mine.get('summary') ?? edit.base.sections[0]?.text;
        return shown === typed && (edit.phase !== 'saved' || edit.base.sections[0]?.text === typed);
      }),
    );
  });
});
