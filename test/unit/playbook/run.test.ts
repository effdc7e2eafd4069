import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepOutcome } from '../../../main/action/index.ts';
import { newRun, type RunEvent, step } from '../../../main/playbook/run.ts';
import type { PlaybookRun } from '../../../shared/model/playbook.ts';
import { checkStep, httpStep, manualStep, playbookOf } from '../../support/playbook.ts';

const playbook = playbookOf(
  [checkStep('d1'), checkStep('d2'), checkStep('d3')],
  [httpStep('m1', 'http://host/'), manualStep('m2'), httpStep('m3', 'http://host/', { retryable: false })],
);
const IDS = ['d1', 'd2', 'd3', 'm1', 'm2', 'm3'];
const done: StepOutcome = { kind: 'done', output: 'ok', verified: null };
const failed: StepOutcome = { kind: 'failed', reason: 'It answered 500.', output: null, verified: null };

function after(events: readonly RunEvent[], from = newRun(playbook, 'run-1', 'incident-1', 0)): PlaybookRun {
  return events.reduce((run, event) => {
    const change = step(run, event, run.revision * 10);
    if (!change.ok) throw change.error;
    return change.value.run;
  }, from);
}

const ran = (stepId: string, outcome: StepOutcome = done): RunEvent[] => [
  { kind: 'begin', stepId, by: 'ada', input: `do ${stepId}` },
  { kind: 'finish', stepId, by: 'ada', outcome },
];
const phases = (run: PlaybookRun) => run.steps.map((one) => one.phase);

describe('a run', () => {
  it('goes through its steps in order', () => {
    const run = after(IDS.flatMap((id) => ran(id)));
    expect(phases(run)).toEqual(Array(6).fill('done'));
    expect(run).toMatchObject({ nextStep: null, revision: 13 });
    expect(run.endedAt).not.toBeNull();
  });

  it('leaves the rest of the diagnosis out once a step indicates the root cause', () => {
    const run = after([...ran('d1'), ...ran('d2', { kind: 'found', output: '0.7', cause: 'v42 fails' })]);
    expect(phases(run)).toEqual(['done', 'found', 'skipped', 'waiting', 'waiting', 'waiting']);
    expect(run).toMatchObject({ nextStep: 3, rootCause: 'v42 fails' });
    expect(run.steps[2]?.reason).toBe('Not needed: "Check d2" indicates the root cause.');
  });

  it('refuses a step out of turn and an event that the phase does not take', () => {
    const run = newRun(playbook, 'run-1', 'incident-1', 0);
    const code = (event: RunEvent, from = run) => {
      const change = step(from, event, 1);
      return change.ok ? null : change.error.code;
    };
    expect(code({ kind: 'begin', stepId: 'd2', by: 'ada', input: '' })).toBe('step-not-next');
    expect(code({ kind: 'finish', stepId: 'd1', by: 'ada', outcome: done })).toBe('step-not-possible');
    expect(code({ kind: 'begin', stepId: 'nope', by: 'ada', input: '' })).toBe('step-unknown');
    const finished = after(ran('d1'));
    expect(code({ kind: 'begin', stepId: 'd1', by: 'ada', input: '' }, finished)).toBe('step-not-possible');
    expect(code({ kind: 'retry', stepId: 'd1', by: 'ada' }, finished)).toBe('step-not-possible');
    expect(code({ kind: 'decide', stepId: 'd2', decision: 'retry', by: 'ada' }, finished)).toBe(
      'step-not-possible',
    );
  });

  it('opens again for a failed step that is sent back, unless the step is written as not retryable', () => {
    const run = after([...IDS.slice(0, 5).flatMap((id) => ran(id)), ...ran('m3', failed)]);
    expect(run.endedAt).not.toBeNull();
    const refused = step(run, { kind: 'retry', stepId: 'm3', by: 'ada' }, 1);
    expect(!refused.ok && refused.error.code).toBe('step-not-retryable');
    const again = after([
      ...IDS.slice(0, 3).flatMap((id) => ran(id)),
      ...ran('m1', failed),
      { kind: 'retry', stepId: 'm1', by: 'ada' },
    ]);
    expect(again).toMatchObject({ nextStep: 3, endedAt: null });
    expect(again.steps[3]).toMatchObject({ phase: 'waiting', attempt: 1, actor: 'ada' });
  });

  it('asks a person about an effect that was interrupted, but only waits again for a check', () => {
    const check = after([...ran('d1').slice(0, 1), { kind: 'interrupt', stepId: 'd1', reason: 'ended' }]);
    expect(check.steps[0]).toMatchObject({ phase: 'waiting', attempt: 1, actor: null });
    const before = IDS.slice(0, 3).flatMap((id) => ran(id));
    const http = after([
      ...before,
      ...ran('m1').slice(0, 1),
      { kind: 'interrupt', stepId: 'm1', reason: 'sent at 1' },
    ]);
    expect(http.steps[3]).toMatchObject({ phase: 'unknown', reason: 'sent at 1', input: 'do m1' });
    expect(http.nextStep).toBe(3);
    for (const [decision, phase] of [
      ['done', 'done'],
      ['skip', 'skipped'],
      ['retry', 'waiting'],
    ] as const)
      expect(after([{ kind: 'decide', stepId: 'm1', decision, by: 'ada' }], http).steps[3]?.phase).toBe(
        phase,
      );
  });

  it('stops by skipping what waits and keeping what needs a decision', () => {
    const before = IDS.slice(0, 3).flatMap((id) => ran(id));
    const run = after([
      ...before,
      { kind: 'ask', stepId: 'm1', reason: 'No data.' },
      { kind: 'stop', by: 'ada' },
    ]);
    expect(phases(run).slice(3)).toEqual(['unknown', 'skipped', 'skipped']);
    expect(run.endedAt).toBeNull();
    expect(
      after([{ kind: 'decide', stepId: 'm1', decision: 'skip', by: 'ada' }], run).endedAt,
    ).not.toBeNull();
    const twice = step(after([...before, { kind: 'stop', by: 'ada' }]), { kind: 'stop', by: 'ada' }, 1);
    expect(twice.ok).toBe(false);
  });

  it('cuts a long answer for the timeline but keeps it with the step', () => {
    const run = after(ran('d1').slice(0, 1));
    const output = 'x'.repeat(100_000);
    const change = step(
      run,
      { kind: 'finish', stepId: 'd1', by: 'ada', outcome: { ...done, output } as StepOutcome },
      1,
    );
    if (!change.ok) throw change.error;
    expect(change.value.effects[0]?.detail.length).toBeLessThan(4_100);
    expect(change.value.run.steps[0]?.output).toBe(output);
  });
});

const outcomes = fc.constantFrom<StepOutcome>(
  done,
  failed,
  { kind: 'unknown', reason: '?' },
  { kind: 'found', output: '', cause: 'c' },
);
const id = fc.constantFrom(...IDS);
const events = fc.oneof(
  fc.record({
    kind: fc.constant('begin' as const),
    stepId: id,
    by: fc.constant('ada'),
    input: fc.constant('i'),
  }),
  fc.record({ kind: fc.constant('answered' as const), stepId: id, output: fc.constant('o') }),
  fc.record({ kind: fc.constant('finish' as const), stepId: id, by: fc.constant('ada'), outcome: outcomes }),
  fc.record({
    kind: fc.constantFrom('pass-over' as const, 'ask' as const, 'interrupt' as const),
    stepId: id,
    reason: fc.constant('r'),
  }),
  fc.record({
    kind: fc.constant('decide' as const),
    stepId: id,
    decision: fc.constantFrom('done' as const, 'skip' as const, 'retry' as const),
    by: fc.constant('ada'),
  }),
  fc.record({ kind: fc.constant('retry' as const), stepId: id, by: fc.constant('ada') }),
  fc.record({ kind: fc.constant('stop' as const), by: fc.constant('ada') }),
);

describe('any sequence of events', () => {
  it('never begins a step twice unless a person sent it back, nor one out of turn, and never loses one', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 80 }), (sequence) => {
        let run = newRun(playbook, 'run-1', 'incident-1', 0);
        const allowed = new Map(IDS.map((one) => [one, 1]));
        const begun = new Map<string, number>();
        for (const [at, event] of sequence.entries()) {
          const change = step(run, event, at);
          if (!change.ok) continue;
          const was = run;
          run = change.value.run;
          expect(run.revision).toBe(was.revision + 1);
          if (event.kind === 'begin') {
            expect(was.steps[was.nextStep ?? -1]?.stepId).toBe(event.stepId);
            begun.set(event.stepId, (begun.get(event.stepId) ?? 0) + 1);
            expect(begun.get(event.stepId)).toBeLessThanOrEqual(allowed.get(event.stepId) ?? 0);
          }
          const sentBack = event.kind === 'retry' || (event.kind === 'decide' && event.decision === 'retry');
          const checkAgain = event.kind === 'interrupt' && event.stepId.startsWith('d');
          if ((sentBack || checkAgain) && 'stepId' in event)
            allowed.set(event.stepId, (allowed.get(event.stepId) ?? 0) + 1);
          expect(run.steps.map((one) => one.stepId)).toEqual(IDS);
          expect(run.steps.filter((one) => one.phase === 'running').length).toBeLessThanOrEqual(1);
          const open = run.steps.some((one) => ['waiting', 'running', 'unknown'].includes(one.phase));
          expect(run.nextStep === null).toBe(!open);
          expect(run.endedAt === null).toBe(open);
        }
      }),
      { numRuns: 500 },
    );
  });
});
