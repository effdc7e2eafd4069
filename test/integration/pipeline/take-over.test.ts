import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAlerts } from '../../../main/alert/index.ts';
import { createIncidents } from '../../../main/incident/index.ts';
import { createNotifier } from '../../../main/notify/index.ts';
import { createTakeOver } from '../../../main/pipeline/take-over.ts';
import { countingIds, silentLogger, VirtualClock, type WorkerHandle } from '../../../main/platform/index.ts';
import type { LogApi } from '../../../main/store/index.ts';
import { RoutingConfig } from '../../../shared/config/routing.ts';
import { ok } from '../../../shared/error/result.ts';
import { FINDING, observationOf, serviceOf, WORKDAY_AT } from '../../support/alerting.ts';
import { openTestLog, type TestLog, withCalls } from '../../support/log.ts';
import { Desktop, settled } from '../../support/notifying.ts';

const WRITES = ['saveAlerts', 'openIncident', 'updateIncident', 'saveDeliveries', 'addEvidence'] as const;

/** The real log; after so many writes nobody is there any more. `after`: the last one was still committed. */
function dyingLog(test: TestLog, writes: number, when: 'before' | 'after'): WorkerHandle<LogApi> {
  let left = writes;
  return withCalls(test.log, (call) =>
    Object.fromEntries(
      WRITES.map((name) => [
        name,
        async (...args: never[]) => {
          if (left <= 0 || (left === 1 && when === 'before')) {
            left = 0;
            throw new Error('killed');
          }
          left -= 1;
          const answer = await (call[name] as (...all: never[]) => Promise<unknown>)(...args);
          if (left === 0) throw new Error('killed');
          return answer;
        },
      ]),
    ),
  );
}

/** Alerts, incidents and the notifier over one log, joined as the product joins them. */
function chain(log: WorkerHandle<LogApi>, clock: VirtualClock, ids: ReturnType<typeof countingIds>) {
  const desktop = new Desktop();
  const routing = RoutingConfig.parse({});
  const logger = silentLogger();
  const alerts = createAlerts({
    clock,
    log: log.call,
    logger,
    services: () => [serviceOf('gateway', 1)],
    sources: () => [],
    serviceOfRule: () => 'gateway',
    pollEveryMs: () => 1_000,
    routing: () => routing,
    routingDefinedAt: 'midwatch.yaml:1',
    inBusinessHours: () => true,
    silences: () => [],
    windows: () => [],
    wakeOf: () => null,
  });
  const incidents = createIncidents({
    clock,
    ids,
    log,
    logger,
    services: () => [serviceOf('gateway', 1)],
    objective: () => undefined,
    target: () => undefined,
    playbookFor: () => null,
    onChange: () => undefined,
  });
  const notifier = createNotifier({
    alerts: () => [],
    environment: {},
    clock,
    log: log.call,
    logger,
    ids,
    random: () => 1,
    routing: () => routing,
    host: () => desktop,
    browser: () => null,
    secret: async () => ok(''),
    stillTrue: (delivery) => alerts.whyUntrue(delivery),
  });
  const takeOver = createTakeOver({
    alerts,
    incidents,
    notifier,
    logger,
    outlook: () => null,
    publish: () => undefined,
  });
  const see = async (finding = FINDING.holds()) => {
    await clock.advance(1_000);
    const seen = observationOf({ at: clock.now(), finding });
    await takeOver.add(await alerts.process([seen], clock.now()));
    await takeOver.retry();
    await settled(notifier);
  };
  return { alerts, incidents, notifier, takeOver, desktop, see };
}

async function started(log: WorkerHandle<LogApi>, clock: VirtualClock, ids: ReturnType<typeof countingIds>) {
  const one = chain(log, clock, ids);
  await one.incidents.load();
  await one.takeOver.add(await one.alerts.load());
  await one.notifier.start();
  await settled(one.notifier);
  return one;
}

let test: TestLog;
beforeEach(() => {
  test = openTestLog();
});
afterEach(() => test.remove());

const BOUNDARIES = Array.from({ length: 8 }, (_, i) => i + 1).flatMap((writes) => [
  { writes, when: 'before' as const },
  { writes, when: 'after' as const },
]);

describe('a page whose process ends', () => {
  it.each(BOUNDARIES)(
    '$when write $writes opens one incident, is said at least once, and stands on the screen once',
    async ({ writes, when }) => {
      const clock = new VirtualClock(WORKDAY_AT);
      const ids = countingIds('id');
      const dying = await started(dyingLog(test, writes, when), clock, ids);
      await dying.see().catch(() => undefined);
      await dying.notifier.stop();
      test = test.reopen();
      const again = await started(test.log, clock, ids);
      for (let i = 0; i < 3; i += 1) await again.see();
      const stored = await test.log.call.loadIncidents();
      expect(stored).toHaveLength(1);
      expect(again.incidents.list()).toHaveLength(1);
      const [incident] = stored;
      expect(incident?.alertIds).toHaveLength(1);
      expect(await test.log.call.verifyTimeline(incident?.id ?? '')).toBeNull();
      const timeline = await test.log.call.timeline(incident?.id ?? '', 0);
      expect(timeline.filter((entry) => entry.kind === 'opened')).toHaveLength(1);
      expect(timeline.filter((entry) => entry.title.endsWith('fired'))).toHaveLength(1);
      const pages = [...dying.desktop.shown, ...again.desktop.shown].filter((page) => !page.resolved);
      expect(pages.length).toBeGreaterThanOrEqual(1);
      // At worst: shown and not yet noted so, shown again from the outbox, and said again by its alert.
      expect(pages.length).toBeLessThanOrEqual(3);
      expect(again.desktop.onScreen.size).toBeLessThanOrEqual(1);
      expect(again.alerts.list()[0]?.incidentId).toBe(incident?.id);
      expect(again.takeOver.problem()).toBeNull();
      await again.see(FINDING.clear());
      expect((await test.log.call.loadIncidents())[0]?.resolvedAt).not.toBeNull();
    },
  );

  it('does not come again after restarts in which nothing happened', async () => {
    const clock = new VirtualClock(WORKDAY_AT);
    const ids = countingIds('id');
    const first = await started(test.log, clock, ids);
    await first.see();
    expect(first.desktop.shown).toHaveLength(1);
    for (let i = 0; i < 4; i += 1) {
      test = test.reopen();
      const again = await started(test.log, clock, ids);
      await again.see();
      expect(again.desktop.shown).toEqual([]);
      expect(again.incidents.list()).toHaveLength(1);
      await again.notifier.stop();
    }
  });

  it('is said while the disk refuses incidents, as soon as it takes them, with its incident', async () => {
    const clock = new VirtualClock(WORKDAY_AT);
    let full = true;
    const log = withCalls(test.log, (call) => ({
      openIncident: async (...args) => {
        if (full) throw new Error('disk is full');
        return call.openIncident(...args);
      },
    }));
    const one = await started(log, clock, countingIds('id'));
    await one.see();
    expect(one.takeOver.problem()).toContain('disk is full');
    full = false;
    await one.see();
    expect(one.takeOver.problem()).toBeNull();
    expect(one.desktop.shown.map((page) => page.incidentId)).toEqual([one.incidents.list()[0]?.id]);
  });
});
