import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Finding } from '../../../shared/model/observation.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import {
  FINDING,
  MemoryLog,
  NIGHT_AT,
  requestsOf,
  serviceOf,
  sourceOf,
  type Watch,
  watch,
} from '../../support/alerting.ts';

const RANKING = { service: 'ranking', ruleId: 'ranking-latency', priority: 'P1' } as const;

describe('from an observation to a request', () => {
  it('asks for a P0 to be said at once, to those of the default route, with its incident facts', async () => {
    const it = watch();
    const outcome = await it.see({ failingShare: 0.5 });
    expect(outcome.notifications).toHaveLength(1);
    expect(outcome.notifications[0]).toMatchObject({
      groupKey: 'service=gateway',
      receivers: ['on_call_engineer', 'backup_engineer', 'incident_commander'],
      page: {
        title: 'P0 gateway: availability burns',
        body: 'burn 20×',
        sound: true,
      },
    });
    expect(outcome.changes).toHaveLength(1);
    expect(outcome.changes[0]).toMatchObject({
      change: 'fired',
      previous: 'inactive',
      failingShare: 0.5,
      objectiveId: 'gateway-availability',
    });
  });

  it('answers with a verdict of each stage that is there, in order, and of no other', async () => {
    const it = watch();
    await it.see({});
    expect(it.one().verdicts.map((one) => one.stage)).toEqual([
      'validate',
      'deduplicate',
      'enrich',
      'state',
      'maintenance',
      'silence',
      'suppress',
      'wake',
      'flapping',
      'storm',
      'group',
      'rate-limit',
      'route',
      'notify',
    ]);
    expect(it.one().verdicts.every((one) => one.reason.length > 10)).toBe(true);
    expect(it.one().verdicts.find((one) => one.stage === 'route')?.definedAt).toBe('midwatch.yaml:20');
    const kept = await it.alerts.verdicts(it.one().id);
    expect(kept.map((one) => one.stage).sort()).toEqual(
      it
        .one()
        .verdicts.map((one) => one.stage)
        .sort(),
    );
  });

  it('stores before it answers', async () => {
    const log = new MemoryLog();
    const it = watch({ log });
    const { alerts, clock } = it;
    const outcome = await alerts.process([{ ...base(), at: clock.now() }], clock.now());
    const stored = await log.loadAlerts(0);
    expect(stored[0]).toMatchObject({ id: outcome.changes[0]?.alert.id, phase: 'firing' });
    expect(log.verdictRows.some((one) => one.stage === 'notify')).toBe(true);
  });

  it('keeps nothing of what is quiet, and does not write again while nothing changes', async () => {
    const log = new MemoryLog();
    const it = watch({ log });
    for (let n = 0; n < 20; n += 1) await it.see({ finding: FINDING.clear() });
    expect(it.alerts.list()).toEqual([]);
    expect(log.writes).toBe(0);
    await it.see({});
    await it.see({});
    const { writes } = log;
    for (let n = 0; n < 20; n += 1) await it.see({ finding: FINDING.holds(20 + n) });
    expect(log.writes).toBe(writes);
    expect(it.one().value).toBe(39);
  });

  it('goes on in memory while the disk is full, says so, and stores everything afterwards', async () => {
    const log = new MemoryLog();
    const it = watch({ log });
    log.fail = 'no space left on device';
    expect((await it.see({})).notifications).toHaveLength(1);
    expect(it.alerts.problem()).toContain('no space left on device');
    log.fail = null;
    await it.see({});
    expect(it.alerts.problem()).toBeNull();
    expect(await log.loadAlerts(0)).toHaveLength(1);
    expect(log.verdictRows.map((one) => one.stage)).toContain('route');
  });

  it('refuses an observation without labels and says why, once', async () => {
    const log = new MemoryLog();
    const it = watch({ log });
    for (let n = 0; n < 5; n += 1) await it.see({ labels: {} });
    expect(it.alerts.list()).toEqual([]);
    expect(log.verdictRows).toHaveLength(1);
    expect(log.verdictRows[0]).toMatchObject({ stage: 'validate', outcome: 'held' });
  });

  it('folds the same labels into one alert, of which the worst counts', async () => {
    const it = watch();
    const labels = { alertname: 'Same' };
    await it.see(
      { labels, ruleId: 'a', finding: FINDING.clear() },
      { labels, ruleId: 'b', finding: FINDING.holds() },
      { labels, ruleId: 'c', finding: FINDING.noData() },
    );
    expect(it.one()).toMatchObject({ phase: 'firing', ruleId: 'b' });
  });

  it('lets only its own rule end an alert', async () => {
    const it = watch();
    const labels = { alertname: 'Same' };
    await it.see({ labels, ruleId: 'b' });
    await it.see({ labels, ruleId: 'a', finding: FINDING.clear() });
    expect(it.one().phase).toBe('firing');
    await it.see(
      { labels, ruleId: 'b', finding: FINDING.clear() },
      { labels, ruleId: 'a', finding: FINDING.error() },
    );
    expect(it.one().phase).toBe('resolved');
  });
});

describe('an acknowledgement', () => {
  it('stops reminders until it is over, and is news for the incident', async () => {
    const it = watch({ routing: { repeat_interval: '10m' } });
    await it.see({ priority: 'P1' });
    await it.wait(30 * SECOND_MS);
    const taken = await it.alerts.acknowledge({ groupKey: 'service=gateway' }, 'Robin', it.clock.now());
    expect(taken).toMatchObject({ ok: true, value: { changes: [{ change: 'acknowledged' }] } });
    expect(it.one().acknowledgement).toMatchObject({ by: 'Robin', untilAt: it.clock.now() + 4 * HOUR_MS });
    expect(requestsOf(await it.wait(2 * HOUR_MS, MINUTE_MS))).toEqual([]);
    await it.see({ priority: 'P1', finding: FINDING.clear() });
    expect(it.one().acknowledgement).toBeNull();
  });

  it('breaks by itself after 30 min for a P0, with a silent reminder first', async () => {
    const it = watch();
    await it.see({});
    await it.alerts.acknowledge({ alertIds: [it.one().id] }, 'Robin', it.clock.now());
    expect(requestsOf(await it.wait(29 * MINUTE_MS, MINUTE_MS))).toEqual([]);
    const [reminder] = requestsOf(await it.wait(MINUTE_MS, MINUTE_MS));
    expect(reminder?.reason).toContain('The acknowledgement by Robin is broken: it is 30 m old');
    expect(reminder?.page.sound).toBe(false);
    expect(it.one().acknowledgement).toBeNull();
  });

  it('breaks with sound when twice as many fail as did once its windows were full', async () => {
    const it = watch();
    await it.see({ finding: FINDING.holds(20), failingShare: 0.1 });
    await it.alerts.acknowledge({ alertIds: [it.one().id] }, 'Robin', it.clock.now());
    await it.wait(5 * MINUTE_MS, MINUTE_MS);
    expect((await it.see({ finding: FINDING.holds(80), failingShare: 0.19 })).notifications).toEqual([]);
    const [again] = (await it.see({ finding: FINDING.holds(80), failingShare: 0.2 })).notifications;
    expect(again?.reason).toContain('20 % fail, it was 10 %');
    expect(again?.page.sound).toBe(true);
  });

  it('does not take windows that still fill with what was acknowledged for getting worse', async () => {
    const it = watch();
    await it.see({ finding: FINDING.holds(14), failingShare: 0.02 });
    await it.alerts.acknowledge({ alertIds: [it.one().id] }, 'Robin', it.clock.now());
    for (const failingShare of [0.05, 0.2, 0.5]) {
      await it.wait(MINUTE_MS);
      const outcome = await it.see({ finding: FINDING.holds(1_000 * failingShare), failingShare });
      expect(outcome.notifications).toEqual([]);
    }
    await it.wait(5 * MINUTE_MS, MINUTE_MS);
    expect((await it.see({ finding: FINDING.holds(900), failingShare: 0.6 })).notifications).toEqual([]);
    expect(it.one().acknowledgement?.by).toBe('Robin');
  });

  it('breaks when the priority is raised', async () => {
    const it = watch();
    await it.see({ priority: 'P1' });
    await it.wait(MINUTE_MS);
    await it.alerts.acknowledge({ alertIds: [it.one().id] }, 'Robin', it.clock.now());
    const outcome = await it.see({ priority: 'P0' });
    expect(outcome.changes.map((one) => one.change)).toEqual(['priority-raised']);
    expect(outcome.notifications).toHaveLength(1);
    expect(it.one().acknowledgement).toBeNull();
  });

  it('is refused where nothing fires', async () => {
    const it = watch();
    expect(await it.alerts.acknowledge({ alertIds: ['nothing'] }, 'Robin', 1)).toMatchObject({ ok: false });
  });
});

describe('a source that does not answer', () => {
  const blinds = ['gateway-availability', 'gateway-latency', 'ranking-latency'];
  const blindAt = (it: Watch) =>
    sourceOf('prom', {
      condition: 'unreachable',
      lastOkAt: it.clock.now(),
      blinds,
      problem: 'Connection refused.',
    });

  it('is one alert however many objectives it blinds, a P0 where a tier-1 service is among them', async () => {
    const it = watch();
    it.serviceOfRule = { 'gateway-availability': 'gateway', 'ranking-latency': 'ranking' };
    it.sources = [blindAt(it)];
    const silent = blinds.map((ruleId) => ({ ruleId, finding: FINDING.noData() }));
    for (let n = 0; n < 10; n += 1) await it.see(...silent);
    const alerting = it.alerts.list();
    expect(alerting).toHaveLength(1);
    expect(alerting[0]).toMatchObject({ kind: 'source', phase: 'firing', priority: 'P0' });
    expect(alerting[0]?.reason).toContain('3 objectives and rules are blind, a tier-1 service among them');
  });

  it('alerts only after two polls and five seconds, as P1 otherwise, and ends when it answers', async () => {
    const it = watch();
    it.sources = [blindAt(it)];
    await it.wait(4_000);
    expect(it.alerts.list()).toEqual([]);
    await it.wait(1_000);
    expect(it.one()).toMatchObject({ phase: 'firing', priority: 'P1' });
    it.sources = [sourceOf('prom')];
    await it.wait(1_000);
    expect(it.one().phase).toBe('resolved');
  });

  it('leaves a firing objective firing', async () => {
    const it = watch();
    await it.see({});
    it.sources = [blindAt(it)];
    for (let n = 0; n < 10; n += 1) await it.see({ finding: FINDING.noData() });
    const burning = it.alerts.list().find((one) => one.kind === 'burn');
    expect(burning?.phase).toBe('firing');
  });
});

describe('what becomes of a notification', () => {
  const deliveryOf = (it: Watch, change: Partial<Delivery> = {}): Delivery => ({
    id: 'd',
    receiver: 'on_call_engineer',
    kind: 'desktop',
    page: {
      title: 't',
      body: 'b',
      priority: 'P0',
      incidentId: null,
      groupKey: it.one().groupKey,
      sound: true,
      resolved: false,
    },
    alertIds: [it.one().id],
    createdAt: 0,
    expiresAt: 1,
    attempts: 1,
    nextTryAt: null,
    state: 'sent',
    sentAt: 1,
    reason: 'why',
    problem: null,
    ...change,
  });

  it('is the verdict of the last stage', async () => {
    const it = watch();
    await it.see({});
    await it.alerts.noteDelivery(deliveryOf(it), it.clock.now());
    expect(it.one().verdicts.at(-1)).toMatchObject({
      outcome: 'sent',
      reason: 'Sent by desktop for on_call_engineer.',
    });
    await it.alerts.noteDelivery(
      deliveryOf(it, { state: 'failed', problem: 'no session bus' }),
      it.clock.now(),
    );
    const [last] = await it.alerts.verdicts(it.one().id);
    expect(last).toMatchObject({ stage: 'notify', outcome: 'failed' });
    expect(last?.reason).toContain('no session bus');
  });

  it('depends, where it comes late, on whether it is still true', async () => {
    const it = watch();
    await it.see({});
    const page = deliveryOf(it);
    const over = deliveryOf(it, { page: { ...page.page, resolved: true } });
    expect(it.alerts.whyUntrue(page)).toBeNull();
    expect(it.alerts.whyUntrue(over)).toBe('it fires again');
    await it.alerts.acknowledge({ alertIds: page.alertIds }, 'Robin', it.clock.now());
    expect(it.alerts.whyUntrue(page)).toBe('it was acknowledged by Robin');
    await it.see({ finding: FINDING.clear() });
    expect(it.alerts.whyUntrue(page)).toBe('all its alerts are over');
    expect(it.alerts.whyUntrue(over)).toBeNull();
    expect(it.alerts.whyUntrue(deliveryOf(it, { alertIds: [] }))).toBeNull();
  });
});

describe('a reload', () => {
  it('closes alerts of rules and sources that are gone as rule removed, and keeps the others', async () => {
    const it = watch();
    it.sources = [sourceOf('prom', { condition: 'unreachable', lastOkAt: 0 })];
    await it.see({}, RANKING);
    it.sources = [];
    const outcome = await it.alerts.retainRules(new Set(['ranking-latency']), it.clock.now());
    expect(outcome.changes.map((one) => [one.change, one.alert.ruleId]).sort()).toEqual([
      ['resolved', 'gateway-availability'],
      ['resolved', 'source:prom'],
    ]);
    expect(outcome.changes.every((one) => one.alert.reason.startsWith('Rule removed'))).toBe(true);
    expect(it.alerts.list().find((one) => one.ruleId === 'ranking-latency')?.phase).toBe('firing');
  });
});

describe('a restart', () => {
  it('goes on with `for` where it was', async () => {
    const it = watch();
    const slow = { forMs: 10 * SECOND_MS };
    for (let n = 0; n < 6; n += 1) await it.see(slow);
    await it.restart();
    expect(it.one()).toMatchObject({ phase: 'pending' });
    for (let n = 0; n < 4; n += 1) await it.see(slow);
    expect(it.one().phase).toBe('pending');
    await it.see(slow);
    expect(it.one().phase).toBe('firing');
  });

  it('keeps acknowledgements and the incident, and does not say again what was said', async () => {
    const it = watch();
    await it.see({});
    await it.alerts.acknowledge({ groupKey: 'service=gateway' }, 'Robin', it.clock.now());
    await it.alerts.linkIncidents([{ alertId: it.one().id, incidentId: 'incident-1' }]);
    await it.alerts.settle({ changes: [], notifications: [], updated: [] });
    const before = it.one();
    await it.restart();
    expect(it.one().acknowledgement).toEqual(before.acknowledgement);
    expect(it.one().incidentId).toBe('incident-1');
    expect((await it.see({})).notifications).toEqual([]);
  });

  it('tells systems that page on their own of an acknowledgement that was stored and not handed over', async () => {
    const it = watch();
    await it.see({});
    const taken = await it.alerts.acknowledge({ groupKey: 'service=gateway' }, 'Robin', it.clock.now());
    if (!taken.ok) throw new Error(taken.error);
    const again = await it.restart();
    expect(again.notifications).toEqual(taken.value.notifications);
    expect(again.notifications).toMatchObject([{ page: { acknowledgedBy: 'Robin' } }]);
    // Handed over, it is told once.
    await it.alerts.settle(again);
    expect((await it.restart()).notifications).toEqual([]);
  });

  it('does not tell of an acknowledgement that ended with its alert meanwhile', async () => {
    const it = watch();
    await it.see({});
    await it.alerts.acknowledge({ groupKey: 'service=gateway' }, 'Robin', it.clock.now());
    await it.see({ finding: FINDING.clear() });
    expect((await it.restart()).notifications).toEqual([]);
  });

  it('says again what was decided and not taken over before the crash', async () => {
    const it = watch();
    const { alerts, clock } = it;
    const lost = await alerts.process([{ ...base(), at: clock.now() }], clock.now());
    const again = await it.restart();
    expect(again.changes.map((one) => [one.change, one.alert.id])).toEqual(
      lost.changes.map((one) => [one.change, one.alert.id]),
    );
    const [page] = requestsOf(await it.wait(1_000));
    expect(page?.reason).toContain('Midwatch stopped before the notification was queued');
    expect(requestsOf(await it.wait(10_000))).toEqual([]);
  });
});

describe('any run with restarts at any points', () => {
  const finding = fc.constantFrom('holds', 'heldBack', 'between', 'clear', 'noData', 'error', 'blind');
  const action = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant('see' as const), gateway: finding, ranking: finding }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(3, 40, 310) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'acknowledge' as const }) },
  );
  type Action =
    | { kind: 'see'; gateway: keyof typeof FINDING; ranking: keyof typeof FINDING }
    | { kind: 'wait'; seconds: number }
    | { kind: 'acknowledge' };

  const perform = async (it: Watch, one: Action) => {
    if (one.kind === 'wait') return requestsOf(await it.wait(one.seconds * SECOND_MS));
    if (one.kind === 'acknowledge') {
      const taken = await it.alerts.acknowledge({ groupKey: 'service=gateway' }, 'Robin', it.clock.now());
      if (taken.ok) await it.alerts.settle(taken.value);
      return [];
    }
    const outcome = await it.see(
      { finding: FINDING[one.gateway](), forMs: 2 * SECOND_MS, keepFiringForMs: 2 * SECOND_MS },
      { ...RANKING, finding: FINDING[one.ranking]() },
    );
    return outcome.notifications;
  };
  const state = (it: Watch) =>
    it.alerts
      .list()
      .filter((one) => one.phase !== 'inactive')
      .map(
        ({ id, phase, priority, activeSinceAt, firedAt, resolvedAt, acknowledgement, receivers }: Alert) => ({
          id,
          phase,
          priority,
          activeSinceAt,
          firedAt,
          resolvedAt,
          acknowledgement,
          receivers,
        }),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  it('decides and says the same as the run without them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(action, fc.boolean()), { maxLength: 25 }), async (steps) => {
        const whole = watch();
        const broken = watch();
        for (const [one, restarts] of steps) {
          const said = await perform(whole, one as Action);
          expect(await perform(broken, one as Action)).toEqual(said);
          if (restarts) await broken.restart();
          expect(state(broken)).toEqual(state(whole));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('loses no alert: what fires stays firing until it is clear, and was said or waits to be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(action, fc.boolean()), { maxLength: 25 }), async (steps) => {
        const it = watch();
        const firing = new Set<string>();
        for (const [one, restarts] of steps) {
          await perform(it, one as Action);
          if (restarts) await it.restart();
          const now = new Map(it.alerts.list().map((alert) => [alert.ruleId, alert.phase]));
          for (const ruleId of firing) {
            if (now.get(ruleId) === 'firing') continue;
            const seen: Finding['kind'] | 'wait' =
              one.kind === 'see'
                ? FINDING[ruleId === 'ranking-latency' ? one.ranking : one.gateway]().kind
                : 'wait';
            expect(seen).toBe('clear');
            firing.delete(ruleId);
          }
          for (const [ruleId, phase] of now) if (phase === 'firing') firing.add(ruleId);
        }
        await it.wait(6 * MINUTE_MS, 10 * SECOND_MS);
        for (const alert of it.alerts.list())
          if (alert.phase === 'firing')
            expect(alert.memory?.notifiedAt ?? alert.acknowledgement?.at).toBeTypeOf('number');
      }),
      { numRuns: 100 },
    );
  });
});

describe('a P1 out of business hours', () => {
  it('goes to the one on call without sound, and in hours to the team', async () => {
    const night = watch({ startAt: NIGHT_AT });
    night.services = [serviceOf('ranking')];
    await night.see(RANKING);
    const [page] = requestsOf(await night.wait(31 * SECOND_MS));
    expect(page?.receivers).toEqual(['on_call_engineer']);
    expect(page?.page.sound).toBe(false);
    expect(page?.reason).toContain('P1 out of business hours → on_call_engineer');
    const day = watch();
    await day.see(RANKING);
    const [byDay] = requestsOf(await day.wait(31 * SECOND_MS));
    expect(byDay?.receivers).toEqual(['primary_team', 'team_lead']);
    expect(byDay?.page.sound).toBe(true);
  });
});

function base() {
  return {
    ruleId: 'gateway-availability',
    kind: 'burn',
    labels: { alertname: 'ObjectiveBurns' },
    service: 'gateway',
    priority: 'P0',
    title: 'availability burns',
    definedAt: 'slos/gateway.yaml:14',
    finding: FINDING.holds(),
    forMs: 0,
    keepFiringForMs: 0,
    onNoData: 'alert',
    onError: 'alert',
    failingShare: null,
    objectiveId: null,
  } as const;
}
