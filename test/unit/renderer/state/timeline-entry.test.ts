import { describe, expect, it } from 'vitest';
import { sentences, splitExact } from '../../../../renderer/state/exact-text.ts';
import { entryView, phaseTimes } from '../../../../renderer/state/timeline-entry.ts';
import type { NewTimelineEntry } from '../../../../shared/model/incident.ts';
import { timelineOf } from '../../../support/window/fleet-incident.ts';

const entry = (over: Partial<NewTimelineEntry>) => {
  const whole = { at: 1, kind: 'note', actor: 'midwatch', title: 't', detail: '', ...over } as const;
  const [first] = timelineOf('i', [whole]);
  if (!first) throw new Error('one entry was made');
  return first;
};

describe('an entry of the timeline', () => {
  it('keeps what was sent and answered apart from what is said of it', () => {
    const view = entryView(
      entry({
        kind: 'step',
        actor: 'tester',
        title: 'Roll back model: done and verified',
        detail:
          'POST http://127.0.0.1:1/control/roll-back\nidempotency-key: 1e86\n\n{"service":"ranking-model"}\n200\n{"doneAt":1}\nVerified: 0 is < 0.0001',
      }),
    );
    expect(view).toEqual({
      title: 'Roll back model: done and verified',
      text: 'Verified: 0 is < 0.0001',
      exact:
        'POST http://127.0.0.1:1/control/roll-back\nidempotency-key: 1e86\n{"service":"ranking-model"}\n200\n{"doneAt":1}',
      names: [],
      actor: 'tester',
    });
  });

  it('takes a query of several lines for a query, and its verdict for a sentence', () => {
    const { text, exact } = splitExact(
      'max(\n  sum by (v) (rate(a{b="c"}[30s]))\n    / sum(d)\n) > 0.01\nHolds: 0.604 is > 0.01',
    );
    expect(text).toBe('Holds: 0.604 is > 0.01');
    expect(exact.split('\n')).toHaveLength(4);
  });

  it('leaves a sentence alone, also one of a skipped step', () => {
    const said = 'Skipped, its condition does not hold: 1 is not > 1';
    expect(splitExact(said)).toEqual({ text: said, exact: '' });
  });

  it('counts the kept charts in its title, names them on demand, and says at once what is missing', () => {
    const view = entryView(
      entry({
        kind: 'evidence',
        title: 'Evidence: 2 charts kept, 1 missing',
        detail: 'kept: Burn rate; kept: P99 latency; missing: GPU queue (no data)',
      }),
    );
    expect(view).toMatchObject({
      title: '2 charts kept, 1 missing',
      text: 'missing: GPU queue (no data)',
      names: ['Burn rate', 'P99 latency'],
    });
  });

  it('names who acted, unless it was Midwatch or the title does', () => {
    expect(entryView(entry({ actor: 'midwatch' })).actor).toBeNull();
    expect(entryView(entry({ actor: 'ranking-model', title: 'ranking-model v41 → v42' })).actor).toBeNull();
    expect(entryView(entry({ actor: 'tester' })).actor).toBe('tester');
  });

  it('ends a title that is a question once', () => {
    expect(entryView(entry({ title: 'Are features missing?: done' })).title).toBe(
      'Are features missing? done',
    );
  });
});

describe('sentences', () => {
  it('end once each, whatever they brought', () => {
    expect(sentences(['P0 → on_call.', null, 'sent;', false, 'done'])).toBe('P0 → on_call. sent. done');
    expect(sentences([])).toBe('');
  });
});

describe('the times of the phases', () => {
  it('follow from titles and details, the last entry into a phase counts', () => {
    const entries = timelineOf('i', [
      {
        at: 1,
        kind: 'acknowledged',
        actor: 'a',
        title: 'Acknowledged',
        detail: 'a did; detected → responding',
      },
      { at: 2, kind: 'phase', actor: 'a', title: 'responding → mitigating', detail: '' },
      { at: 3, kind: 'phase', actor: 'a', title: 'mitigating → responding', detail: 'did not help' },
      { at: 4, kind: 'phase', actor: 'a', title: 'responding → mitigating', detail: '' },
      { at: 5, kind: 'change', actor: 'x', title: 'ranking v41 → v42', detail: 'red → closed' },
    ]);
    const times = phaseTimes(entries, ['detected', 'responding', 'mitigating', 'closed']);
    expect([...times]).toEqual([
      ['responding', 3],
      ['mitigating', 4],
    ]);
  });
});
