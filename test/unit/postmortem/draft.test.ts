import { describe, expect, it } from 'vitest';
import { draftPostmortem, draftSections } from '../../../main/postmortem/draft.ts';
import { budgetSpent, peak, requestCounts } from '../../../main/postmortem/evidence-facts.ts';
import type { PostmortemFacts } from '../../../main/postmortem/facts.ts';
import { mergeDraft, mergeWritten } from '../../../main/postmortem/merge.ts';
import type { TimelineEntry } from '../../../shared/model/incident.ts';
import type { PlaybookRun, StepRun } from '../../../shared/model/playbook.ts';
import { SectionId } from '../../../shared/model/postmortem.ts';
import { entry, evidenceWrite, incidentOf, NOW, objectiveStatus } from '../../support/incident.ts';

const MINUTE = 60_000;
const exhibit = (unit: string, values: readonly number[]) => {
  const { chart } = evidenceWrite('e');
  const times = Float64Array.from(values, (_, i) => NOW - MINUTE + i * 10_000);
  return {
    chart: { ...chart, unit, title: `Chart, gateway-availability` },
    series: [{ labels: {}, times, values: Float64Array.from(values) }],
  };
};
const entries = (...changes: Parameters<typeof entry>[0][]): TimelineEntry[] =>
  changes.map((change, i) => ({
    ...entry(change),
    incidentId: 'incident-1',
    seq: i + 1,
    previousHash: '',
    hash: '',
  }));
const step = (change: Partial<StepRun>): StepRun => ({
  stepId: 's',
  section: 'diagnosis',
  phase: 'done',
  attempt: 1,
  startedAt: NOW,
  endedAt: NOW + MINUTE,
  actor: 'you',
  input: null,
  output: null,
  reason: null,
  verified: null,
  ...change,
});
const run = (steps: StepRun[], rootCause: string | null = null): PlaybookRun => ({
  id: 'run-1',
  playbook: {
    id: 'p',
    title: 'Model degraded',
    description: '',
    services: [],
    objectives: [],
    diagnosis: [
      { id: 's', title: 'Check features', kind: 'manual', instruction: '', timeoutMs: 1, retryable: true },
    ],
    mitigation: [
      {
        id: 'm',
        title: 'Roll back',
        kind: 'http',
        timeoutMs: 1,
        retryable: false,
        request: { method: 'POST', url: 'http://fleet', headers: {}, expectStatus: [200] },
      },
    ],
    definedAt: 'p.yaml:1',
  },
  incidentId: 'incident-1',
  startedAt: NOW,
  endedAt: null,
  revision: 1,
  steps,
  nextStep: null,
  rootCause,
});
const facts = (change: Partial<PostmortemFacts> = {}): PostmortemFacts => ({
  incident: incidentOf(),
  timeline: entries({ detail: 'opened' }),
  evidence: [],
  run: null,
  objectives: [],
  now: NOW + 10 * MINUTE,
  ...change,
});
const section = (id: SectionId, change: Partial<PostmortemFacts> = {}) => {
  const found = draftSections(facts(change)).find((one) => one.id === id);
  if (!found) throw new Error(`no section ${id}`);
  return found;
};

describe('a first draft', () => {
  it('has the ten sections in their order, and leaves empty what is not known', () => {
    const draft = draftPostmortem(facts());
    expect(draft.sections.map((one) => one.id)).toEqual(SectionId.options);
    const empty = draft.sections.filter((one) => one.origin === 'empty');
    expect(empty.map((one) => one.id)).toEqual([
      'root-cause',
      'contributing-factors',
      'went-well',
      'went-poorly',
      'got-lucky',
      'action-items',
    ]);
    expect(empty.every((one) => one.text === '')).toBe(true);
  });

  it('says how long it lasted only once it is over', () => {
    expect(section('summary').text).toContain('was not over at 2026-11-24 02:02:40 UTC');
    const over = incidentOf({ recoveredAt: NOW + 4 * MINUTE });
    expect(section('summary', { incident: over }).text).toContain(
      'It lasted 5 m, from 2026-11-24 01:51:40 UTC',
    );
  });

  it('counts what failed and what it cost from the kept samples', () => {
    const { text } = section('impact', {
      incident: incidentOf({ recoveredAt: NOW }),
      objectives: [objectiveStatus()],
      evidence: [
        exhibit('×', [0, 100, 100, 100, 0, 0, 0]),
        exhibit('requests/s', [40, 40, 40, 40, 40, 40, 40]),
      ],
    });
    expect(text).toContain('100× at 01:51:50 UTC');
    expect(text).toContain('about 120 of 2,400 failed, 5 %');
    expect(text).toContain('Users | not measured');
  });

  it('names no failures where the evidence is missing', () => {
    const missing = { chart: { ...exhibit('×', []).chart, missing: 'prom did not answer' }, series: [] };
    const { text } = section('impact', { objectives: [objectiveStatus()], evidence: [missing] });
    expect(text).not.toContain('failed,');
    expect(section('went-poorly', { evidence: [missing] }).text).toContain('Evidence is missing');
    expect(section('action-items', { evidence: [missing] }).text).toContain('| detect |');
  });

  it('calls an indicated cause indicated, and a recovery after a step agreement, not proof', () => {
    const cause = run(
      [step({ phase: 'found', output: '0.4 %' }), step({ stepId: 'm', section: 'mitigation' })],
      'feature <missing>',
    );
    const { text } = section('root-cause', {
      run: cause,
      incident: incidentOf({ recoveredAt: NOW + 2 * MINUTE }),
    });
    expect(text).toContain('Indicated, not yet confirmed by a person: feature \\<missing\\>.');
    expect(text).toContain('"Check features" found it at 2026-11-24 01:53:40 UTC: 0.4 %.');
    expect(text).toContain('agrees with it but does not prove it');
  });

  it('names changes that came before as what preceded it', () => {
    const { text } = section('contributing-factors', {
      timeline: entries({ kind: 'change', at: NOW - MINUTE, title: 'ranking v41 → v42', detail: '' }),
    });
    expect(text).toContain('whether they contributed is for people to say');
    expect(text).toContain('ranking v41 → v42');
  });

  it('finds what went well and poorly in the record alone', () => {
    const good = incidentOf({ acknowledgedAt: NOW + MINUTE, resolvedAt: NOW + 2 * MINUTE });
    expect(section('went-well', { incident: good }).text).toContain(
      'Acknowledged after 1 m, within the target of SEV-2 (30 m).',
    );
    expect(section('went-poorly', { incident: good }).origin).toBe('empty');
    const late = section('went-poorly', {
      now: NOW + 40 * MINUTE,
      run: run([step({ stepId: 'm', section: 'mitigation', phase: 'failed', reason: '503' })]),
      timeline: entries(
        { kind: 'phase', title: 'Relapse: recovering → mitigating', detail: '9 of 9' },
        { kind: 'watch', title: 'Unwatched 6 m', detail: '' },
      ),
    });
    expect(late.text).toContain('The acknowledgement had not happened 10 m after the target');
    expect(late.text).toContain('"Roll back" failed: 503.');
    expect(late.text).toContain('Relapse: recovering → mitigating (9 of 9).');
    expect(late.text).toContain('Unwatched 6 m');
  });

  it('proposes actions from facts: a roll back still in force, an incident that a person saw first', () => {
    const items = section('action-items', { run: run([step({ stepId: 'm', section: 'mitigation' })]) });
    expect(items.text).toContain('"Roll back" can be undone: it is still in force');
    expect(section('action-items', { incident: incidentOf({ alertIds: [] }) }).text).toContain(
      'Add an alert',
    );
    expect(section('detection', { incident: incidentOf({ alertIds: [] }) }).text).toContain('by hand');
  });

  it('keeps hostile alert text inside its cell', () => {
    const { text } = section('timeline', {
      timeline: entries({ title: 'a | b\n| c', detail: '![x](http://e.example)' }),
    });
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('\\!\\[x\\]\\(http:\\/\\/e.example\\)');
  });
});

describe('facts from kept samples', () => {
  const burn = exhibit('×', [10, 10, 10, 10, 10, 10, 10]);
  it('integrate the burn rate over the period: ten times the rate for a minute is ten minutes of even spending', () => {
    expect(budgetSpent(burn, NOW - MINUTE, NOW, 100 * MINUTE)).toBeCloseTo(0.1, 9);
    expect(budgetSpent(exhibit('×', [Number.NaN]), 0, NOW, 1)).toBeNull();
  });

  it('do not count a gap as more of the same', () => {
    const { chart } = burn;
    const gap = {
      chart,
      series: [{ labels: {}, times: Float64Array.of(0, 3_600_000), values: Float64Array.of(10, 10) }],
    };
    expect(budgetSpent(gap, 0, 7_200_000, MINUTE)).toBeCloseTo(10, 9);
  });

  it('know a peak only where there is a number', () => {
    expect(peak(exhibit('×', [1, Number.NaN, 3]), 0)).toEqual({ value: 3, at: NOW - MINUTE + 20_000 });
    expect(peak(exhibit('×', [Number.NaN]), 0)).toBeNull();
    expect(requestCounts(burn, exhibit('requests/s', []), 0.999, 0, NOW)).toBeNull();
  });
});

describe('what a person writes beside what Midwatch drafts', () => {
  const base = draftPostmortem(facts());
  const all = (id: SectionId, text: string, from = base) => ({
    title: from.title,
    sections: from.sections.map((one) => (one.id === id ? { id, text } : { id: one.id, text: one.text })),
  });

  it('marks only the changed section as written', () => {
    const merge = mergeWritten(base, base, all('got-lucky', 'It was night.'), NOW + 1);
    const postmortem = merge.kind === 'merged' ? merge.postmortem : null;
    expect(postmortem).toMatchObject({ revision: 2, savedAt: NOW + 1 });
    expect(postmortem?.sections.filter((one) => one.origin === 'written').map((one) => one.id)).toEqual([
      'got-lucky',
    ]);
    expect(mergeWritten(base, base, all('summary', base.sections[0]?.text ?? ''), NOW)).toEqual({
      kind: 'unchanged',
    });
  });

  it('takes a redraft in between for no conflict and keeps it', () => {
    const redrafted = mergeDraft(base, draftSections(facts({ now: NOW + 99 * MINUTE })), NOW);
    if (!redrafted) throw new Error('the redraft changed nothing');
    const merge = mergeWritten(base, redrafted, all('got-lucky', 'x'), NOW);
    expect(merge).toMatchObject({ kind: 'merged', postmortem: { revision: 3 } });
    expect(merge.kind === 'merged' && merge.postmortem.sections[0]).toEqual(redrafted.sections[0]);
  });

  it('refuses to overwrite what another person wrote in the same section, and joins different ones', () => {
    const first = mergeWritten(base, base, all('summary', 'theirs'), NOW);
    if (first.kind !== 'merged') throw new Error('not merged');
    expect(mergeWritten(base, first.postmortem, all('summary', 'mine'), NOW)).toEqual({
      kind: 'conflict',
      sections: ['summary'],
    });
    expect(mergeWritten(base, first.postmortem, all('detection', 'mine'), NOW)).toMatchObject({
      kind: 'merged',
    });
  });

  it('is never drafted over, not even where it was emptied', () => {
    const emptied = mergeWritten(base, base, all('summary', ''), NOW);
    if (emptied.kind !== 'merged') throw new Error('not merged');
    const again = mergeDraft(emptied.postmortem, draftSections(facts({ now: NOW + 99 * MINUTE })), NOW);
    expect((again ?? emptied.postmortem).sections[0]).toMatchObject({ text: '', origin: 'written' });
  });
});
