import { describe, expect, it } from 'vitest';
import { recoverRun } from '../../../main/playbook/recovery.ts';
import { newRun, step } from '../../../main/playbook/run.ts';
import type { JournalRecord } from '../../../main/store/index.ts';
import type { PlaybookRun } from '../../../shared/model/playbook.ts';
import { checkStep, httpStep, manualStep, playbookOf } from '../../support/playbook.ts';

function running(kind: 'check' | 'manual' | 'http'): PlaybookRun {
  const steps = { check: checkStep('x'), manual: manualStep('x'), http: httpStep('x', 'http://host/') };
  const begun = step(
    newRun(playbookOf([], [steps[kind]]), 'run-1', 'incident-1', 0),
    { kind: 'begin', stepId: 'x', by: 'ada', input: 'POST http://host/' },
    10,
  );
  if (!begun.ok) throw begun.error;
  return begun.value.run;
}

function record(change: Partial<JournalRecord> = {}): JournalRecord {
  return {
    id: 'run-1/x/1',
    runId: 'run-1',
    stepId: 'x',
    attempt: 1,
    idempotencyKey: 'key',
    intent: 'POST http://host/',
    intendedAt: Date.UTC(2026, 10, 24, 3),
    outcome: null,
    endedAt: null,
    ...change,
  };
}

describe('a step that was under way', () => {
  it('has its journal closed as unknown, with when it began', () => {
    const recovery = recoverRun(running('http'), [record({ attempt: 9, id: 'other' }), record()], 99);
    expect(recovery?.event.reason).toContain('at 2026-11-24T03:00:00.000Z; no answer is kept');
    expect(recovery?.journal).toMatchObject({
      id: 'run-1/x/1',
      endedAt: 99,
      outcome: expect.stringMatching(/^unknown: /),
    });
  });

  it('is not in doubt about its effect once the answer was kept', () => {
    const answered = step(running('http'), { kind: 'answered', stepId: 'x', output: '200' }, 20);
    if (!answered.ok) throw answered.error;
    const recovery = recoverRun(answered.value.run, [], 99);
    expect(recovery?.event.reason).toContain('It had its effect and was answered');
    expect(recovery?.journal).toBeNull();
  });

  it('is spoken of by its kind, and nothing is said where nothing ran', () => {
    expect(recoverRun(running('check'), [record()], 99)?.event.reason).toBe('Interrupted during this check.');
    expect(recoverRun(running('manual'), [record()], 99)?.event.reason).toContain('Say whether it is done.');
    expect(
      recoverRun(newRun(playbookOf([], [manualStep('x')]), 'run-1', 'incident-1', 0), [record()], 99),
    ).toBeNull();
  });
});
