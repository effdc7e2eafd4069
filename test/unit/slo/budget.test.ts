import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetConsumed,
  budgetMs,
  budgetRemaining,
  burnRate,
  errorRate,
  maximumBurnRate,
  timeToExhaustion,
} from '../../../main/slo/math/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

const target = fc.double({ min: 0.5, max: 0.99999, noNaN: true });
const events = fc.array(fc.boolean(), { minLength: 1, maxLength: 300 });

describe('the budget', () => {
  it('is 43.2 minutes for 99.9 % over 30 days', () => {
    expect(budgetMs(0.999, 30 * DAY_MS) / MINUTE_MS).toBeCloseTo(43.2, 9);
  });

  it('has no error rate where nothing happened, which is not an error rate of zero', () => {
    expect(errorRate(0, 0)).toBeNull();
    expect(errorRate(null, null)).toBeNull();
    expect(errorRate(0, null)).toBeNull();
    expect(errorRate(0, 1)).toBe(0);
    expect(burnRate(null, 0.999)).toBeNull();
    expect(budgetRemaining(budgetConsumed(null, 0.999))).toBeNull();
  });

  it('agrees with counting events one by one', () => {
    fc.assert(
      fc.property(events, target, (outcomes, goal) => {
        let bad = 0;
        for (const good of outcomes) if (!good) bad += 1;
        const allowed = outcomes.length * (1 - goal);
        const consumed = budgetConsumed(errorRate(bad, outcomes.length), goal);
        expect(consumed).toBeCloseTo(bad / allowed, 6);
        expect(budgetRemaining(consumed)).toBeCloseTo((allowed - bad) / allowed, 6);
      }),
    );
  });

  it('never burns faster than 1 / (1 − T), even where bad passes total by extrapolation', () => {
    fc.assert(
      fc.property(
        target,
        fc.double({ min: 0.001, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1.2, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (goal, total, share, seen) => {
          expect(burnRate(errorRate(total * share, total), goal, seen)).toBeLessThanOrEqual(
            maximumBurnRate(goal),
          );
        },
      ),
    );
  });

  it('takes unseen time as good at the present traffic, so that the burn is a lower bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        target,
        (seenMinutes, perMinute, share, goal) => {
          const seenTotal = seenMinutes * perMinute;
          const bad = seenTotal * share;
          const wholeTotal = 60 * perMinute;
          const lower = burnRate(errorRate(bad, seenTotal), goal, seenMinutes / 60) ?? Number.NaN;
          expect(lower).toBeCloseTo(bad / wholeTotal / (1 - goal), 6);
          expect(lower).toBeLessThanOrEqual((burnRate(errorRate(bad, seenTotal), goal) ?? 0) + 1e-9);
        },
      ),
    );
  });
});

describe('the time to exhaustion', () => {
  it('is what is left at this rate', () => {
    // Half of the budget left, burning ten times too fast over 30 d: 0.5 · 30 d / 10.
    expect(timeToExhaustion(0.5, 10, 30 * DAY_MS)).toBe(36 * HOUR_MS);
  });

  it('is never where nothing burns, now where nothing is left, unknown where either is unknown', () => {
    expect(timeToExhaustion(0.5, 0, DAY_MS)).toBe(Number.POSITIVE_INFINITY);
    expect(timeToExhaustion(0, 0, DAY_MS)).toBe(0);
    expect(timeToExhaustion(-0.2, null, DAY_MS)).toBe(0);
    expect(timeToExhaustion(0.5, null, DAY_MS)).toBeNull();
    expect(timeToExhaustion(null, 3, DAY_MS)).toBeNull();
  });

  it('spends exactly the rest of the budget when it is waited for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 1e4, noNaN: true }),
        fc.integer({ min: DAY_MS, max: 90 * DAY_MS }),
        (remaining, burn, periodMs) => {
          const waited = timeToExhaustion(remaining, burn, periodMs) ?? Number.NaN;
          expect((waited / periodMs) * burn).toBeCloseTo(remaining, 6);
        },
      ),
    );
  });
});
