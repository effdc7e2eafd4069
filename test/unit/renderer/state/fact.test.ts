import { describe, expect, it } from 'vitest';
import {
  alertFacts,
  burnText,
  exhaustionText,
  leadingRow,
  objectiveFacts,
  targetText,
  thresholdText,
  windowName,
  worstObjective,
} from '../../../../renderer/state/fact.ts';
import { sortObjectives } from '../../../../renderer/state/objective-table.ts';
import type { ObjectiveStatus } from '../../../../shared/model/objective.ts';
import { alert, incident } from '../../../support/window/fleet-incident.ts';
import { fleetObjectives } from '../../../support/window/fleet-objectives.ts';

const all = fleetObjectives(1_800_000_000_000);
const byId = new Map(all.map((one) => [one.objective.id, one]));
const get = (id: string): ObjectiveStatus => byId.get(id) as ObjectiveStatus;

describe('the facts of an objective', () => {
  it('stand with their unit and with what to hold them against', () => {
    const [burn, share, budget, exhaustion] = objectiveFacts(get('ranking-latency'));
    expect(burn).toEqual({
      label: 'Burn rate, 5 m',
      value: '35.7',
      unit: '×',
      note: '1 h 16.1×, page 13.44×',
      hot: true,
    });
    expect(share).toMatchObject({
      label: 'Over 100 ms, 5 m',
      value: '35.7',
      note: '42,840 of 120,000; 1 % allowed',
    });
    expect(budget).toMatchObject({ value: '59.6', note: 'of 28 d' });
    expect(exhaustion).toMatchObject({ value: '11 h 13 m', note: 'at this rate' });
  });

  it('never write a number where there is no data', () => {
    const facts = objectiveFacts(get('embedding-gpu-availability'));
    expect(facts.map((one) => one.value)).toEqual([null, null, '66.1', null]);
  });

  it('write never as infinity, not as minus one', () => {
    expect(objectiveFacts(get('embedding-throughput'))[3]?.value).toBe('∞');
  });

  it('speak of the row that holds, else of the first that can fire', () => {
    expect(leadingRow(get('feature-store-latency'))?.name).toBe('notice');
    expect(leadingRow(get('ranking-accuracy'))?.name).toBe('ticket');
  });

  it('name targets, windows and thresholds as people do', () => {
    expect(targetText(get('gateway-availability'))).toBe('availability, 99.99 %');
    expect(targetText(get('ranking-latency'))).toBe('latency, 99 % under 100 ms');
    expect([300_000, 3_600_000, 259_200_000].map(windowName)).toEqual(['5 m', '1 h', '3 d']);
    expect([13.44, 5.6, 0.93333].map(thresholdText)).toEqual(['13.44×', '5.6×', '0.93×']);
  });

  it('give a burn rate the digits that mean something, and hardly any as hardly any', () => {
    expect(
      [0, 0.000318, 0.00999, 0.01, 0.0405, 0.485, 3.169, 9.996, 35.68, 99.96, 324.6, 1_230].map(burnText),
    ).toEqual([
      '0×',
      '<0.01×',
      '<0.01×',
      '0.01×',
      '0.04×',
      '0.48×',
      '3.17×',
      '10.0×',
      '35.7×',
      '100×',
      '325×',
      '1,230×',
    ]);
  });

  it('do not count the days of an exhaustion that is years away', () => {
    const day = 86_400_000;
    expect([null, -1, 0, 78 * day, 366 * day, 24_045 * day].map(exhaustionText)).toEqual([
      null,
      '∞',
      '0',
      '78 d',
      '> 1 y',
      '> 1 y',
    ]);
  });

  it('quote a threshold with all its digits', () => {
    const base = { id: 'a', title: 't', service: 's', priority: 'P0', phase: 'firing' } as const;
    const facts = alertFacts(
      alert({ ...base, kind: 'burn', value: 13.5321, threshold: 13.440000000000001 }, 0),
    );
    expect(facts.map((one) => `${one.value}${one.unit}`)).toEqual(['13.5×', '13.44×']);
  });

  it('are those of the objective that holds, of an incident with several', () => {
    const one = incident({
      id: 'i',
      name: 'n',
      title: 't',
      service: 's',
      openedAt: 0,
      objectiveIds: ['ranking-accuracy', 'ranking-latency'],
    });
    expect(worstObjective(one, byId)?.objective.id).toBe('ranking-latency');
  });
});

describe('the table of objectives', () => {
  const ids = (list: ObjectiveStatus[]) => list.map((one) => one.objective.id);

  it('puts what burns first, the worst at the top', () => {
    const order = ids(sortObjectives(all, { column: 'state', descending: false }));
    expect(order.slice(0, 4)).toEqual([
      'ranking-latency',
      'gateway-availability',
      'ranking-accuracy',
      'feature-store-latency',
    ]);
  });

  it('leaves no data last, whichever way numbers are sorted', () => {
    for (const descending of [true, false]) {
      const order = ids(sortObjectives(all, { column: 'burn', descending }));
      expect(order.slice(-2).sort()).toEqual(['embedding-gpu-availability', 'session-latency']);
    }
  });

  it('is sorted by the burn of each window, and by how much it rose of late', () => {
    const [one, two] = all as [ObjectiveStatus, ObjectiveStatus];
    const with_ = (id: string, burns: readonly number[], trend: ObjectiveStatus['trend']) => ({
      ...one,
      objective: { ...one.objective, id },
      windows: [5, 180].map((minutes, at) => ({
        ...(two.windows[0] as ObjectiveStatus['windows'][number]),
        windowMs: minutes * 60_000,
        burnRate: burns[at] ?? null,
      })),
      trend,
    });
    const list = [
      with_('short', [9, 1], [5, 5, 5, 6]),
      with_('long', [2, 7], [1, 1, 1, 4]),
      with_('unseen', [1, 2], [null, null, null, null]),
    ];
    const by = (minutes: number) =>
      ids(sortObjectives(list, { column: 'burn', windowMs: minutes * 60_000, descending: true }));
    expect(by(5)[0]).toBe('short');
    expect(by(180)[0]).toBe('long');
    expect(ids(sortObjectives(list, { column: 'trend', descending: true }))).toEqual([
      'long',
      'short',
      'unseen',
    ]);
  });

  it('takes never as the longest time of all', () => {
    expect(ids(sortObjectives(all, { column: 'exhaustion', descending: true }))[0]).toBe(
      'embedding-throughput',
    );
  });
});
