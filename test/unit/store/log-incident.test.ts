import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entry, evidenceWrite, incidentDraft, NOW } from '../../support/incident.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';

let test: TestLog;
beforeEach(() => {
  test = openTestLog();
});
afterEach(() => test.remove());

describe('an incident in the log', () => {
  it('is given a name for people, and its entries and evidence come back as they were', async () => {
    const { incident, entries } = await test.log.call.openIncident(
      incidentDraft(),
      [entry(), entry({ kind: 'note', title: '<b>hostile</b> \u0000 \ud800', detail: 'ü' })],
      [evidenceWrite('e1')],
    );
    expect(incident.name).toBe('INC-0001');
    expect(incident.timelineSeq).toBe(2);
    expect(incident.evidenceCount).toBe(1);
    expect(entries.map((one) => one.seq)).toEqual([1, 2]);
    test = test.reopen();
    expect(await test.log.call.loadIncidents()).toEqual([incident]);
    expect(await test.log.call.timeline(incident.id, 0)).toEqual(entries);
    expect(await test.log.call.timeline(incident.id, 1)).toEqual(entries.slice(1));
    expect(await test.log.call.verifyTimeline(incident.id)).toBeNull();
    const [series] = await test.log.call.evidenceSeries('e1');
    expect(series?.labels).toEqual({ job: 'gateway' });
    expect([...(series?.values ?? [])]).toEqual([1, 2, Number.NaN]);
    expect(series?.times[0]).toBe(NOW - 30_000);
  });

  it('is opened once, however often the same opening is asked for', async () => {
    const first = await test.log.call.openIncident(incidentDraft(), [entry()], []);
    const second = await test.log.call.openIncident(incidentDraft(), [entry()], []);
    expect(second).toEqual(first);
    expect(await test.log.call.loadIncidents()).toHaveLength(1);
  });

  it('refuses a second open one of the same group and names the first', async () => {
    await test.log.call.openIncident(incidentDraft(), [entry()], []);
    await expect(
      test.log.call.openIncident(incidentDraft({ id: 'incident-2' }), [entry()], []),
    ).rejects.toMatchObject({ code: 'incident-already-open', details: { incidentId: 'incident-1' } });
  });

  it('allows the next one of the group once the first is closed, with the next name', async () => {
    const { incident } = await test.log.call.openIncident(incidentDraft(), [entry()], []);
    await test.log.call.updateIncident({ ...incident, phase: 'closed', revision: 2 }, []);
    const next = await test.log.call.openIncident(incidentDraft({ id: 'incident-2' }), [entry()], []);
    expect(next.incident.name).toBe('INC-0002');
  });

  it('refuses a change made for another revision and keeps nothing of it', async () => {
    const { incident } = await test.log.call.openIncident(incidentDraft(), [entry()], []);
    const changed = await test.log.call.updateIncident({ ...incident, revision: 2, title: 'a' }, [entry()]);
    expect(changed.incident).toMatchObject({ revision: 2, title: 'a', timelineSeq: 2, name: 'INC-0001' });
    for (const revision of [1, 2, 4]) {
      await expect(
        test.log.call.updateIncident({ ...incident, revision, title: 'b' }, [entry()]),
      ).rejects.toMatchObject({ code: 'stale-revision', details: { stored: 2 } });
    }
    expect(await test.log.call.loadIncidents()).toEqual([changed.incident]);
    expect(await test.log.call.timeline(incident.id, 0)).toHaveLength(2);
  });

  it('answers an unknown incident with a code', async () => {
    const unknown = { ...incidentDraft(), name: '', timelineSeq: 0, evidenceCount: 0 };
    await expect(test.log.call.updateIncident(unknown, [])).rejects.toMatchObject({
      code: 'incident-not-found',
    });
  });
});

describe('evidence in the log', () => {
  beforeEach(async () => {
    await test.log.call.openIncident(incidentDraft(), [entry()], [evidenceWrite('e1')]);
  });

  it('grows by what is later than what is kept, never by the same samples again', async () => {
    const at = (s: number) => NOW + s * 1000;
    const later = {
      labels: { job: 'gateway' },
      times: Float64Array.of(NOW - 20_000, at(5), at(15)),
      values: Float64Array.of(99, 3, 4),
    };
    await test.log.call.extendEvidence('e1', at(15), [later]);
    await test.log.call.extendEvidence('e1', at(15), [later]);
    const [series] = await test.log.call.evidenceSeries('e1');
    expect([...(series?.values ?? [])]).toEqual([1, 2, Number.NaN, 3, 4]);
    const [chart] = await test.log.call.evidenceCharts('incident-1');
    expect(chart?.toAt).toBe(at(15));
  });

  it('takes on a series that was not there at first', async () => {
    const fresh = { labels: { job: 'b' }, times: Float64Array.of(NOW), values: Float64Array.of(7) };
    await test.log.call.extendEvidence('e1', NOW, [fresh]);
    expect(await test.log.call.evidenceSeries('e1')).toHaveLength(2);
  });

  it('keeps that a chart is missing and why, and fills it once it can be had', async () => {
    const { chart } = evidenceWrite('e2');
    await test.log.call.addEvidence([{ chart: { ...chart, missing: 'prom did not answer' }, series: [] }]);
    expect((await test.log.call.evidenceCharts('incident-1'))[1]?.missing).toBe('prom did not answer');
    await test.log.call.addEvidence([evidenceWrite('e2', 'incident-1', [8])]);
    expect((await test.log.call.evidenceCharts('incident-1'))[1]?.missing).toBeNull();
    expect([...((await test.log.call.evidenceSeries('e2'))[0]?.values ?? [])]).toEqual([8]);
  });

  it('is not replaced once it is kept', async () => {
    await test.log.call.addEvidence([evidenceWrite('e1', 'incident-1', [8])]);
    const [series] = await test.log.call.evidenceSeries('e1');
    expect(series?.values).toHaveLength(3);
  });
});
