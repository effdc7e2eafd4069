import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recoverRun } from '../../../main/playbook/recovery.ts';
import { isSentBack, newRun, type RunEvent, step } from '../../../main/playbook/run.ts';
import type { JournalRecord } from '../../../main/store/index.ts';
import type { PlaybookRun, StepPhase, StepRun } from '../../../shared/model/playbook.ts';
import {
  benchOf,
  checkStep,
  executorOver,
  httpStep,
  MemoryRunLog,
  manualStep,
  playbookOf,
} from '../../support/playbook.ts';
import { ScriptedTarget } from '../../support/scripted-target.ts';
import { startStepServer } from '../../support/step-server.ts';

const playbook = playbookOf(
  [checkStep('d1'), checkStep('d2')],
  [httpStep('m1', 'http://host/'), httpStep('m2', 'http://host/', { retryable: false }), manualStep('m3')],
);
const PHASES: readonly StepPhase[] = ['waiting', 'running', 'done', 'found', 'skipped', 'failed', 'unknown'];

/** A run in which everything before the step is over and the step itself is in the phase. */
function runWith(stepId: string, phase: StepPhase): PlaybookRun {
  const fresh = newRun(playbook, 'run-1', 'incident-1', 0);
  const index = fresh.steps.findIndex((one) => one.stepId === stepId);
  const steps = fresh.steps.map((one, at): StepRun => {
    if (at < index) return { ...one, phase: 'skipped', endedAt: 1 };
    return at === index
      ? { ...one, phase, attempt: phase === 'waiting' ? 0 : 1, startedAt: 1, actor: 'ada' }
      : one;
  });
  const open = steps.findIndex((one) => ['waiting', 'running', 'unknown'].includes(one.phase));
  return { ...fresh, steps, nextStep: open === -1 ? null : open };
}

const failed = { kind: 'failed' as const, reason: '500', output: null, verified: null };
const EVENTS: Readonly<Record<string, (stepId: string) => RunEvent>> = {
  begin: (stepId) => ({ kind: 'begin', stepId, by: 'ada', input: 'do' }),
  answered: (stepId) => ({ kind: 'answered', stepId, output: '200' }),
  'finish done': (stepId) => ({
    kind: 'finish',
    stepId,
    by: 'ada',
    outcome: { kind: 'done', output: 'ok', verified: null },
  }),
  'finish found': (stepId) => ({
    kind: 'finish',
    stepId,
    by: 'ada',
    outcome: { kind: 'found', output: 'ok', cause: 'v42' },
  }),
  'finish failed': (stepId) => ({ kind: 'finish', stepId, by: 'ada', outcome: failed }),
  'finish unknown': (stepId) => ({
    kind: 'finish',
    stepId,
    by: 'ada',
    outcome: { kind: 'unknown', reason: 'no answer' },
  }),
  'pass-over': (stepId) => ({ kind: 'pass-over', stepId, reason: '0 is not > 1' }),
  ask: (stepId) => ({ kind: 'ask', stepId, reason: 'no data' }),
  interrupt: (stepId) => ({ kind: 'interrupt', stepId, reason: 'the process ended' }),
  'decide done': (stepId) => ({ kind: 'decide', stepId, decision: 'done', by: 'ada' }),
  'decide skip': (stepId) => ({ kind: 'decide', stepId, decision: 'skip', by: 'ada' }),
  'decide retry': (stepId) => ({ kind: 'decide', stepId, decision: 'retry', by: 'ada' }),
  retry: (stepId) => ({ kind: 'retry', stepId, by: 'ada' }),
};

/** Every pair that is allowed, with the phase that follows; each other pair is refused. */
const ALLOWED: Readonly<Partial<Record<StepPhase, Readonly<Record<string, StepPhase>>>>> = {
  waiting: {
    begin: 'running',
    'finish failed': 'failed',
    'pass-over': 'skipped',
    ask: 'unknown',
    'decide done': 'done',
    'decide skip': 'skipped',
  },
  running: {
    answered: 'running',
    'finish done': 'done',
    'finish found': 'found',
    'finish failed': 'failed',
    'finish unknown': 'unknown',
    interrupt: 'unknown',
  },
  unknown: { 'decide done': 'done', 'decide skip': 'skipped', 'decide retry': 'waiting' },
  failed: { retry: 'waiting' },
};

describe.each(PHASES)('a step that is %s', (phase) => {
  it.each(Object.keys(EVENTS))(
    'takes or refuses "%s" as the table says, and a refusal changes nothing',
    (name) => {
      const run = runWith('m1', phase);
      const before = structuredClone(run);
      const event = EVENTS[name]?.('m1');
      if (!event) throw new Error('no event');
      const change = step(run, event, 100);
      const expected = ALLOWED[phase]?.[name];
      expect(run).toEqual(before);
      if (expected === undefined) {
        expect(change.ok).toBe(false);
        return;
      }
      if (!change.ok) throw change.error;
      const after = change.value.run;
      expect(after.steps.find((one) => one.stepId === 'm1')?.phase).toBe(expected);
      expect(after.revision).toBe(run.revision + 1);
      const others = (one: PlaybookRun) =>
        one.steps.filter((other) => other.section === 'mitigation' && other.stepId !== 'm1');
      expect(others(after)).toEqual(others(run));
      const open = after.steps.findIndex((one) => ['waiting', 'running', 'unknown'].includes(one.phase));
      expect(after.nextStep).toBe(open === -1 ? null : open);
      expect(after.endedAt === null).toBe(open !== -1);
    },
  );
});

describe('the exceptions of the table', () => {
  it('a check that was interrupted waits again, as it changes nothing', () => {
    const change = step(runWith('d1', 'running'), { kind: 'interrupt', stepId: 'd1', reason: 'x' }, 100);
    expect(change.ok && change.value.run.steps[0]).toMatchObject({
      phase: 'waiting',
      actor: null,
      startedAt: null,
    });
    expect(change.ok && change.value.run.steps[0] && isSentBack(change.value.run.steps[0])).toBe(false);
  });

  it('a step that is written as not retryable is not sent back', () => {
    const change = step(runWith('m2', 'failed'), { kind: 'retry', stepId: 'm2', by: 'ada' }, 100);
    expect(change).toMatchObject({ ok: false, error: { code: 'step-not-retryable' } });
  });

  it('a step out of turn begins by nobody’s word', () => {
    const run = newRun(playbook, 'run-1', 'incident-1', 0);
    for (const stepId of ['d2', 'm1', 'm3'])
      for (const name of ['begin', 'pass-over', 'ask', 'decide done', 'decide skip', 'finish failed']) {
        const event = EVENTS[name]?.(stepId);
        if (event) expect(step(run, event, 1)).toMatchObject({ ok: false, error: { code: 'step-not-next' } });
      }
  });

  it('a root cause leaves out what is left of the diagnosis and nothing of the mitigation', () => {
    const change = step(runWith('d1', 'running'), EVENTS['finish found']?.('d1') as RunEvent, 100);
    expect(change.ok && change.value.run.steps.map((one) => one.phase)).toEqual([
      'found',
      'skipped',
      'waiting',
      'waiting',
      'waiting',
    ]);
  });

  it('an empty playbook is over when it begins', () => {
    expect(newRun(playbookOf([], []), 'r', 'i', 7)).toMatchObject({ endedAt: 7, nextStep: null });
  });
});

describe('any course of events', () => {
  const anyEvent = fc
    .tuple(fc.constantFrom(...Object.keys(EVENTS)), fc.constantFrom('d1', 'd2', 'm1', 'm2', 'm3', 'nope'))
    .map(([name, stepId]) => EVENTS[name]?.(stepId) as RunEvent);
  const course = fc.array(fc.oneof(anyEvent, fc.constant<RunEvent>({ kind: 'stop', by: 'ada' })), {
    maxLength: 60,
  });

  it('has one step under way at most, attempts that only grow, and says the end once for each time it ends', () => {
    fc.assert(
      fc.property(course, (events) => {
        let run = newRun(playbook, 'run-1', 'incident-1', 0);
        let ends = 0;
        let saidEnds = 0;
        for (const [at, event] of events.entries()) {
          const change = step(run, event, at);
          if (!change.ok) continue;
          const next = change.value.run;
          expect(next.steps.filter((one) => one.phase === 'running').length).toBeLessThanOrEqual(1);
          for (const [index, one] of next.steps.entries())
            expect(one.attempt).toBeGreaterThanOrEqual(run.steps[index]?.attempt ?? 0);
          if (next.endedAt !== null && run.endedAt === null && event.kind !== 'stop') ends += 1;
          saidEnds += change.value.effects.filter((entry) => entry.title.startsWith('Playbook ended')).length;
          expect(next.steps.map((one) => one.stepId)).toEqual(run.steps.map((one) => one.stepId));
          expect(next.playbook).toBe(run.playbook);
          run = next;
        }
        expect(saidEnds).toBe(ends);
      }),
      { numRuns: 300 },
    );
  });

  it('that is cut off anywhere is recovered to a run without a step under way, and recovering again changes nothing', () => {
    fc.assert(
      fc.property(course, (events) => {
        let run = newRun(playbook, 'run-1', 'incident-1', 0);
        const open: JournalRecord[] = [];
        for (const [at, event] of events.entries()) {
          const change = step(run, event, at);
          if (change.ok) run = change.value.run;
        }
        const recovery = recoverRun(run, open, 999);
        if (!recovery) {
          expect(run.steps.some((one) => one.phase === 'running')).toBe(false);
          return;
        }
        const change = step(run, recovery.event, 999);
        if (!change.ok) throw change.error;
        expect(recoverRun(change.value.run, open, 1_000)).toBeNull();
      }),
    );
  });
});

describe('trying a failed step again while an earlier one waits', () => {
  it('runs neither of them in the name of the other', async () => {
    await using server = await startStepServer();
    server.answer((_request, response) => response.writeHead(500).end());
    const book = playbookOf(
      [],
      [
        httpStep('first', `${server.url}/first`, { timeoutMs: 200 }),
        httpStep('second', `${server.url}/second`),
      ],
    );
    const { playbooks } = benchOf({
      log: new MemoryRunLog(),
      executor: executorOver(new ScriptedTarget()),
      playbook: book,
    });
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const typed = (stepId: string) => ({ by: 'ada', confirmation: { stepId, typed: 'ranking-model' } });
    await playbooks.runNext(id, typed('first'));
    await playbooks.runNext(id, typed('second'));
    // The first is tried again, its answer is lost, and a person sends it back: it waits.
    server.answer(() => undefined);
    await playbooks.retry(id, 'first', typed('first'));
    const waiting = await playbooks.decide(id, 'first', 'retry', 'ada');
    expect(waiting.steps.map((one) => one.phase)).toEqual(['waiting', 'failed']);
    const before = server.received.length;
    server.answer((_request, response) => response.end('ok'));
    await expect(playbooks.retry(id, 'second', typed('second'))).rejects.toMatchObject({
      code: 'step-not-next',
      details: { next: 'first' },
    });
    expect(server.received).toHaveLength(before);
    expect(playbooks.runs()[0]?.steps.map((one) => one.phase)).toEqual(['waiting', 'failed']);
    await playbooks.runNext(id, typed('first'));
    const ended = await playbooks.retry(id, 'second', typed('second'));
    expect(ended.steps.map((one) => one.phase)).toEqual(['done', 'done']);
  });
});
