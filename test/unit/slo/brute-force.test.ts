import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  burnRate,
  decide,
  derivePolicyRows,
  detectionMs,
  errorRate,
  maximumBurnRate,
  planObjective,
  type WindowCount,
} from '../../../main/slo/math/index.ts';
import { packCases, sloApi } from '../../../main/slo/slo-api.ts';
import { EXHAUSTION_NEVER } from '../../../shared/model/objective.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const target = fc.constantFrom(0.5, 0.9, 0.93, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999);
const periodMs = fc.constantFrom(1, 2, 7, 28, 30, 90).map((days) => days * DAY_MS);
const policy = fc.constantFrom('midwatch', 'sre-workbook', 'fixed').map(shippedPolicy);
/** Counts as they come: sometimes none, sometimes more bad than all by a hair of extrapolation. */
const count: fc.Arbitrary<WindowCount> = fc
  .record({
    total: fc.option(
      fc.oneof(
        fc.constant(0),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
      ),
      { nil: null },
    ),
    share: fc.oneof(fc.constantFrom(0, 1, 1.000001), fc.double({ min: 1e-6, max: 1, noNaN: true })),
    seenFraction: fc.oneof(fc.constant(1), fc.double({ min: 1e-6, max: 1, noNaN: true })),
    known: fc.boolean(),
  })
  .map(({ total, share, seenFraction, known }) => ({
    bad: total === null ? null : total * share,
    total,
    seenFraction,
    anchoredAt: null,
    known,
  }));
const situation = fc
  .tuple(target, periodMs, policy, fc.option(fc.constant('the source timed out'), { nil: null }))
  .map(([goal, period, rules, problem]) => ({
    plan: planObjective(gatewayObjective({ target: goal, periodMs: period }), rules),
    problem,
  }))
  .chain(({ plan, problem }) =>
    fc.tuple(fc.constant(plan), fc.constant(problem), fc.tuple(...plan.windowsMs.map(() => count))),
  );

/** The words of the domain terms again, without any of the product's code. */
function byHand(goal: number, one: WindowCount): number | null {
  if (!one.known || one.total === null || one.bad === null || one.total <= 0 || one.seenFraction <= 0)
    return null;
  return (Math.min(1, one.bad / one.total) * Math.min(1, one.seenFraction)) / (1 - goal);
}

function expectClose(found: number | null, expected: number | null): void {
  if (expected === null) expect(found).toBeNull();
  else
    expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThanOrEqual(
      1e-9 * Math.max(1, Math.abs(expected)),
    );
}

describe('a decision', () => {
  it('is the one that the formulas give by hand, for any counts', () => {
    fc.assert(
      fc.property(situation, ([plan, problem, counts]) => {
        const decision = decide(plan, counts, problem);
        const burns = new Map(
          plan.windowsMs.map((windowMs, i) => [windowMs, byHand(plan.target, counts[i] as WindowCount)]),
        );
        for (const window of decision.windows) {
          const expected = burns.get(window.windowMs) ?? null;
          if (expected === null) expect(window.burnRate).toBeNull();
          else expect(window.burnRate).toBeCloseTo(expected, 9);
        }
        const over = plan.rows.filter((row) => {
          const long = burns.get(row.longMs) ?? null;
          const short = burns.get(row.shortMs) ?? null;
          return (
            row.leftOut === null &&
            long !== null &&
            short !== null &&
            long > row.threshold &&
            short > row.threshold
          );
        });
        const met = over.filter((row) => {
          const at = (windowMs: number) => counts[plan.windowsMs.indexOf(windowMs)];
          const failures = Math.round(at(row.longMs)?.bad ?? 0);
          const short = at(row.shortMs);
          const events = Math.round(short?.total ?? 0);
          const half = (short?.bad ?? 0) >= 0.5 * (short?.total ?? 1);
          return failures >= plan.minimumFailures && (events >= plan.minimumEvents || half);
        });
        expect(decision.holding).toBe((met[0] ?? over[0])?.name ?? null);
        expect(decision.heldBack === null).toBe(met.length > 0 || over.length === 0);
        if (over.length > 0) expect(decision.state).toBe('burning');
        else if (problem !== null) expect(decision.state).toBe('blind');
        const consumed = burns.get(plan.periodMs) ?? null;
        expectClose(decision.budgetConsumed, consumed);
        // X = R · P / B over the long window of the highest row that holds, else over an hour.
        const burn = burns.get(met[0]?.longMs ?? HOUR_MS) ?? null;
        const remaining = consumed === null ? null : 1 - consumed;
        if (remaining === null || (remaining > 0 && burn === null))
          expect(decision.timeToExhaustionMs).toBeNull();
        else if (remaining <= 0) expect(decision.timeToExhaustionMs).toBe(0);
        else if (burn === 0) expect(decision.timeToExhaustionMs).toBe(EXHAUSTION_NEVER);
        else expectClose(decision.timeToExhaustionMs, (remaining * plan.periodMs) / (burn ?? 1));
      }),
      { numRuns: 400 },
    );
  });

  it('adds up: what is consumed and what remains are the whole, and time left follows from them', () => {
    fc.assert(
      fc.property(situation, ([plan, problem, counts]) => {
        const {
          budgetConsumed: consumed,
          budgetRemaining: remaining,
          timeToExhaustionMs: left,
        } = decide(plan, counts, problem);
        expect(consumed === null).toBe(remaining === null);
        if (consumed === null || remaining === null) {
          expect(left).toBeNull();
          return;
        }
        expect(consumed + remaining).toBeCloseTo(1, 9);
        expect(consumed).toBeGreaterThanOrEqual(0);
        if (remaining <= 0) expect(left).toBe(0);
        else if (left !== null && left !== -1) expect(left).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('never holds an alert, and never says fine, where nothing was counted', () => {
    fc.assert(
      fc.property(situation, ([plan, problem, counts]) => {
        const unknown = counts.map((one) => ({ ...one, known: false }));
        const decision = decide(plan, unknown, problem);
        expect(decision.holding).toBeNull();
        expect(['starting', 'blind']).toContain(decision.state);
        const empty = counts.map((one) => ({ ...one, known: true, total: null, bad: null }));
        expect(['no-data', 'blind']).toContain(decide(plan, empty, problem).state);
      }),
    );
  });

  it('is the same after its way through the worker’s arrays', () => {
    fc.assert(
      fc.property(fc.array(situation, { maxLength: 5 }), (cases) => {
        const direct = cases.map(([plan, problem, counts]) => decide(plan, counts, problem));
        const packed = packCases(cases.map(([plan, problem, counts]) => ({ plan, problem, counts })));
        expect(sloApi.decide(structuredClone(packed))).toEqual(direct);
      }),
      { numRuns: 100 },
    );
  });

  it('speaks of failures in whole numbers and never of none where there were some', () => {
    fc.assert(
      fc.property(situation, ([plan, problem, counts]) => {
        const { reason } = decide(plan, counts, problem);
        expect(reason).not.toMatch(/NaN|undefined|Infinity|null/);
        expect(reason.length).toBeLessThan(600);
      }),
    );
  });
});

describe('at its very bounds', () => {
  // A budget of a sixteenth is exact in binary, and so is what is compared.
  const plan = planObjective(
    gatewayObjective({ target: 15 / 16, periodMs: 28 * DAY_MS }),
    shippedPolicy('midwatch'),
  );
  const all = (bad: number, total: number) => plan.windowsMs.map(() => counted(bad, total));
  const counted = (bad: number, total: number): WindowCount => ({
    bad,
    total,
    seenFraction: 1,
    anchoredAt: null,
    known: true,
  });

  it('a row holds over its threshold and not at it', () => {
    expect(plan.rows.find((one) => one.name === 'notice')?.threshold).toBe(1);
    expect(decide(plan, all(1_000, 16_000), null).holding).toBeNull();
    expect(decide(plan, all(1_001, 16_000), null).holding).toBe('notice');
  });

  it('three failures are enough and two are not; of few events half must have failed', () => {
    const page = planObjective(gatewayObjective({ target: 0.999 }), shippedPolicy('midwatch'));
    const shortMs = Math.min(...page.windowsMs);
    const heldBack = (failures: number, shortBad: number, shortTotal: number) =>
      decide(
        page,
        page.windowsMs.map((windowMs) => {
          if (windowMs === shortMs) return counted(shortBad, shortTotal);
          // Longer ones are clean, so that the page row alone holds.
          return windowMs === HOUR_MS ? counted(failures, 100) : counted(0, 1_000);
        }),
        null,
      ).heldBack;
    expect(heldBack(3, 4, 8)).toBeNull();
    expect(heldBack(2, 4, 8)).toContain('fewer than minimum_failures 3');
    expect(heldBack(3, 3, 8)).toContain('fewer than minimum_events 10');
    expect(heldBack(3, 3, 10)).toBeNull();
    expect(heldBack(3, 3, 9)).toContain('fewer than half');
  });
});

describe('the budget of a calendar period', () => {
  it('is reckoned on its whole length, whatever part of it has passed', () => {
    fc.assert(
      fc.property(
        target,
        periodMs,
        policy,
        fc.nat(10_000),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.option(fc.integer({ min: 1, max: 10_000_000 }), { nil: null }),
        (goal, period, rules, bad, total, whole) => {
          const usual = planObjective(gatewayObjective({ target: goal, periodMs: period }), rules);
          const plan = { ...usual, isCalendar: true };
          const counts = plan.windowsMs.map((windowMs) => ({
            ...{ bad: Math.min(bad, total), total, seenFraction: 0.5, anchoredAt: null, known: true },
            ...(windowMs === plan.periodMs ? { budgetTotal: whole } : {}),
          }));
          const { budgetConsumed } = decide(plan, counts, null);
          expectClose(budgetConsumed, whole === null ? null : Math.min(bad, total) / ((1 - goal) * whole));
        },
      ),
    );
  });
});

describe('a window partly seen', () => {
  it('gives a lower bound: whatever the unseen part held, the burn was at least that', () => {
    const part = fc.record({ bad: fc.nat(500), good: fc.nat(500) });
    fc.assert(
      fc.property(
        target,
        part,
        fc.integer({ min: 1, max: 99 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (goal, seen, percent, unseenShare) => {
          const total = seen.bad + seen.good;
          if (total === 0) return;
          const fraction = percent / 100;
          const bound = burnRate(errorRate(seen.bad, total), goal, fraction);
          // The unseen time at the present traffic, with any share of it failing.
          const unseen = total / fraction - total;
          const truth = burnRate(errorRate(seen.bad + unseen * unseenShare, total + unseen), goal, 1);
          expect(bound ?? 0).toBeLessThanOrEqual((truth ?? 0) + 1e-9);
        },
      ),
    );
  });

  it('is nothing at all while none of it was seen', () => {
    expect(burnRate(1, 0.999, 0)).toBeNull();
    expect(burnRate(1, 0.999, -1)).toBeNull();
    expect(burnRate(1, 0.999, 7)).toBeCloseTo(1_000, 6);
  });
});

describe('the rows of a policy', () => {
  it('cost the fraction of the budget that they name: threshold · long / period', () => {
    fc.assert(
      fc.property(target, periodMs, fc.constantFrom('midwatch', 'sre-workbook'), (goal, period, name) => {
        for (const row of derivePolicyRows(shippedPolicy(name), goal, period)) {
          const spent = (row.threshold * row.longMs) / period;
          if (row.raisedToOne) expect(spent).toBeGreaterThanOrEqual(row.budgetFraction);
          else expect(spent).toBeCloseTo(row.budgetFraction, 9);
        }
      }),
    );
  });

  it('are left out exactly where they can never fire or are too long for the period', () => {
    fc.assert(
      fc.property(target, periodMs, policy, (goal, period, rules) => {
        for (const row of derivePolicyRows(rules, goal, period)) {
          const never = row.threshold >= maximumBurnRate(goal);
          expect(row.leftOut !== null).toBe(never || row.longMs > period / 8);
          expect(row.detectionMs.all === null).toBe(row.leftOut !== null || row.threshold * (1 - goal) >= 1);
        }
      }),
    );
  });

  it('detect when a simulation second by second does', () => {
    for (const [threshold, longMs, goal, error] of [
      [14.4, HOUR_MS, 0.999, 1],
      [14.4, HOUR_MS, 0.999, 0.1],
      [6, 6 * HOUR_MS, 0.999, 0.1],
      [13.44, HOUR_MS, 0.9999, 0.01],
      [1, 3 * DAY_MS, 0.99, 0.05],
    ] as const) {
      let second = 0;
      while (
        ((Math.min(second * 1_000, longMs) / longMs) * error) / (1 - goal) <= threshold &&
        second * 1_000 <= longMs
      )
        second += 1;
      const said = detectionMs(threshold, longMs, goal, error);
      if (second * 1_000 > longMs) expect(said).toBeNull();
      else expect(Math.abs((said ?? 0) - second * 1_000)).toBeLessThanOrEqual(1_000);
    }
  });

  it('of 99.9 % over 30 d are 14.4, 6 and 1, and give 43.2 min of budget', () => {
    const rows = derivePolicyRows(shippedPolicy('midwatch'), 0.999, 30 * DAY_MS);
    expect(rows.map((row) => row.threshold)).toEqual([14.4, 6, 1]);
    expect((1 - 0.999) * 30 * DAY_MS).toBeCloseTo(43.2 * MINUTE_MS, 3);
  });
});
