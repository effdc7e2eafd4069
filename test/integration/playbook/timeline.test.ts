import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIncidents, type Incidents } from '../../../main/incident/index.ts';
import { countingIds, silentLogger, systemClock } from '../../../main/platform/index.ts';
import { createPlaybooks, type Playbooks, type RunLog } from '../../../main/playbook/index.ts';
import type { Playbook } from '../../../shared/model/playbook.ts';
import { entry, incidentDraft } from '../../support/incident.ts';
import { openTestLog, type TestLog, withCalls } from '../../support/log.ts';
import {
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

class Crash extends Error {}

/** Incidents and playbooks over one real log, wired as the product wires them. */
async function wired(test: TestLog, playbook: Playbook, log: RunLog = test.log.call, incidentLog = test.log) {
  const heard: number[] = [];
  const incidents: Incidents = createIncidents({
    clock: systemClock(),
    ids: countingIds('incident'),
    log: incidentLog,
    logger: silentLogger(),
    services: () => [],
    objective: () => undefined,
    target: () => undefined,
    playbookFor: () => null,
    onChange: (incident) => heard.push(incident.timelineSeq),
  });
  await incidents.load();
  const playbooks: Playbooks = createPlaybooks({
    log,
    executor: executorOver(new ScriptedTarget().says('ratio', 0.7).says('errors', 0)),
    clock: systemClock(),
    ids: countingIds('run'),
    logger: silentLogger(),
    playbooks: () => [playbook],
    vars: () => ({}),
    incident: (id) => incidents.get(id),
    onRun: () => undefined,
    onTimeline: (id) => incidents.refresh(id),
  });
  return { incidents, playbooks, heard };
}

const playbookAt = (server: StepServer): Playbook =>
  playbookOf(
    [checkStep('ratio')],
    [httpStep('roll-back', server.url, { verify: { query: 'errors', is: '< 0.0001' } }), manualStep('call')],
  );

/** From then on nobody is there any more, as after kill -9. */
function dyingAfter(test: TestLog, saves: number): RunLog {
  let left = saves;
  return {
    loadRuns: () => test.log.call.loadRuns(),
    openJournal: () => test.log.call.openJournal(),
    async saveRun(run, journal, timeline) {
      if (left <= 0) throw new Crash('killed');
      left -= 1;
      await test.log.call.saveRun(run, journal, timeline);
      if (left === 0) throw new Crash('killed');
    },
  };
}

let test: TestLog;
let server: StepServer;
beforeEach(async () => {
  test = openTestLog();
  server = await startStepServer();
  await test.log.call.openIncident(incidentDraft(), [entry()], []);
});
afterEach(async () => {
  test.remove();
  await server[Symbol.asyncDispose]();
});

const titles = async () => (await test.log.call.timeline('incident-1', 0)).map((one) => one.title);

async function drive(playbooks: Playbooks, runId: string): Promise<void> {
  for (;;) {
    const run = playbooks.runs().find((one) => one.id === runId);
    if (!run || run.nextStep === null) return;
    const next = run.steps[run.nextStep];
    if (next?.phase !== 'unknown') await runConfirmed(playbooks, runId, OPTIONS);
    else {
      const sent = next.stepId !== 'roll-back' || server.received.length > 0;
      await playbooks.decide(runId, next.stepId, sent ? 'done' : 'retry', 'ada');
    }
  }
}

describe('the timeline of an incident whose playbook runs', () => {
  it('holds each step in order, chained, and memory has the same end as the log', async () => {
    const { playbooks, incidents, heard } = await wired(test, playbookAt(server));
    const run = await playbooks.start('incident-1', 'model-degraded', 'ada');
    await drive(playbooks, run.id);
    expect(await titles()).toEqual([
      'Incident opened',
      'Playbook started: Model degraded',
      'Check ratio: done',
      'Send roll-back: answered, now verified',
      'Send roll-back: done and verified',
      'Do call: done',
      'Playbook ended: Model degraded',
    ]);
    expect(await test.log.call.verifyTimeline('incident-1')).toBeNull();
    expect(incidents.get('incident-1')?.timelineSeq).toBe(7);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(heard.at(-1)).toBe(7);
  });

  it('lets a person note something in between, at the revision that the window shows', async () => {
    const { playbooks, incidents } = await wired(test, playbookAt(server));
    const { revision } = incidents.get('incident-1') ?? { revision: 0 };
    await playbooks.start('incident-1', 'model-degraded', 'ada');
    const moved = await incidents.changePhase('incident-1', 'responding', 'ada', '', revision);
    expect(moved).toMatchObject({ phase: 'responding', revision: revision + 1, timelineSeq: 3 });
    expect(await test.log.call.verifyTimeline('incident-1')).toBeNull();
  });

  it('takes notes and steps that come at the same time, each once', async () => {
    const { playbooks, incidents } = await wired(test, playbookAt(server));
    const run = await playbooks.start('incident-1', 'model-degraded', 'ada');
    await Promise.all([
      drive(playbooks, run.id),
      ...Array.from({ length: 12 }, (_, i) => incidents.addNote('incident-1', 'bo', `note ${i}`)),
    ]);
    const all = await test.log.call.timeline('incident-1', 0);
    expect(all.filter((one) => one.kind === 'note').map((one) => one.detail)).toEqual(
      Array.from({ length: 12 }, (_, i) => `note ${i}`),
    );
    expect(all.filter((one) => one.kind === 'step')).toHaveLength(6);
    expect(all.map((one) => one.seq)).toEqual(all.map((_, i) => i + 1));
    expect(await test.log.call.verifyTimeline('incident-1')).toBeNull();
    expect(incidents.get('incident-1')?.timelineSeq).toBe(all.length);
  });

  // 1 start · 2 begin, 3 finish of the check · 4 begin, 5 answered, 6 finish of the request · 7 begin, 8 answered, 9 finish
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'loses nothing and repeats nothing where the process dies after save %i',
    async (saves) => {
      const dying = await wired(test, playbookAt(server), dyingAfter(test, saves));
      try {
        const run = await dying.playbooks.start('incident-1', 'model-degraded', 'ada');
        await drive(dying.playbooks, run.id);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Crash);
      }
      test = test.reopen();
      const again = await wired(test, playbookAt(server));
      await again.playbooks.load();
      const [run] = again.playbooks.runs();
      await drive(again.playbooks, run?.id ?? '');
      const said = await titles();
      const count = (title: string) => said.filter((one) => one === title).length;
      expect(count('Playbook started: Model degraded')).toBe(1);
      expect(count('Playbook ended: Model degraded')).toBe(1);
      expect(said.filter((one) => one.startsWith('Check ratio: done'))).toHaveLength(1);
      expect(said.filter((one) => /^Send roll-back: done/.test(one))).toHaveLength(1);
      expect(said.filter((one) => one === 'Do call: done')).toHaveLength(1);
      expect(said.indexOf('Playbook ended: Model degraded')).toBe(said.length - 1);
      expect(server.received).toHaveLength(1);
      expect(await test.log.call.verifyTimeline('incident-1')).toBeNull();
      expect(again.incidents.get('incident-1')?.timelineSeq).toBe(said.length);
    },
  );

  it('is told to windows also where the answer of the save was lost on the way', async () => {
    let lost = false;
    const real = test.log.call;
    const log: RunLog = {
      loadRuns: () => real.loadRuns(),
      openJournal: () => real.openJournal(),
      async saveRun(run, journal, timeline) {
        await real.saveRun(run, journal, timeline);
        if (!lost && run.steps[0]?.phase === 'done') {
          lost = true;
          throw new Crash('the thread died after its commit');
        }
      },
    };
    const { playbooks, incidents } = await wired(test, playbookAt(server), log);
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    await expect(playbooks.runNext(id, OPTIONS)).rejects.toThrow('the thread died');
    expect(incidents.get('incident-1')?.timelineSeq).toBe(3);
    expect(playbooks.runs()[0]?.steps[0]?.phase).toBe('done');
    expect((await titles()).filter((one) => one === 'Check ratio: done')).toHaveLength(1);
  });

  it('does not undo a step where only the windows could not be told of it', async () => {
    const deaf = withCalls(test.log, () => ({
      loadIncident: async () => {
        throw new Error('the reader is gone');
      },
    }));
    const { playbooks } = await wired(test, playbookAt(server), test.log.call, deaf);
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    await drive(playbooks, id);
    expect(server.received).toHaveLength(1);
    expect(playbooks.runs()[0]?.steps.map((one) => one.phase)).toEqual(['done', 'done', 'done']);
    expect(await titles()).toContain('Send roll-back: done and verified');
  });

  it('is left alone by a run that the log refuses, to the last byte', async () => {
    const { playbooks } = await wired(test, playbookAt(server));
    const run = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const before = await test.log.call.timeline('incident-1', 0);
    await expect(
      test.log.call.saveRun(
        { ...run, revision: run.revision + 5 },
        [],
        [entry({ kind: 'step', title: 'never' })],
      ),
    ).rejects.toMatchObject({ code: 'stale-revision' });
    expect(await test.log.call.timeline('incident-1', 0)).toEqual(before);
  });

  it('is nobody’s where the incident is not in this log: the run is kept all the same', async () => {
    const { playbooks } = await wired(test, playbookAt(server));
    const run = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const stray = { ...run, id: 'stray', incidentId: 'gone', revision: 1 };
    await test.log.call.saveRun(stray, [], [entry({ kind: 'step', title: 'never' })]);
    expect((await test.log.call.loadRuns()).map((one) => one.id).sort()).toEqual([run.id, 'stray'].sort());
    expect(await test.log.call.timeline('gone', 0)).toEqual([]);
  });
});

describe('a start with a disk that is full', () => {
  it('still loads all runs, and settles the one that was under way with the next command', async () => {
    const dying = await wired(test, playbookAt(server), dyingAfter(test, 4));
    const { id } = await dying.playbooks.start('incident-1', 'model-degraded', 'ada');
    await runConfirmed(dying.playbooks, id, OPTIONS);
    await expect(runConfirmed(dying.playbooks, id, OPTIONS)).rejects.toThrow(Crash);
    test = test.reopen();
    let full = true;
    const log: RunLog = {
      loadRuns: () => test.log.call.loadRuns(),
      openJournal: () => test.log.call.openJournal(),
      async saveRun(run, journal, timeline) {
        if (full) throw new Error('database or disk is full');
        await test.log.call.saveRun(run, journal, timeline);
      },
    };
    const again = await wired(test, playbookAt(server), log);
    await again.playbooks.load();
    expect(again.playbooks.runs()).toHaveLength(1);
    await expect(again.playbooks.runNext(id, OPTIONS)).rejects.toThrow('disk is full');
    expect(server.received).toHaveLength(0);
    full = false;
    await expect(again.playbooks.runNext(id, OPTIONS)).rejects.toMatchObject({ code: 'decision-needed' });
    expect(again.playbooks.runs()[0]?.steps[1]?.phase).toBe('unknown');
    expect(await titles()).toContain('Send roll-back: needs a decision');
  });
});
