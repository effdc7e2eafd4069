import { afterEach, describe, expect, it } from 'vitest';
import type { RunLog } from '../../../main/playbook/index.ts';
import type { Playbook, PlaybookRun } from '../../../shared/model/playbook.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';
import {
  benchOf,
  checkStep,
  executorOver,
  httpStep,
  manualStep,
  playbookOf,
  runConfirmed,
} from '../../support/playbook.ts';
import { ScriptedTarget } from '../../support/scripted-target.ts';
import { type StepServer, startStepServer } from '../../support/step-server.ts';

const OPTIONS = { by: 'ada', observed: 'they restarted it' };

let test: TestLog | undefined;
afterEach(() => {
  test?.remove();
  test = undefined;
});

class Crash extends Error {}

/** The real log up to the given save; from then on nobody is there any more, as after kill -9. */
function dyingLog(log: TestLog, dieAt: number, when: 'before' | 'after'): RunLog {
  let saves = 0;
  return {
    loadRuns: () => log.log.call.loadRuns(),
    openJournal: () => log.log.call.openJournal(),
    async saveRun(run, journal, timeline) {
      saves += 1;
      if (saves > dieAt || (saves === dieAt && when === 'before')) throw new Crash('killed');
      await log.log.call.saveRun(run, journal, timeline);
      if (saves === dieAt) throw new Crash('killed');
    },
  };
}

function playbookAt(server: StepServer): Playbook {
  const verify = { query: 'errors', is: '< 0.0001' };
  return playbookOf(
    [checkStep('ratio')],
    [httpStep('roll-back', server.url, { verify }), manualStep('call', { verify })],
  );
}

/** Drives the run to its end as a person would: unknown steps are looked at and taken for done where the target has acted. */
async function drive(
  bench: ReturnType<typeof benchOf>,
  runId: string,
  server: StepServer,
): Promise<PlaybookRun> {
  for (;;) {
    const run = bench.playbooks.runs().find((one) => one.id === runId);
    if (!run) throw new Error('the run is lost');
    if (run.nextStep === null) return run;
    const next = run.steps[run.nextStep];
    if (next?.phase === 'unknown')
      await bench.playbooks.decide(
        runId,
        next.stepId,
        next.stepId !== 'roll-back' || server.received.length > 0 ? 'done' : 'retry',
        'ada',
      );
    else await runConfirmed(bench.playbooks, runId, OPTIONS);
  }
}

// 1 start · 2 begin, 3 finish of the check · 4 begin, 5 answered, 6 finish of the request · 7–9 of the person's step
const BOUNDARIES = Array.from({ length: 9 }, (_, at) => at + 1).flatMap((at) => [
  { at, when: 'before' as const },
  { at, when: 'after' as const },
]);

describe('a run whose process ends', () => {
  it.each(BOUNDARIES)(
    '$when save $at goes on where it was and sends its request once',
    async ({ at, when }) => {
      await using server = await startStepServer();
      const target = new ScriptedTarget().says('ratio', 0.7).says('errors', 0);
      const playbook = playbookAt(server);
      test = openTestLog();
      const dying = benchOf({ log: dyingLog(test, at, when), executor: executorOver(target), playbook });
      let acked: PlaybookRun | undefined;
      try {
        acked = await dying.playbooks.start('incident-1', 'model-degraded', 'ada');
        for (;;) acked = await runConfirmed(dying.playbooks, acked.id, OPTIONS);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Crash);
      }
      test = test.reopen();
      const sentBefore = server.received.length;
      const again = benchOf({ log: test.log.call, executor: executorOver(target), playbook });
      await again.playbooks.load();
      expect(server.received).toHaveLength(sentBefore);
      const [run] = again.playbooks.runs();
      if (!run) {
        expect({ at, when }).toEqual({ at: 1, when: 'before' });
        return;
      }
      if (acked) {
        expect(run.revision).toBeGreaterThanOrEqual(acked.revision);
        for (const [index, step] of acked.steps.entries())
          if (step.phase === 'done') expect(run.steps[index]).toEqual(step);
      }
      expect(run.steps.filter((step) => step.phase === 'running')).toEqual([]);
      expect(await test.log.call.openJournal()).toEqual([]);
      const ended = await drive(again, run.id, server);
      expect(ended.steps.map((step) => step.phase)).toEqual(['done', 'done', 'done']);
      expect(server.received).toHaveLength(1);
    },
  );

  it('says what was sent and when, and a retry carries the same key', async () => {
    await using server = await startStepServer();
    const target = new ScriptedTarget().says('ratio', 0.7).says('errors', 0);
    test = openTestLog();
    const playbook = playbookAt(server);
    const dying = benchOf({ log: dyingLog(test, 4, 'after'), executor: executorOver(target), playbook });
    const { id } = await dying.playbooks.start('incident-1', 'model-degraded', 'ada');
    await runConfirmed(dying.playbooks, id, OPTIONS);
    await expect(runConfirmed(dying.playbooks, id, OPTIONS)).rejects.toThrow(Crash);
    const [intent] = await test.log.call.openJournal();
    test = test.reopen();
    const again = benchOf({ log: test.log.call, executor: executorOver(target), playbook });
    await again.playbooks.load();
    const step = again.playbooks.runs()[0]?.steps[1];
    expect(step).toMatchObject({ phase: 'unknown', input: expect.stringContaining(`POST ${server.url}`) });
    expect(step?.reason).toContain(new Date(intent?.intendedAt ?? 0).toISOString());
    expect(again.timeline).toMatchObject([{ title: 'Send roll-back: needs a decision', actor: 'midwatch' }]);
    await expect(runConfirmed(again.playbooks, id, OPTIONS)).rejects.toMatchObject({
      code: 'decision-needed',
    });
    await again.playbooks.decide(id, 'roll-back', 'retry', 'ada');
    await expect(again.playbooks.runNext(id, { by: 'ada' })).rejects.toMatchObject({
      code: 'confirmation-needed',
    });
    await runConfirmed(again.playbooks, id, OPTIONS);
    expect(server.received[0]?.headers['idempotency-key']).toBe(intent?.idempotencyKey);
  });

  it('goes on in the same process after a save that failed for a moment', async () => {
    await using server = await startStepServer();
    const target = new ScriptedTarget().says('ratio', 0.7).says('errors', 0);
    test = openTestLog();
    const real = test.log.call;
    let saves = 0;
    const flaky: RunLog = {
      loadRuns: () => real.loadRuns(),
      openJournal: () => real.openJournal(),
      async saveRun(run, journal, timeline) {
        saves += 1;
        // The intent was committed, but its answer was lost on the way; later the disk refuses an outcome.
        if (saves === 4) {
          await real.saveRun(run, journal, timeline);
          throw new Crash('worker died');
        }
        if (saves === 9) throw new Crash('disk full');
        await real.saveRun(run, journal, timeline);
      },
    };
    const bench = benchOf({ log: flaky, executor: executorOver(target), playbook: playbookAt(server) });
    const { id } = await bench.playbooks.start('incident-1', 'model-degraded', 'ada');
    await runConfirmed(bench.playbooks, id, OPTIONS);
    await expect(runConfirmed(bench.playbooks, id, OPTIONS)).rejects.toThrow('worker died');
    expect(server.received).toHaveLength(0);
    await expect(runConfirmed(bench.playbooks, id, OPTIONS)).rejects.toMatchObject({
      code: 'decision-needed',
    });
    await bench.playbooks.decide(id, 'roll-back', 'retry', 'ada');
    await runConfirmed(bench.playbooks, id, OPTIONS).catch((thrown: unknown) =>
      expect(thrown).toBeInstanceOf(Crash),
    );
    const ended = await drive(bench, id, server);
    expect(ended.steps.map((step) => step.phase)).toEqual(['done', 'done', 'done']);
    expect(server.received).toHaveLength(1);
  });
});
