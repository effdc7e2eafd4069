import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogApi } from '../../../main/store/index.ts';
import type { AlertMemory } from '../../../shared/model/alert.ts';
import { FINDING, observationOf, sourceOf } from '../../support/alerting.ts';
import { type Fault, type PipelineBench, pipelineBench } from '../../support/pipeline-bench.ts';

const open: PipelineBench[] = [];
afterEach(() => {
  for (const bench of open.splice(0)) bench.remove();
});

async function bench(change: Parameters<typeof pipelineBench>[0] = {}): Promise<PipelineBench> {
  const it = await pipelineBench(change);
  open.push(it);
  return it;
}

/** What people and the log know once all is taken over. */
async function outcome(it: PipelineBench) {
  const incidents = it.incidents.list();
  const [alert] = it.alerts.list();
  const deliveries = await it.log.log.call.recentDeliveries(100);
  const memory = (alert as { memory?: AlertMemory } | undefined)?.memory;
  return {
    alerts: it.alerts.list().length,
    phase: alert?.phase,
    incidents: incidents.length,
    linked: alert !== undefined && alert.incidentId === incidents[0]?.id,
    pages: [...it.desktop.onScreen.keys()].length,
    toIncident: [...it.desktop.onScreen.values()].every((page) => page.incidentId === incidents[0]?.id),
    unsent: deliveries.filter((one) => one.state === 'queued' && one.kind === 'desktop').length,
    unsettled: memory?.unsettled?.length ?? 0,
    problem: it.pipeline.problem(),
  };
}

/** What Health would say: decisions that wait, or notifications that are not stored. */
const problemOf = (it: PipelineBench) => it.pipeline.problem() ?? it.notifier.problem();

const WHOLE = {
  alerts: 1,
  phase: 'firing',
  incidents: 1,
  linked: true,
  pages: 1,
  toIncident: true,
  unsent: 0,
  unsettled: 0,
  problem: null,
};

describe('a poll', () => {
  it('becomes an alert, an incident and a page that leads to it', async () => {
    const it = await bench();
    expect(await it.poll()).toBeUndefined();
    expect(await outcome(it)).toEqual(WHOLE);
    expect(it.published.alerts.at(-1)).toMatch(/ firing$/);
  });

  it('that finds the same again opens nothing and says nothing', async () => {
    const it = await bench();
    for (let i = 0; i < 5; i += 1) await it.poll();
    expect(await outcome(it)).toEqual(WHOLE);
    expect(it.desktop.shown).toHaveLength(1);
  });

  it('of a source that is not there asks nobody', async () => {
    const it = await bench({ target: () => undefined });
    await it.poll();
    expect(it.alerts.list()).toEqual([]);
    expect(it.published.objectives).toBe(0);
  });

  it('of a source that cannot be seen tells the stages why', async () => {
    const told: unknown[] = [];
    const it = await bench({
      objectives: {
        evaluate: async (_objectives, _target, _at, facts) => {
          told.push(facts);
          return [];
        },
        observe: () => observationOf(),
        retain: () => undefined,
        idle: async () => undefined,
      },
    });
    it.sources = [
      sourceOf('prom', { condition: 'unreachable', problem: 'connection refused', pollEveryMs: 5_000 }),
    ];
    await it.poll();
    it.sources = [sourceOf('prom', { condition: 'unreachable', problem: null })];
    await it.poll();
    it.sources = [];
    await it.poll();
    expect(told).toEqual([
      { pollMs: 5_000, blind: 'connection refused' },
      { pollMs: 1_000, blind: 'The source is unreachable.' },
      { pollMs: 15_000, blind: null },
    ]);
  });
});

const STEPS: readonly (keyof LogApi)[] = ['openIncident', 'saveAlerts', 'saveDeliveries'];
const FAULTS: readonly Fault[] = ['refused', 'answer lost'];

describe.each(STEPS.flatMap((step) => FAULTS.map((fault) => [step, fault] as const)))(
  'where %s goes wrong (%s)',
  (step, fault) => {
    it('nothing is lost and nothing is said twice once it goes well again', async () => {
      const it = await bench();
      it.faults.set(step, fault);
      await it.poll();
      expect(problemOf(it)).toEqual(expect.any(String));
      it.faults.clear();
      await it.tick(3);
      await it.poll();
      await it.tick(3);
      expect(await outcome(it)).toEqual(WHOLE);
    });

    it('nothing is lost and no second incident is opened where the process ends there', async () => {
      const it = await bench();
      it.faults.set(step, fault);
      await it.poll();
      await it.restart();
      await it.poll();
      await it.tick(3);
      expect(await outcome(it)).toEqual(WHOLE);
    });

    // An incident whose answer was lost is found again by the second try, so that nothing goes on failing.
    if (fault === 'answer lost') return;
    it('goes on failing without opening more, and says so all the while', async () => {
      const it = await bench();
      it.faults.set(step, fault);
      for (let i = 0; i < 10; i += 1) {
        await it.poll();
        await it.tick();
        expect(problemOf(it)).toEqual(expect.any(String));
      }
      it.faults.clear();
      await it.tick(3);
      await it.poll();
      await it.tick(3);
      expect(await outcome(it)).toEqual(WHOLE);
    });
  },
);

describe('any order of failures, recoveries and crashes', () => {
  it('ends with one incident, its alert linked, and the page on the screen', async () => {
    const act = fc.oneof(
      fc.record({
        kind: fc.constant('fail' as const),
        step: fc.constantFrom(...STEPS),
        fault: fc.constantFrom(...FAULTS),
      }),
      fc.constant({ kind: 'mend' as const }),
      fc.constant({ kind: 'poll' as const }),
      fc.constant({ kind: 'tick' as const }),
      fc.constant({ kind: 'crash' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
        const it = await pipelineBench();
        try {
          for (const one of acts) {
            if (one.kind === 'fail') it.faults.set(one.step, one.fault);
            else if (one.kind === 'mend') it.faults.clear();
            else if (one.kind === 'poll') await it.poll();
            else if (one.kind === 'tick') await it.tick();
            else await it.restart();
          }
          it.faults.clear();
          await it.tick(2);
          await it.poll();
          await it.tick(2);
          expect(await outcome(it)).toEqual(WHOLE);
          expect(await it.log.log.call.verifyTimeline(it.incidents.list()[0]?.id ?? '')).toBeNull();
        } finally {
          it.remove();
        }
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('acknowledging', () => {
  it('an incident quiets its alerts and stands on both', async () => {
    const it = await bench();
    await it.poll();
    const [incident] = it.incidents.list();
    await it.pipeline.people.acknowledgeIncident(incident?.id ?? '', 'ada');
    expect(it.incidents.list()[0]).toMatchObject({ acknowledgedBy: 'ada' });
    expect(it.alerts.list()[0]?.acknowledgement).toMatchObject({ by: 'ada' });
  });

  it('an alert of an open incident acknowledges the incident', async () => {
    const it = await bench();
    await it.poll();
    await it.pipeline.people.acknowledgeAlert(it.alerts.list()[0]?.id ?? '', 'ada');
    expect(it.incidents.list()[0]?.acknowledgedBy).toBe('ada');
  });

  it('what is not there, or over, says so by name', async () => {
    const it = await bench();
    await expect(it.pipeline.people.acknowledgeIncident('x', 'ada')).rejects.toMatchObject({
      code: 'incident-not-found',
    });
    await expect(it.pipeline.people.acknowledgeAlert('x', 'ada')).rejects.toMatchObject({
      code: 'alert-not-found',
    });
  });

  it('survives a restart', async () => {
    const it = await bench();
    await it.poll();
    await it.pipeline.people.acknowledgeIncident(it.incidents.list()[0]?.id ?? '', 'ada');
    await it.restart();
    expect(it.alerts.list()[0]?.acknowledgement).toMatchObject({ by: 'ada' });
    await it.tick(60);
    expect(it.desktop.shown).toHaveLength(1);
  });
});

describe('after a reload', () => {
  it('the alert of a rule that is gone closes, its incident stays, and every stage forgets what is gone', async () => {
    const it = await bench();
    it.workspace = {
      objectives: [{ id: 'gateway-availability' }] as never,
      detectors: [{ id: 'd1' }] as never,
    };
    await it.poll();
    await it.pipeline.retain();
    expect(it.retained).toEqual({ objectives: ['gateway-availability'], detectors: ['d1'] });
    expect(it.alerts.list()[0]?.phase).toBe('firing');
    it.workspace = {};
    it.findings = [];
    await it.pipeline.retain();
    expect(it.retained).toEqual({ objectives: [], detectors: [] });
    expect(it.alerts.list().filter((one) => one.phase === 'firing')).toEqual([]);
    expect(it.incidents.list()).toHaveLength(1);
    expect(it.pipeline.status('gateway-availability')).toBeUndefined();
  });
});

describe('an alert that resolves', () => {
  it('is told and does not close the incident by itself', async () => {
    const it = await bench();
    await it.poll();
    it.findings = [observationOf({ finding: FINDING.clear() })];
    for (let i = 0; i < 5; i += 1) await it.poll();
    expect(it.alerts.list()[0]?.phase).toBe('resolved');
    await it.tick(301);
    expect(it.incidents.list()[0]?.closedAt).toBeNull();
    expect([...it.desktop.onScreen.values()][0]).toMatchObject({ resolved: true });
  });

  it('while nothing can be stored is told once the store is well again', async () => {
    const it = await bench();
    await it.poll();
    it.findings = [observationOf({ finding: FINDING.clear() })];
    it.faults.set('saveAlerts', 'refused');
    for (let i = 0; i < 3; i += 1) await it.poll();
    expect([...it.desktop.onScreen.values()][0]).toMatchObject({ resolved: false });
    it.faults.clear();
    await it.poll();
    await it.tick(301);
    expect([...it.desktop.onScreen.values()][0]).toMatchObject({ resolved: true });
  });
});

describe('deliveries', () => {
  it('stand on the incident’s timeline, sent or not', async () => {
    const it = await bench();
    it.desktop.problem = 'the session is locked';
    await it.poll();
    it.desktop.problem = null;
    await it.tick(60);
    const timeline = await it.incidents.timeline(it.incidents.list()[0]?.id ?? '', 0);
    expect(
      timeline
        .filter((entry) => entry.kind === 'notification')
        .map((entry) => entry.title)
        .join(),
    ).toMatch(/Notified .* by desktop/);
  });
});

describe('changes of versions', () => {
  const BUILD_INFO = '{__name__=~"(.+_)?build_info"}';

  it('are published and stand on the timelines of open incidents, once', async () => {
    const it = await bench();
    it.target.set(BUILD_INFO, { service: 'ranking', version: 'v1' }, () => 1);
    await it.poll();
    it.target.remove(BUILD_INFO);
    it.target.set(BUILD_INFO, { service: 'ranking', version: '<b>v2</b>' }, () => 1);
    for (let i = 0; i < 12; i += 1) await it.poll();
    expect(it.published.changes).toEqual(['ranking v1 → <b>v2</b>']);
    const timeline = await it.incidents.timeline(it.incidents.list()[0]?.id ?? '', 0);
    expect(timeline.filter((entry) => entry.kind === 'change')).toHaveLength(1);
  });

  it('are looked for each five seconds and not at each poll', async () => {
    const it = await bench();
    for (let i = 0; i < 11; i += 1) await it.poll();
    expect(it.target.asked.filter((one) => one.query === BUILD_INFO)).toHaveLength(3);
  });
});
