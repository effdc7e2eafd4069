import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as arbitrary from '../../support/arbitrary.ts';
import { incidentDraft } from '../../support/incident.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';

let test: TestLog;
beforeEach(() => {
  test = openTestLog();
});
afterEach(() => test.remove());

/** What is written, what a restart reads. Each case adds rows of its own, so that one file serves them all. */
const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (made: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, check), { numRuns: 40 });
const log = () => test.log.call;
const reopen = () => {
  test = test.reopen();
};

describe('what is kept comes back as it was, whatever text is in it', () => {
  it('an alert, also after a restart', async () => {
    const kept = new Map<string, unknown>();
    await holds(arbitrary.alert, async (alert) => {
      await log().saveAlerts([alert], []);
      kept.set(alert.id, alert);
      const isShown = alert.phase !== 'inactive' && alert.phase !== 'resolved';
      const [found] = (await log().loadAlerts(Number.NEGATIVE_INFINITY)).filter((one) => one.id === alert.id);
      if (isShown || alert.resolvedAt !== null) expect(found).toEqual(alert);
      else expect(found).toBeUndefined();
    });
    const before = await log().loadAlerts(Number.NEGATIVE_INFINITY);
    reopen();
    expect(await log().loadAlerts(Number.NEGATIVE_INFINITY)).toEqual(before);
    for (const one of before) expect(one).toEqual(kept.get(one.id));
    expect(await log().notices()).toEqual([]);
  });

  it('an alert as it was saved last, not first', async () => {
    await holds(fc.tuple(arbitrary.alert, arbitrary.alert), async ([first, second]) => {
      const later = { ...second, id: first.id, phase: 'firing' as const };
      await log().saveAlerts([first], []);
      await log().saveAlerts([later], []);
      const found = (await log().loadAlerts(0)).filter((one) => one.id === first.id);
      expect(found).toEqual([later]);
    });
  });

  it('verdicts, newest first, at most as many as asked for, of that alert alone', async () => {
    await holds(fc.array(arbitrary.verdictRecord, { minLength: 1, maxLength: 8 }), async (records) => {
      const alertId = records[0]?.alertId ?? '';
      const own = records.map((record) => ({ ...record, alertId }));
      await log().saveAlerts([], own);
      expect(await log().verdicts(alertId, 100)).toEqual([...own].reverse());
      expect(await log().verdicts(alertId, 2)).toEqual([...own].reverse().slice(0, 2));
    });
  });

  it('an incident with its entries and its evidence', async () => {
    const made = arbitrary.draft.chain((draft) =>
      fc.tuple(
        fc.constant(draft),
        fc.array(arbitrary.newEntry, { maxLength: 4 }),
        fc.array(arbitrary.evidenceOf(draft.id), { maxLength: 2 }),
      ),
    );
    let number = 0;
    await holds(made, async ([draft, entries, evidence]) => {
      const { incident } = await log().openIncident(draft, entries, evidence);
      number += 1;
      expect(incident).toEqual({
        ...draft,
        name: `INC-${String(number).padStart(4, '0')}`,
        timelineSeq: entries.length,
        evidenceCount: evidence.length,
      });
      expect(await log().loadIncident(draft.id)).toEqual(incident);
      const timeline = await log().timeline(draft.id, 0);
      expect(
        timeline.map(({ at, kind, actor, title, detail }) => ({ at, kind, actor, title, detail })),
      ).toEqual(entries);
      expect(await log().verifyTimeline(draft.id)).toBeNull();
      expect(await log().evidenceCharts(draft.id)).toEqual(evidence.map(({ chart }) => chart));
      for (const { chart, series } of evidence) {
        const kept = await log().evidenceSeries(chart.id);
        const byLabels = (one: { labels: object }) => JSON.stringify(Object.entries(one.labels).sort());
        expect(new Set(kept.map(byLabels))).toEqual(new Set(series.map(byLabels)));
        for (const one of series) {
          const same = kept.find((other) => byLabels(other) === byLabels(one));
          expect(same?.times).toEqual(one.times);
          expect(same?.values).toEqual(one.values);
        }
      }
    });
  });

  it('text with half a character: the hash is of what is kept, so the chain still fits', async () => {
    await holds(arbitrary.hostileText, async (title) => {
      const id = crypto.randomUUID();
      const draft = incidentDraft({ id, groupKey: null, title });
      await log().openIncident(draft, [{ at: 1, kind: 'note', actor: title, title, detail: title }], []);
      expect(await log().verifyTimeline(id)).toBeNull();
      expect((await log().timeline(id, 0))[0]?.title).toBe(title.toWellFormed());
    });
  });

  it('a run and the intents that have no outcome yet', async () => {
    const made = arbitrary.run.chain((run) =>
      fc.tuple(fc.constant(run), fc.array(arbitrary.journalOf(run.id), { maxLength: 3 })),
    );
    await holds(made, async ([run, journal]) => {
      await log().saveRun(run, journal);
      expect((await log().loadRuns()).find((one) => one.id === run.id)).toEqual(run);
      const open = (await log().openJournal()).filter((one) => one.runId === run.id);
      expect(open.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
        [...journal].sort((a, b) => (a.id < b.id ? -1 : 1)),
      );
      const closed = journal.map((one) => ({ ...one, outcome: 'done', endedAt: one.intendedAt }));
      await log().saveRun({ ...run, revision: 2 }, closed);
      expect((await log().openJournal()).filter((one) => one.runId === run.id)).toEqual([]);
    });
  });

  it('a delivery in each state', async () => {
    await holds(arbitrary.delivery, async (delivery) => {
      await log().saveDeliveries([delivery]);
      const pending = (await log().pendingDeliveries()).find((one) => one.id === delivery.id);
      expect(pending).toEqual(delivery.state === 'queued' ? delivery : undefined);
      expect((await log().recentDeliveries(1_000)).find((one) => one.id === delivery.id)).toEqual(delivery);
    });
  });

  it('deliveries in the order in which they were made, the waiting ones oldest first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary.delivery, { minLength: 2, maxLength: 12 }), async (deliveries) => {
        const fresh = openTestLog();
        try {
          await fresh.log.call.saveDeliveries(deliveries);
          const pending = (await fresh.log.call.pendingDeliveries()).map((one) => one.createdAt);
          expect(pending).toEqual([...pending].sort((a, b) => a - b));
          const recent = (await fresh.log.call.recentDeliveries(5)).map((one) => one.createdAt);
          expect(recent).toEqual(
            deliveries
              .map((one) => one.createdAt)
              .sort((a, b) => b - a)
              .slice(0, 5),
          );
        } finally {
          fresh.remove();
        }
      }),
      { numRuns: 8 },
    );
  });

  it('a postmortem with all its sections', async () => {
    await holds(
      fc.uuid().chain((id) => arbitrary.postmortemOf(id)),
      async (postmortem) => {
        const { incidentId: id } = postmortem;
        await log().openIncident(incidentDraft({ id, groupKey: null }), [], []);
        await log().savePostmortem(postmortem);
        expect(await log().loadPostmortem(id)).toEqual(postmortem);
      },
    );
  });

  it('a setting', async () => {
    await holds(fc.tuple(arbitrary.wholeText, arbitrary.wholeText), async ([key, value]) => {
      await log().putSetting(key, value);
      expect(await log().getSetting(key)).toBe(value);
    });
  });
});

describe('evidence that grows', () => {
  it('is the same whether it came at once or in pieces, overlapping or twice', async () => {
    const made = fc.tuple(arbitrary.samples, fc.array(fc.nat(40), { maxLength: 4 }));
    await holds(made, async ([{ times, values }, cuts]) => {
      const id = crypto.randomUUID();
      const labels = { job: 'gateway' };
      const [write] = fc.sample(arbitrary.evidenceOf('i'), { numRuns: 1, seed: 7 });
      if (!write) throw new Error('no sample');
      const incidentId = crypto.randomUUID();
      await log().openIncident(incidentDraft({ id: incidentId, groupKey: null }), [], []);
      const chart = { ...write.chart, id, incidentId, toAt: 0 };
      await log().addEvidence([{ chart, series: [] }]);
      for (const end of [...cuts.sort((a, b) => a - b), times.length, times.length]) {
        const part = { labels, times: times.subarray(0, end), values: values.subarray(0, end) };
        await log().extendEvidence(id, Math.round(times[end - 1] ?? 0), [part]);
      }
      const [kept] = await log().evidenceSeries(id);
      expect(kept?.times ?? new Float64Array(0)).toEqual(times);
      expect(kept?.values ?? new Float64Array(0)).toEqual(values);
    });
  });

  it('never takes its end back', async () => {
    await log().openIncident(incidentDraft(), [], []);
    const [write] = fc.sample(arbitrary.evidenceOf('incident-1'), { numRuns: 1, seed: 3 });
    if (!write) throw new Error('no sample');
    await log().addEvidence([{ ...write, chart: { ...write.chart, toAt: 500 } }]);
    await log().extendEvidence(write.chart.id, 400, []);
    expect((await log().evidenceCharts('incident-1'))[0]?.toAt).toBe(500);
    await log().extendEvidence('nothing', 900, []);
    expect(await log().evidenceCharts('incident-1')).toHaveLength(1);
  });
});

describe('a change for a revision that is not the next one', () => {
  const wrong = fc.integer({ min: -3, max: 6 }).filter((by) => by !== 1);

  it('of an incident is refused whole, with what is stored and what was given', async () => {
    const { incident } = await log().openIncident(incidentDraft(), [], []);
    await holds(wrong, async (by) => {
      const change = { ...incident, title: 'never', revision: incident.revision + by };
      await expect(
        log().updateIncident(change, [{ at: 1, kind: 'note', actor: 'a', title: 'never', detail: '' }]),
      ).rejects.toMatchObject({ code: 'stale-revision', details: { stored: 1, given: 1 + by } });
      expect(await log().loadIncident(incident.id)).toEqual(incident);
    });
  });

  it('of a run and of a postmortem is refused, and its journal with it', async () => {
    await log().openIncident(incidentDraft({ id: 'i' }), [], []);
    const [run] = fc.sample(arbitrary.run, { numRuns: 1, seed: 1 });
    const [postmortem] = fc.sample(arbitrary.postmortemOf('i'), { numRuns: 1, seed: 1 });
    if (!run || !postmortem) throw new Error('no sample');
    await log().saveRun(run, []);
    await log().savePostmortem(postmortem);
    await holds(wrong, async (by) => {
      const [intent] = fc.sample(arbitrary.journalOf(run.id), { numRuns: 1 });
      if (!intent) throw new Error('no sample');
      await expect(log().saveRun({ ...run, revision: 1 + by }, [intent])).rejects.toMatchObject({
        code: 'stale-revision',
      });
      await expect(log().savePostmortem({ ...postmortem, revision: 1 + by })).rejects.toMatchObject({
        code: 'stale-revision',
      });
      expect(await log().openJournal()).toEqual([]);
      expect(await log().loadPostmortem('i')).toEqual(postmortem);
    });
  });

  it('lets exactly one of two who read the same revision through', async () => {
    const { incident } = await log().openIncident(incidentDraft(), [], []);
    const results = await Promise.allSettled(
      ['ada', 'bo', 'cy'].map((by) =>
        log().updateIncident({ ...incident, acknowledgedBy: by, revision: 2 }, []),
      ),
    );
    expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await log().loadIncident(incident.id)).toMatchObject({ acknowledgedBy: 'ada', revision: 2 });
  });
});
