import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../../shared/error/coded.ts';
import { NOW } from '../../support/incident.ts';
import { fired, type IncidentBench, incidentBench } from '../../support/incidents.ts';
import { withCalls } from '../../support/log.ts';

let bench: IncidentBench;
beforeEach(async () => {
  bench = await incidentBench();
});
afterEach(() => bench.remove());

const only = () => {
  const [incident, ...more] = bench.incidents.list();
  expect(more).toEqual([]);
  if (!incident) throw new Error('no incident was opened');
  return incident;
};
const titles = async (id = only().id) => (await bench.incidents.timeline(id, 0)).map((entry) => entry.title);

describe('an alert that fires', () => {
  it('opens an incident with title, arithmetic, deadlines, playbook, entries and evidence, all at once', async () => {
    const [placement] = await bench.incidents.handleAlerts([fired()]);
    const incident = only();
    expect(placement).toMatchObject({ alertId: 'alert-1', incidentId: incident.id, opened: true });
    expect(incident).toMatchObject({
      name: 'INC-0001',
      title: 'gateway-availability burns at 35.7×: 5 of 140 requests failed',
      phase: 'detected',
      severity: 'SEV-2',
      startedAt: NOW - 60_000,
      respondByAt: NOW + 30 * 60_000,
      playbookId: 'model-degraded',
      evidenceCount: 2,
    });
    const [opened] = await bench.incidents.timeline(incident.id, 0);
    expect(opened?.detail).toContain('3.3 % of requests fail, under 50 %; P0 → SEV-2');
    expect(opened?.detail).toContain('30 m to respond spends 74 % of a 99.9 % budget');
    expect(await titles()).toEqual([
      'P0 incident opened, SEV-2',
      'P0 gateway-availability burns fired',
      'Evidence: 2 charts kept',
    ]);
    expect(bench.heard).toEqual([incident]);
  });

  it('opens none for a P3, SEV-3 for a P2, and SEV-1 with its three immediate actions for an outage', async () => {
    const [p3] = await bench.incidents.handleAlerts([fired({ priority: 'P3' })]);
    expect(p3).toMatchObject({ incidentId: null, reason: 'P3 opens no incident' });
    await bench.incidents.handleAlerts([
      fired({ id: 'b', priority: 'P2', service: 'batch', groupKey: 'batch' }),
    ]);
    expect(only().severity).toBe('SEV-3');
    await bench.incidents.handleAlerts([
      fired({ id: 'n', service: 'new', groupKey: 'new' }, { failingShare: 0.9 }),
    ]);
    const [outage] = bench.incidents.list().filter((incident) => incident.service === 'new');
    expect(outage?.severity).toBe('SEV-1');
    expect((await titles(outage?.id)).filter((title) => title.startsWith('Immediate action'))).toHaveLength(
      3,
    );
  });

  it('shares the incident with alerts of its group and, just after its opening, of services connected either way', async () => {
    const batch = [
      fired(),
      fired({ id: 'a2', ruleId: 'gateway-latency' }),
      fired({ id: 'a3', service: 'ranking', groupKey: 'service=ranking' }),
    ];
    const placements = await bench.incidents.handleAlerts(batch);
    expect(placements.map((one) => one.opened)).toEqual([true, false, false]);
    expect(only().services).toEqual(['gateway', 'ranking']);
    await bench.clock.advance(4 * 60_000);
    const at = bench.clock.now();
    await bench.incidents.handleAlerts([fired({ id: 'a4', service: 'features', groupKey: 'f' }, { at })]);
    expect(only().alertIds).toEqual(['alert-1', 'a2', 'a3', 'a4']);
    expect(await titles()).toContain('P0 gateway-availability burns fired');
  });

  it('opens one of its own when it is unconnected, or connected but later than the group interval', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'b', service: 'batch', groupKey: 'batch' })]);
    expect(bench.incidents.list()).toHaveLength(2);
    const late = { at: NOW + 301_000 };
    await bench.incidents.handleAlerts([fired({ id: 'r', service: 'ranking', groupKey: 'ranking' }, late)]);
    expect(bench.incidents.list()).toHaveLength(3);
    await bench.incidents.handleAlerts([fired({ id: 'a9' }, late)]);
    expect(bench.incidents.list()).toHaveLength(3);
  });

  it('is not opened twice after a crash between opening the incident and saving the alert, nor told twice', async () => {
    await bench.incidents.handleAlerts([fired()]);
    const before = only();
    await bench.restart();
    await bench.clock.advance(60_000);
    const [again] = await bench.incidents.handleAlerts([fired({}, { at: NOW + 60_000 })]);
    expect(again).toMatchObject({ incidentId: before.id, opened: false });
    expect(only()).toEqual(before);
  });

  it('raises a severity that nobody has confirmed, and never lowers or overrides one', async () => {
    await bench.incidents.handleAlerts([fired({ service: 'new', groupKey: 'g' })]);
    await bench.incidents.handleAlerts([
      fired({ id: 'a2', service: 'new', groupKey: 'g' }, { failingShare: 0.7 }),
    ]);
    expect(only()).toMatchObject({ severity: 'SEV-1', respondByAt: NOW + 15 * 60_000 });
    expect(await titles()).toContain('SEV-2 → SEV-1 suggested and taken');
    await bench.incidents.changeSeverity(only().id, 'SEV-3', 'you', 'a canary', only().revision);
    await bench.incidents.handleAlerts([
      fired({ id: 'a3', service: 'new', groupKey: 'g' }, { failingShare: 0.9 }),
    ]);
    expect(only().severity).toBe('SEV-3');
  });

  it('is an error while the store refuses, holds up no other alert, and may be told again as a whole', async () => {
    let broken = true;
    const log = withCalls(bench.test.log, (call) => ({
      openIncident: async (draft, ...rest) => {
        if (broken && draft.service === 'gateway')
          throw new CodedError('store-failed', 'The disk is full.', { retryable: true });
        return call.openIncident(draft, ...rest);
      },
    }));
    const full = await incidentBench({ log });
    const batch = [fired(), fired({ id: 'b', service: 'batch', groupKey: 'batch' })];
    await expect(full.incidents.handleAlerts(batch)).rejects.toMatchObject({ code: 'store-failed' });
    expect(full.incidents.list().map((incident) => incident.service)).toEqual(['batch']);
    broken = false;
    const placements = await full.incidents.handleAlerts(batch);
    expect(placements.map((placement) => placement.opened)).toEqual([true, false]);
    expect(full.incidents.list().map((incident) => incident.timelineSeq)).toEqual([3, 3]);
    full.remove();
  });
});

describe('later news of its alerts', () => {
  it('is on the timeline once, and the last resolution sets when it was resolved', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'a2' })]);
    const resolved = (id: string, at: number) =>
      fired(
        { id, phase: 'resolved', reason: '0 of 90 failed', resolvedAt: at },
        { change: 'resolved', previous: 'firing', at },
      );
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 1000)]);
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 1000)]);
    expect(only().resolvedAt).toBeNull();
    await bench.incidents.handleAlerts([resolved('a2', NOW + 2000)]);
    expect(only()).toMatchObject({ resolvedAt: NOW + 2000, phase: 'detected' });
    expect((await titles()).filter((title) => title.endsWith('resolved'))).toHaveLength(2);
  });

  it('recovers an incident without objectives, whose alerts are all there is', async () => {
    const detector = { kind: 'detector' as const, ruleId: 'queue' };
    await bench.incidents.handleAlerts([fired(detector, { objectiveId: null, failingShare: null })]);
    await bench.incidents.handleAlerts([
      fired(detector, { objectiveId: null, change: 'resolved', at: NOW + 5000 }),
    ]);
    expect(only()).toMatchObject({ phase: 'recovering', recoveredAt: NOW + 5000 });
  });

  it('acknowledges the incident with its alerts as one piece of news, and says that data went missing', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'a2' })]);
    const acknowledged = (id: string, at: number) =>
      fired({ id, acknowledgement: { by: 'you', at, untilAt: null } }, { change: 'acknowledged', at });
    const noData = fired({ reason: 'no data for 30 s' }, { change: 'no-data', at: NOW + 10 });
    await bench.incidents.handleAlerts([
      acknowledged('alert-1', NOW + 9),
      acknowledged('a2', NOW + 9),
      noData,
    ]);
    expect(only()).toMatchObject({ acknowledgedBy: 'you', acknowledgedAt: NOW + 9, phase: 'responding' });
    expect((await titles()).slice(-2)).toEqual(['Acknowledged', 'P0 gateway-availability burns has no data']);
    await bench.incidents.handleAlerts([acknowledged('alert-1', NOW + 99)]);
    expect((await titles()).at(-1)).toBe('P0 gateway-availability burns acknowledged');
  });
});

describe('what people do', () => {
  beforeEach(() => bench.incidents.handleAlerts([fired()]));

  it('acknowledges once, also across a restart', async () => {
    await bench.clock.advance(4 * 60_000 + 19_000);
    const once = await bench.incidents.acknowledge(only().id, 'you');
    await bench.restart();
    expect(await bench.incidents.acknowledge(once.id, 'ops')).toEqual(once);
    const timeline = await bench.incidents.timeline(once.id, 0);
    expect(timeline.at(-1)?.detail).toBe('you acknowledged after 4 m 19 s; detected → responding');
  });

  it('refuses a change made for another revision, with the revision to read again', async () => {
    const { id, revision } = only();
    await bench.incidents.addNote(id, 'ops', 'looking');
    await expect(bench.incidents.changePhase(id, 'responding', 'you', '', revision)).rejects.toMatchObject({
      code: 'stale-revision',
      details: { revision: revision + 1 },
    });
    expect((await bench.incidents.changePhase(id, 'responding', 'you', '', revision + 1)).phase).toBe(
      'responding',
    );
  });

  it('keeps a note as it was written, a step once, and an unknown incident is an error', async () => {
    const { id } = only();
    await bench.incidents.addNote(id, 'you', '<img src=x onerror=alert(1)>');
    const step = { at: NOW, kind: 'step' as const, actor: 'you', title: 'Roll back', detail: '200' };
    await bench.incidents.append(id, step);
    await bench.incidents.append(id, step);
    expect((await bench.incidents.timeline(id, 3)).map((entry) => entry.detail)).toEqual([
      '<img src=x onerror=alert(1)>',
      '200',
    ]);
    await expect(bench.incidents.append('nobody', step)).rejects.toMatchObject({
      code: 'incident-not-found',
    });
  });

  it('confirms a severity, changes it with its deadlines, and opens by hand', async () => {
    const { id } = only();
    await bench.incidents.changeSeverity(id, 'SEV-2', 'you', '', null);
    const raised = await bench.incidents.changeSeverity(id, 'SEV-1', 'you', 'all users', null);
    expect(raised).toMatchObject({
      severity: 'SEV-1',
      resolveByAt: NOW + 3_600_000,
      severityConfirmedAt: NOW,
    });
    expect(await titles()).toEqual(expect.arrayContaining(['SEV-2 confirmed', 'SEV-2 → SEV-1']));
    const byHand = await bench.incidents.openByHand({
      title: 'Support calls\n',
      service: 'batch',
      severity: 'SEV-3',
      by: 'you',
    });
    expect(byHand).toMatchObject({
      name: 'INC-0002',
      title: 'Support calls',
      phase: 'triage',
      severityConfirmedAt: NOW,
    });
  });

  it('closes from the postmortem, or earlier with a reason; then an alert of the group opens the next', async () => {
    const { id } = only();
    await expect(bench.incidents.close(id, 'you', '', null)).rejects.toMatchObject({ code: 'reason-needed' });
    expect(await bench.incidents.close(id, 'you', 'a test', null)).toMatchObject({
      phase: 'closed',
      closedAt: NOW,
    });
    await bench.incidents.handleAlerts([fired({ id: 'a7' })]);
    expect(
      bench.incidents
        .list()
        .map((incident) => incident.name)
        .sort(),
    ).toEqual(['INC-0001', 'INC-0002']);
    await expect(bench.incidents.changePhase(id, 'responding', 'you', 'again', null)).rejects.toMatchObject({
      code: 'incident-already-open',
    });
  });
});

describe('a store whose thread dies after the commit', () => {
  it('does not make the change twice, because the log is read before it is repeated', async () => {
    await bench.incidents.handleAlerts([fired()]);
    let lost = 1;
    const log = withCalls(bench.test.log, (call) => ({
      updateIncident: async (...args) => {
        const answer = await call.updateIncident(...args);
        lost -= 1;
        if (lost >= 0) throw new CodedError('worker-died', 'The log worker died.', { retryable: true });
        return answer;
      },
    }));
    const shaky = await incidentBench({ log, clock: { ...immediate, now: () => NOW } });
    const [incident] = shaky.incidents.list();
    const noted = await shaky.incidents.addNote(incident?.id ?? '', 'you', 'once');
    expect(noted.revision).toBe(2);
    expect((await shaky.incidents.timeline(noted.id, 3)).map((entry) => entry.detail)).toEqual(['once']);
    shaky.remove();
  });
});

const immediate = {
  monotonic: () => 0,
  setTimeout: (task: () => void | Promise<void>) => {
    queueMicrotask(() => void task());
    return () => undefined;
  },
};
