import { afterEach, describe, expect, it } from 'vitest';
import { entry, evidenceWrite, incidentDraft } from '../../support/incident.ts';
import { openTestLog } from '../../support/log.ts';

const log = openTestLog();
const { call } = log.log;
afterEach(async () => {
  for (const { sourceId } of await call.loadWatch())
    await call.saveWatch([{ sourceId, fromAt: 0, intervals: [] }]);
});

const interval = (fromAt: number, toAt: number) => ({
  fromAt,
  toAt,
  causes: ['failing' as const],
  filledAt: null,
});

describe('watched intervals', () => {
  it('replace what begins at the given time or later, and nothing of other sources', async () => {
    await call.saveWatch([
      { sourceId: 'a', fromAt: 0, intervals: [interval(1, 5), interval(9, 12), interval(20, 30)] },
      { sourceId: 'b', fromAt: 0, intervals: [interval(9, 9)] },
    ]);
    await call.saveWatch([{ sourceId: 'a', fromAt: 9, intervals: [{ ...interval(10, 11), filledAt: 40 }] }]);
    expect(await call.loadWatch()).toEqual([
      { sourceId: 'a', intervals: [interval(1, 5), { ...interval(10, 11), filledAt: 40 }] },
      { sourceId: 'b', intervals: [interval(9, 9)] },
    ]);
  });

  it('are bounded: of a source that comes and goes the oldest give way', async () => {
    const many = Array.from({ length: 5_003 }, (_, i) => interval(i * 10, i * 10 + 1));
    await call.saveWatch([{ sourceId: 'a', fromAt: 0, intervals: many }]);
    const [kept] = await call.loadWatch();
    expect(kept?.intervals).toHaveLength(5_000);
    expect(kept?.intervals[0]?.fromAt).toBe(30);
  });

  it('that end before they begin are refused', async () => {
    await expect(
      call.saveWatch([{ sourceId: 'a', fromAt: 0, intervals: [interval(5, 4)] }]),
    ).rejects.toThrow();
    expect(await call.loadWatch()).toEqual([]);
  });
});

describe('evidence', () => {
  it('keeps the spans in which nobody watched, as they are known last', async () => {
    await call.openIncident(incidentDraft(), [entry()], [evidenceWrite('e1')]);
    const chart = await call.evidenceChart('e1');
    const gap = { fromAt: 1, toAt: 2, causes: ['asleep' as const], filledAt: null };
    await call.extendEvidence('e1', (chart?.toAt ?? 0) + 1, [], [gap]);
    expect((await call.evidenceChart('e1'))?.unwatched).toEqual([gap]);
    await call.extendEvidence('e1', (chart?.toAt ?? 0) + 2, []);
    expect((await call.evidenceChart('e1'))?.unwatched).toEqual([gap]);
    expect(await call.evidenceChart('nothing')).toBeNull();
  });
});
