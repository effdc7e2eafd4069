import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countPoll, isUnderBudget, type PollRow } from '../../../main/incident/recovery.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { HOUR_MS } from '../../../shared/unit/time.ts';
import { NOW, objectiveStatus } from '../../support/incident.ts';
import { fired, type IncidentBench, incidentBench } from '../../support/incidents.ts';
import { openTestLog, withCalls } from '../../support/log.ts';

let bench: IncidentBench;
let at: number;
beforeEach(async () => {
  bench = await incidentBench();
  await bench.incidents.handleAlerts([fired()]);
  at = NOW;
});
afterEach(() => bench.remove());

const poll = async (pollErrorRate: number | null, change: Partial<ObjectiveStatus> = {}) => {
  at += 1_000;
  await bench.incidents.onPoll(
    objectiveStatus({ evaluatedAt: at, pollErrorRate, pollTotal: 120, state: 'ok', ...change }),
  );
};
const polls = async (count: number, rate: number) => {
  for (let i = 0; i < count; i += 1) await poll(rate);
};
const incident = () => {
  const [first] = bench.incidents.list();
  if (!first) throw new Error('no incident');
  return first;
};
const kinds = async () => (await bench.incidents.timeline(incident().id, 0)).map((entry) => entry.kind);

describe('after a relapse', () => {
  it('three polls of after it make a recovery, not one of after and two of before', async () => {
    await polls(3, 0);
    expect(incident().phase).toBe('recovering');
    await bench.incidents.handleAlerts([fired({}, { change: 'resolved', at: at + 1 })]);
    await bench.incidents.handleAlerts([fired({ reason: 'again' }, { at: at + 2 })]);
    expect(incident().phase).toBe('mitigating');
    await polls(2, 0);
    expect(incident().phase).toBe('mitigating');
    await poll(0);
    expect(incident().phase).toBe('recovering');
  });

  it('that a person declared, the same holds: a poll that was on its way does not overrule them', async () => {
    await polls(3, 0);
    await bench.incidents.changePhase(incident().id, 'mitigating', 'ada', 'users still complain', null);
    await polls(2, 0);
    expect(incident().phase).toBe('mitigating');
    await poll(0);
    expect(incident().phase).toBe('recovering');
  });

  it('it needs three polls over budget once more to relapse again', async () => {
    await polls(3, 0);
    await polls(3, 0.5);
    expect(incident().phase).toBe('mitigating');
    await polls(3, 0);
    await polls(2, 0.5);
    expect(incident().phase).toBe('recovering');
    await poll(0.5);
    expect(incident().phase).toBe('mitigating');
    expect((await kinds()).filter((kind) => kind === 'recovered')).toHaveLength(2);
    expect((await kinds()).filter((kind) => kind === 'phase')).toHaveLength(2);
  });

  it('polls that waver about the budget change nothing', async () => {
    for (let i = 0; i < 20; i += 1) await poll(i % 3 === 0 ? 0.5 : 0);
    expect(incident().phase).toBe('detected');
    await polls(3, 0);
    for (let i = 0; i < 20; i += 1) await poll(i % 3 === 0 ? 0 : 0.5);
    expect(incident().phase).toBe('recovering');
  });
});

describe('a reopened incident', () => {
  it('does not recover by polls of before its close', async () => {
    await polls(2, 0);
    await bench.incidents.close(incident().id, 'ada', 'a false alarm', null);
    await bench.incidents.changePhase(incident().id, 'responding', 'ada', 'it was none', null);
    await polls(2, 0);
    expect(incident().phase).toBe('responding');
    await poll(0);
    expect(incident().phase).toBe('recovering');
  });

  it('forgets its polls once one came while it was closed', async () => {
    await polls(2, 0);
    await bench.incidents.close(incident().id, 'ada', 'a false alarm', null);
    await poll(0);
    await bench.incidents.changePhase(incident().id, 'responding', 'ada', 'it was none', null);
    await polls(2, 0);
    expect(incident().phase).toBe('responding');
    await poll(0);
    expect(incident().phase).toBe('recovering');
  });
});

describe('a clock that was set back', () => {
  it('does not freeze the recovery until it has caught up', async () => {
    await polls(2, 0);
    at -= 2 * HOUR_MS;
    await polls(2, 0);
    expect(incident().phase).toBe('detected');
    await poll(0);
    expect(incident()).toMatchObject({ phase: 'recovering' });
  });

  it('right after the opening neither', async () => {
    at -= HOUR_MS;
    await polls(3, 0);
    expect(incident().phase).toBe('recovering');
    expect(incident().mitigatedAt).toBeGreaterThanOrEqual(incident().openedAt);
  });

  it('is told from rounds that overtake each other', () => {
    const status = (evaluatedAt: number) => objectiveStatus({ evaluatedAt, pollErrorRate: 0, state: 'ok' });
    let row: PollRow = [];
    row = countPoll(row, status(100_000));
    expect(countPoll(row, status(99_000))).toBe(row);
    expect(countPoll(row, status(40_001))).toBe(row);
    expect(countPoll(row, status(40_000)).map((fact) => fact.at)).toEqual([40_000]);
  });
});

describe('a log that refuses', () => {
  it('keeps no alert from being decided, and the recovery is said when it takes changes again', async () => {
    const test = openTestLog();
    let broken = false;
    const log = withCalls(test.log, (call) => ({
      updateIncident: async (...args) => {
        if (broken) throw new CodedError('store-failed', 'The disk is full.', { retryable: true });
        return call.updateIncident(...args);
      },
    }));
    const full = await incidentBench({ log });
    await full.incidents.handleAlerts([fired()]);
    broken = true;
    const status = (second: number) =>
      objectiveStatus({ evaluatedAt: NOW + second * 1_000, pollErrorRate: 0, state: 'ok' });
    for (let i = 1; i <= 5; i += 1) await expect(full.incidents.onPoll(status(i))).resolves.toBeUndefined();
    expect(full.incidents.list()[0]?.phase).toBe('detected');
    broken = false;
    await full.incidents.onPoll(status(6));
    expect(full.incidents.list()[0]?.phase).toBe('recovering');
    const timeline = await test.log.call.timeline(full.incidents.list()[0]?.id ?? '', 0);
    expect(timeline.filter((entry) => entry.kind === 'recovered')).toHaveLength(1);
    full.remove();
    test.remove();
  });
});

describe('at or under budget', () => {
  it.each([0.9, 0.95, 0.99, 0.999, 0.9995, 0.9999, 0.99999])(
    'includes exactly the budget of %d, whatever 1 − T comes to in floating point',
    (target) => {
      const budget = Number((1 - target).toPrecision(9));
      expect(isUnderBudget(budget, target)).toBe(true);
      expect(isUnderBudget(budget * 1.0001, target)).toBe(false);
    },
  );

  it('begins the condition only with a poll that is over it', async () => {
    const fresh = await incidentBench();
    const objective = { ...objectiveStatus().objective, target: 0.9999 };
    fresh.objectives.set('gateway-availability', objectiveStatus({ objective }));
    const before = (second: number, rate: number) =>
      fresh.incidents.onPoll(
        objectiveStatus({ objective, evaluatedAt: NOW - second * 1_000, pollErrorRate: rate, state: 'ok' }),
      );
    await before(300, 0.0001);
    await before(200, 0.2);
    await before(100, 0.3);
    await fresh.incidents.handleAlerts([fired({ activeSinceAt: NOW - 5_000 })]);
    expect(fresh.incidents.list()[0]?.startedAt).toBe(NOW - 200_000);
    fresh.remove();
  });
});
