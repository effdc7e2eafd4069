import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, planObjective, type WindowCount } from '../../../main/slo/math/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const plan = planObjective(gatewayObjective({ target: 0.999 }), shippedPolicy('midwatch'));

const count = (bad: number | null, total: number | null, seenFraction = 1): WindowCount => ({
  bad,
  total,
  seenFraction,
  anchoredAt: null,
  known: true,
});
const unknown: WindowCount = { ...count(null, null, 0), known: false };

/** Counts by window; those not named have 100 000 good events. */
function verdict(
  counts: Partial<Record<'5m' | '30m' | '1h' | '6h' | '3d' | '28d', WindowCount>>,
  problem: string | null = null,
) {
  const names = ['5m', '30m', '1h', '6h', '3d', '28d'] as const;
  return decide(
    plan,
    names.map((name) => counts[name] ?? count(0, 100_000)),
    problem,
  );
}

describe('the windows of an objective', () => {
  it('are those of its usable rows, 5 m, 1 h and the period', () => {
    expect(plan.windowsMs).toEqual([
      5 * MINUTE_MS,
      30 * MINUTE_MS,
      HOUR_MS,
      6 * HOUR_MS,
      3 * DAY_MS,
      28 * DAY_MS,
    ]);
    const week = planObjective(gatewayObjective({ periodMs: 7 * DAY_MS }), shippedPolicy('midwatch'));
    expect(week.windowsMs).toEqual([5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 7 * DAY_MS]);
  });
});

describe('a verdict', () => {
  it('is ok where all windows were counted and none burns', () => {
    const calm = verdict({});
    expect(calm).toMatchObject({ state: 'ok', holding: null, heldBack: null, budgetRemaining: 1 });
    expect(calm.timeToExhaustionMs).toBe(-1);
  });

  it('needs both windows of a row over its threshold', () => {
    const over = count(2_000, 100_000);
    expect(verdict({ '1h': over }).holding).toBeNull();
    expect(verdict({ '5m': over }).holding).toBeNull();
    expect(verdict({ '1h': over, '5m': over }).holding).toBe('page');
  });

  it('takes the highest row that holds', () => {
    const over = count(2_000, 100_000);
    expect(verdict({ '5m': over, '30m': over, '1h': over, '6h': over }).holding).toBe('page');
    expect(verdict({ '30m': over, '6h': over }).holding).toBe('ticket');
    expect(verdict({ '6h': over, '3d': over }).holding).toBe('notice');
  });

  it('says failures first, then ratios, what the row needs, and what was not seen', () => {
    const young = verdict({ '5m': count(4, 120), '1h': count(4, 120, 4 / 60) });
    expect(young.reason).toBe(
      '4 of 120 failed, 3.3 %, 33.3× budget over 5 m; page row needs 13.44× over 1 h and 5 m; seen 4 of 60 min',
    );
    expect(young.windows.find((window) => window.windowMs === HOUR_MS)?.burnRate).toBeCloseTo(33.33 / 15, 2);
  });

  it('names the row that holds and its long window', () => {
    const burning = verdict({ '5m': count(42_058, 120_000), '1h': count(42_058, 1_440_000) });
    expect(burning).toMatchObject({ state: 'burning', holding: 'page', heldBack: null });
    expect(burning.reason).toContain('42,058 of 120,000 failed, 35 %, 350× budget over 5 m');
    expect(burning.reason).toContain('page row holds: over 13.44× in 1 h and 5 m, 29.2× over 1 h');
  });

  it('is held back by fewer than 3 failures, and says so', () => {
    const few = verdict({ '5m': count(2, 20), '1h': count(2, 40) });
    expect(few).toMatchObject({ state: 'burning', holding: 'page' });
    expect(few.heldBack).toContain('minimum_failures 3');
    expect(few.reason).toContain('Held back: 2 failures in 1 h');
    expect(verdict({ '5m': count(3, 20), '1h': count(3, 40) }).heldBack).toBeNull();
  });

  it('is held back by fewer than 10 events of which fewer than half failed', () => {
    expect(verdict({ '5m': count(4, 9), '1h': count(4, 40) }).heldBack).toContain('minimum_events 10');
    expect(verdict({ '5m': count(5, 9), '1h': count(5, 40) }).heldBack).toBeNull();
    expect(verdict({ '5m': count(4, 10), '1h': count(4, 40) }).heldBack).toBeNull();
  });

  it('lets a lower row through that meets the minimums while the highest does not', () => {
    const held = verdict({
      '5m': count(1, 5),
      '1h': count(2, 60),
      '30m': count(200, 10_000),
      '6h': count(900, 100_000),
    });
    expect(held).toMatchObject({ holding: 'ticket', heldBack: null });
  });

  it('is no data where nothing happened, and says which kind of nothing', () => {
    expect(verdict({ '5m': count(0, 0) })).toMatchObject({ state: 'no-data' });
    expect(verdict({ '5m': count(0, 0) }).reason).toContain('no event happened');
    expect(verdict({ '5m': count(null, null) }).reason).toContain('no samples');
  });

  it('is starting while a window of a row has not been counted, but a page does not wait for it', () => {
    const counting = verdict({ '3d': unknown, '28d': unknown });
    expect(counting).toMatchObject({ state: 'starting', budgetConsumed: null, timeToExhaustionMs: null });
    expect(counting.reason).toContain('still counting 3 d, 28 d');
    const over = count(2_000, 100_000);
    expect(verdict({ '5m': over, '1h': over, '3d': unknown }).state).toBe('burning');
  });

  it('does not wait for the budget: only the period is missing', () => {
    expect(verdict({ '28d': unknown })).toMatchObject({ state: 'ok', budgetRemaining: null });
  });

  it('is blind with a problem, unless a row holds all the same', () => {
    expect(verdict({ '30m': unknown }, 'The source is down.')).toMatchObject({
      state: 'blind',
      reason: 'The source is down.',
    });
    const over = count(2_000, 100_000);
    const both = verdict({ '5m': over, '1h': over, '3d': unknown }, 'The notice row is blind.');
    expect(both.state).toBe('burning');
    expect(both.reason).toContain('The notice row is blind.');
  });

  it('computes the budget from the period and the time left from the row that holds', () => {
    const over = count(2_000, 100_000);
    const burning = verdict({ '5m': over, '1h': over, '28d': count(500, 1_000_000) });
    expect(burning.budgetConsumed).toBeCloseTo(0.5, 9);
    // B(1 h) = 20: half of 28 d divided by 20.
    expect(burning.timeToExhaustionMs ?? 0).toBeCloseTo((0.5 * 28 * DAY_MS) / 20, -1);
  });
});

describe('whatever is counted', () => {
  const anyCount: fc.Arbitrary<WindowCount> = fc.oneof(
    fc.constant(unknown),
    fc.constant(count(null, null, 0)),
    fc
      .tuple(fc.nat(1e6), fc.nat(1e6), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([bad, good, seen]) => count(bad, bad + good, seen)),
  );
  const anyCounts = fc.array(anyCount, { minLength: 6, maxLength: 6 });

  it('a row that holds is over its threshold in both windows, and no higher usable row is', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        const decision = decide(plan, counts, null);
        const isOver = (row: (typeof plan.rows)[number]) =>
          [row.longMs, row.shortMs].every(
            (ms) => (decision.windows.find((one) => one.windowMs === ms)?.burnRate ?? 0) > row.threshold,
          );
        const held = plan.rows.find((row) => row.name === decision.holding);
        if (held) expect(isOver(held)).toBe(true);
        else expect(plan.rows.some((row) => row.leftOut === null && isOver(row))).toBe(false);
        expect(decision.reason.length).toBeGreaterThan(10);
      }),
    );
  });

  it('ok is never said while a window of a row is unknown or the shortest has no events', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        const decision = decide(plan, counts, null);
        if (decision.state !== 'ok') return;
        expect(counts.slice(0, 5).every((one) => one.known)).toBe(true);
        expect(decision.windows[0]?.burnRate).not.toBeNull();
      }),
    );
  });
});
