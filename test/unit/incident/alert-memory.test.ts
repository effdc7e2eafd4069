import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../shared/unit/time.ts';
import { NOW, objectiveStatus } from '../../support/incident.ts';
import { fired, type IncidentBench, incidentBench } from '../../support/incidents.ts';

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
const titles = async () => (await bench.incidents.timeline(only().id, 0)).map((entry) => entry.title);
const save = (change: Parameters<typeof fired>[0]) =>
  bench.test.log.call.saveAlerts([fired(change).alert], []);
const resolved = (id: string, at: number) =>
  fired({ id, phase: 'resolved', resolvedAt: at }, { change: 'resolved', previous: 'firing', at });
const noData = (id: string, at: number) =>
  fired(
    { id, phase: 'no_data', reason: 'no data for 30 s' },
    { change: 'no-data', previous: 'inactive', at },
  );

describe('an alert that was over before a restart', () => {
  it.each([
    ['resolved', 'resolved' as const],
    ['already pending again', 'pending' as const],
    ['pending once and then quiet', 'inactive' as const],
  ])('and is %s then breaks a recovery when it fires again', async (_name, phase) => {
    await bench.incidents.handleAlerts([fired()]);
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 1_000)]);
    for (let i = 1; i <= 3; i += 1)
      await bench.incidents.onPoll(
        objectiveStatus({ evaluatedAt: NOW + i * 1_000, pollErrorRate: 0, state: 'ok' }),
      );
    expect(only()).toMatchObject({ phase: 'recovering', resolvedAt: NOW + 1_000 });
    await save({ phase, resolvedAt: NOW + 1_000 });
    await bench.restart();
    await bench.incidents.handleAlerts([fired({ reason: '90 of 90 failed' }, { at: NOW + 60_000 })]);
    expect(only()).toMatchObject({ phase: 'mitigating', recoveredAt: null, resolvedAt: null });
    expect((await titles()).filter((title) => title.endsWith('fired'))).toHaveLength(2);
    expect((await titles()).at(-1)).toBe('Relapse: recovering → mitigating');
  });

  it('still counts as over for the last one that resolves', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'a2' })]);
    await bench.incidents.handleAlerts([resolved('a2', NOW + 500)]);
    await save({ id: 'a2', phase: 'inactive', resolvedAt: NOW + 500 });
    await save({ id: 'alert-1', phase: 'firing' });
    await bench.restart();
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 9_000)]);
    expect(only().resolvedAt).toBe(NOW + 9_000);
  });

  it('is still known though the incident has been open for two months', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'a2' })]);
    await bench.incidents.handleAlerts([resolved('a2', NOW + 500)]);
    await save({ id: 'a2', phase: 'resolved', resolvedAt: NOW + 500 });
    await bench.clock.advance(60 * DAY_MS);
    await bench.restart();
    const at = bench.clock.now();
    await bench.incidents.handleAlerts([fired({ id: 'a2', reason: 'again' }, { at })]);
    expect((await titles()).filter((title) => title.endsWith('fired'))).toHaveLength(3);
  });
});

describe('an alert that was firing before a restart', () => {
  it('and is said to fire once more is one piece of news, whatever its time', async () => {
    await bench.incidents.handleAlerts([fired()]);
    await save({ phase: 'firing' });
    await bench.restart();
    const before = only();
    for (const at of [NOW, NOW + 1, NOW + 99_000]) await bench.incidents.handleAlerts([fired({}, { at })]);
    expect(only()).toEqual(before);
  });
});

describe('an alert of which nothing is known', () => {
  it('takes back that all was over: unknown is not fine', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'a2' })]);
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 1), resolved('a2', NOW + 2)]);
    expect(only().resolvedAt).toBe(NOW + 2);
    await bench.incidents.handleAlerts([noData('a2', NOW + 60_000)]);
    expect(only().resolvedAt).toBeNull();
    expect((await titles()).at(-1)).toMatch(/has no data$/);
  });

  it('keeps the others from being the last', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'a2' })]);
    await bench.incidents.handleAlerts([resolved('a2', NOW + 1), noData('a2', NOW + 2)]);
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 3)]);
    expect(only().resolvedAt).toBeNull();
    await bench.incidents.handleAlerts([resolved('a2', NOW + 4)]);
    expect(only().resolvedAt).toBe(NOW + 4);
  });

  it('keeps them from being the last after a restart too', async () => {
    await bench.incidents.handleAlerts([fired(), fired({ id: 'a2' })]);
    await save({ id: 'a2', phase: 'no_data' });
    await save({ id: 'alert-1', phase: 'firing' });
    await bench.restart();
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 3)]);
    expect(only().resolvedAt).toBeNull();
  });

  it('and then fires is told, for it was not known to', async () => {
    await bench.incidents.handleAlerts([fired()]);
    await bench.incidents.handleAlerts([resolved('alert-1', NOW + 1), noData('alert-1', NOW + 2)]);
    await bench.incidents.handleAlerts([
      fired({ reason: 'data are back' }, { at: NOW + 3, previous: 'no_data' }),
    ]);
    expect((await titles()).filter((title) => title.endsWith('fired'))).toHaveLength(2);
  });

  it('opens an incident where none holds it: what is not known needs somebody as well, once', async () => {
    const [placement] = await bench.incidents.handleAlerts([noData('alone', NOW)]);
    expect(placement).toMatchObject({ opened: true });
    const [again] = await bench.incidents.handleAlerts([noData('alone', NOW)]);
    expect(again).toMatchObject({ opened: false, incidentId: placement?.incidentId });
    expect(bench.incidents.list()).toHaveLength(1);
  });
});

describe('a storm over a slow source', () => {
  it('waits one deadline for evidence, not one for each alert that joins', async () => {
    await bench.incidents.handleAlerts([fired()]);
    for (let i = 0; i < 12; i += 1) {
      const id = `objective-${i}`;
      const objective = {
        ...objectiveStatus().objective,
        id,
        indicator: { bad: `bad_${i}`, total: `all_${i}` },
      };
      bench.objectives.set(id, objectiveStatus({ objective }));
    }
    bench.target.mode = 'silent';
    const startedAt = bench.clock.now();
    let done = false;
    const joining = bench.incidents
      .handleAlerts(
        Array.from({ length: 12 }, (_, i) =>
          fired({ id: `s${i}`, ruleId: `objective-${i}` }, { objectiveId: `objective-${i}` }),
        ),
      )
      .then((placements) => {
        done = true;
        return placements;
      });
    while (!done && bench.clock.now() - startedAt < 60_000) {
      await new Promise((resolve) => setImmediate(resolve));
      await bench.clock.advance(500);
    }
    expect((await joining).every((placement) => !placement.opened)).toBe(true);
    expect(bench.clock.now() - startedAt).toBeLessThan(10_000);
    expect(only().alertIds).toHaveLength(13);
    const charts = await bench.test.log.call.evidenceCharts(only().id);
    expect(charts.filter((chart) => chart.missing !== null)).toHaveLength(24);
  });
});
