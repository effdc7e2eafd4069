import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WakeFacts } from '../../../main/alert/rule/hold-stage.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, NIGHT_AT, requestsOf, watch } from '../../support/alerting.ts';

/** At 23:00, ten hours before the opening: 11 h to the end of the next business hour. */
const FACTS: WakeFacts = {
  floor: 0.25,
  budgetRemaining: 0.9,
  burnRate: 14,
  countingSinceAt: null,
  periodMs: 28 * DAY_MS,
  inBusinessHours: false,
  opensAt: NIGHT_AT + 10 * HOUR_MS,
  tier1: false,
};

function night(change: Partial<WakeFacts> | null = {}) {
  const facts = { value: change === null ? null : { ...FACTS, ...change } };
  const it = watch({ startAt: NIGHT_AT - SECOND_MS });
  it.wake = () => facts.value;
  const set = (next: Partial<WakeFacts>) => {
    facts.value = { ...FACTS, ...next };
  };
  return { it, set };
}
const page = { failingShare: 0.02 };

describe('wake: budget', () => {
  it('lets a page wait for the morning while the budget holds, with the arithmetic, and says it at the opening', async () => {
    const { it, set } = night();
    expect(requestsOf([await it.see(page)])).toEqual([]);
    expect(it.one().memory?.hold).toMatchObject({ stage: 'wake', burnRate: 14 });
    const verdict = it.one().verdicts.find((one) => one.stage === 'wake');
    expect(verdict).toMatchObject({ outcome: 'suppressed', definedAt: 'slos/gateway.yaml:14' });
    expect(verdict?.reason).toMatch(
      /^Deferred until 2026-01-15 09:00:00 UTC: 90 % of the budget − 14× · 11 h of 28 d leaves 67 % after the next business hour, above the floor of 25 %\.$/,
    );
    expect(requestsOf(await it.wait(HOUR_MS, MINUTE_MS))).toEqual([]);
    set({ inBusinessHours: true });
    const [said] = requestsOf(await it.wait(2 * SECOND_MS));
    expect(said?.page).toMatchObject({ priority: 'P0', sound: true });
  });

  it('wakes at once where the budget would not last, at the floor itself, and where what is left is unknown', async () => {
    for (const change of [
      { budgetRemaining: 0.4 },
      { budgetRemaining: FACTS.floor + (14 * 11 * HOUR_MS) / FACTS.periodMs },
      { budgetRemaining: null },
      { burnRate: null },
      { opensAt: null },
      { tier1: true },
      { inBusinessHours: true },
    ] as Partial<WakeFacts>[]) {
      const { it } = night(change);
      expect([change, requestsOf([await it.see(page)]).length]).toEqual([change, 1]);
    }
    const { it } = night(null);
    expect(requestsOf([await it.see(page)])).toHaveLength(1);
  });

  it('never defers where half fail, and never what is absent', async () => {
    const half = night().it;
    expect(requestsOf([await half.see({ failingShare: 0.5 })])).toHaveLength(1);
    const gone = night().it;
    await gone.see({ finding: FINDING.noData() });
    const told = requestsOf(await gone.wait(5 * MINUTE_MS, SECOND_MS));
    expect(gone.one().memory?.hold ?? null).toBeNull();
    expect(told.length).toBeLessThanOrEqual(1);
  });

  it('wakes when the burn has doubled since, and does not fall back into waiting after that', async () => {
    const { it, set } = night();
    await it.see(page);
    set({ burnRate: 27 });
    expect(requestsOf(await it.wait(SECOND_MS))).toEqual([]);
    set({ burnRate: 28 });
    expect(requestsOf(await it.wait(SECOND_MS))).toHaveLength(1);
    const verdict = it.one().verdicts.find((one) => one.stage === 'wake');
    expect(verdict?.reason).toBe('Not deferred any longer: it burns at 28×, twice the 14× of when it was.');
    set({ burnRate: 14 });
    await it.wait(SECOND_MS);
    expect(it.one().memory?.hold ?? null).toBeNull();
  });

  it('keeps what it deferred over a restart, and tells nobody of what was over before the morning', async () => {
    const { it, set } = night();
    await it.see(page);
    await it.restart();
    set({ burnRate: 28 });
    expect(requestsOf(await it.wait(SECOND_MS))).toHaveLength(1);
    const quiet = night().it;
    await quiet.see(page);
    await quiet.see({ ...page, finding: FINDING.clear() });
    expect(requestsOf(await quiet.wait(12 * HOUR_MS, 10 * MINUTE_MS))).toEqual([]);
  });

  it('waits a minute at most for a budget that is counted for the first time, and less where it is known sooner', async () => {
    const unknown = { budgetRemaining: null, burnRate: null, countingSinceAt: NIGHT_AT };
    const { it } = night(unknown);
    expect(requestsOf([await it.see(page)])).toEqual([]);
    expect(it.one().memory?.hold?.reason).toBe(
      `Waits until 2026-01-14 23:01:00 UTC at most: what is left of the budget is being counted, for the first time since the start.`,
    );
    expect(requestsOf(await it.wait(58 * SECOND_MS))).toEqual([]);
    expect(requestsOf(await it.wait(2 * SECOND_MS))).toHaveLength(1);
    const known = night(unknown);
    await known.it.see(page);
    known.set({});
    expect(requestsOf(await known.it.wait(HOUR_MS, MINUTE_MS))).toEqual([]);
    expect(known.it.one().memory?.hold?.reason).toMatch(/^Deferred until/);
    const spent = night(unknown);
    await spent.it.see(page);
    spent.set({ budgetRemaining: 0.1 });
    expect(requestsOf(await spent.it.wait(SECOND_MS))).toHaveLength(1);
    const half = night(unknown);
    expect(requestsOf([await half.it.see({ failingShare: 0.5 })])).toHaveLength(1);
  });

  it('measures a doubled burn from before the restart, though the budget was unknown in between', async () => {
    const { it, set } = night();
    await it.see(page);
    set({ budgetRemaining: null, burnRate: null, countingSinceAt: it.clock.now() });
    expect(requestsOf(await it.wait(2 * SECOND_MS))).toEqual([]);
    set({ burnRate: 28 });
    expect(requestsOf(await it.wait(SECOND_MS))).toHaveLength(1);
  });

  it('defers exactly where the projection is above the floor', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 500, noNaN: true }),
        fc.integer({ min: 1, max: 72 }),
        async (budgetRemaining, burnRate, hours) => {
          const { it } = night({ budgetRemaining, burnRate, opensAt: NIGHT_AT + hours * HOUR_MS });
          const told = requestsOf([await it.see(page)]).length;
          const left = budgetRemaining - (burnRate * (hours + 1) * HOUR_MS) / FACTS.periodMs;
          expect(told).toBe(left > FACTS.floor ? 0 : 1);
        },
      ),
      { numRuns: 60 },
    );
  });
});
