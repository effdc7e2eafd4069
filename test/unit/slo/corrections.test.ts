import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingIds } from '../../../main/platform/index.ts';
import { correctedStatus, keepCorrected } from '../../../main/slo/correct.ts';
import { correctedStretches, createCorrections } from '../../../main/slo/corrections.ts';
import type { Asking } from '../../../main/slo/count.ts';
import { complianceLine, reportHtml, reportMarkdown, unknownLine } from '../../../main/slo/report.ts';
import { startingStatus } from '../../../main/slo/status.ts';
import { track } from '../../../main/slo/tracker.ts';
import { detectionLines, objectiveWarnings } from '../../../main/slo/warnings.ts';
import type { Correction } from '../../../shared/model/correction.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { openTestLog } from '../../support/log.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);
const draft = { objectiveId: 'o', fromAt: T0, toAt: T0 + HOUR_MS, reason: 'planned move' };

describe('corrections', () => {
  it('are kept across a restart, and revoked but never deleted', async () => {
    const first = openTestLog();
    const deps = { clock: { now: () => T0 }, ids: countingIds('c') };
    try {
      const kept = createCorrections({ ...deps, log: first.log.call });
      const made = await kept.add(draft, 'ana');
      await kept.revoke(made.id, 'wrong day', 'ben');
      await expect(kept.revoke(made.id, 'again', 'ben')).rejects.toThrow(/ben has revoked/);
      await expect(kept.add({ ...draft, toAt: T0 }, 'ana')).rejects.toThrow(/ends before it begins/);
      await expect(kept.add({ ...draft, toAt: T0 + 40 * DAY_MS }, 'ana')).rejects.toThrow(/at most 31 days/);
      await expect(kept.revoke('nowhere', 'x', 'ben')).rejects.toThrow(/no correction nowhere/);
    } finally {
      const again = first.reopen();
      const loaded = createCorrections({ ...deps, log: again.log.call });
      await loaded.load();
      expect(loaded.of('o')).toMatchObject([{ by: 'ana', revoked: { by: 'ben', reason: 'wrong day' } }]);
      again.remove();
    }
  });

  const correction = (fromAt: number, toAt: number, revoked: Correction['revoked'] = null): Correction => ({
    ...{ id: `${fromAt}`, objectiveId: 'o', fromAt, toAt, reason: 'move', by: 'ana', createdAt: 0, revoked },
  });

  it('overlap without counting time twice, and end where the period does', () => {
    const all = [
      correction(5, 10),
      correction(8, 20),
      correction(30, 90),
      correction(0, 99, { by: 'b', at: 1, reason: '' }),
    ];
    expect(correctedStretches(all, 7, 50)).toEqual([
      { fromAt: 7, toAt: 20 },
      { fromAt: 30, toAt: 50 },
    ]);
  });

  it('change the budget and leave the burn, with the uncorrected number beside it', () => {
    const objective = gatewayObjective({ target: 0.99 });
    const tracking = track(objective, shippedPolicy('midwatch'), T0);
    if (!tracking.ok) throw new Error('not tracked');
    const { tracker } = tracking;
    const period = {
      windowMs: tracker.plan.periodMs,
      bad: 60,
      total: 10_000,
      burnRate: 0.6,
      seenFraction: 1,
      anchoredAt: null,
    };
    const status = {
      ...startingStatus(objective),
      windows: [period],
      budgetConsumed: 0.6,
      budgetRemaining: 0.4,
    };
    expect(correctedStatus(status, tracker)).toBe(status);
    tracker.corrected = { bad: 50, total: 1_000, of: [correction(0, 1)], at: T0 };
    const corrected = correctedStatus(status, tracker);
    // 10 of 9 000 at a budget of 1 %.
    expect(corrected.budgetConsumed).toBeCloseTo(10 / 9_000 / 0.01, 12);
    expect(corrected.uncorrected).toEqual({ budgetConsumed: 0.6, budgetRemaining: 0.4 });
    expect(corrected.windows).toEqual(status.windows);
  });
});

describe('a corrected budget, slice by slice', () => {
  const minutes = 240;
  const verdicts = fc.array(fc.constantFrom(0, 0, 0, 1, null), { minLength: minutes, maxLength: minutes });
  const stretch = fc
    .tuple(fc.integer({ min: -30, max: minutes }), fc.integer({ min: 1, max: 90 }), fc.boolean())
    .map(([from, length, isRevoked]) => ({ from, to: from + length, isRevoked }));

  it.each([
    ['a rolling period', {}],
    [
      'a calendar period',
      { calendar: { unit: 'month' as const, count: 1, timeZone: 'UTC', startTime: '2026-01-01 00:00:00' } },
    ],
  ])('of %s is what is left when the corrected ones are struck out by hand', async (_what, change) => {
    await fc.assert(
      fc.asyncProperty(verdicts, fc.array(stretch, { maxLength: 4 }), async (slices, cuts) => {
        const at = T0 + minutes * MINUTE_MS;
        const objective = gatewayObjective({
          target: 0.9,
          slices: { lengthMs: MINUTE_MS, bad: 'x', condition: 'x' },
          ...change,
        });
        const tracking = track(objective, shippedPolicy('midwatch'), at);
        if (!tracking.ok || tracking.tracker.kind !== 'slices') throw new Error('not tracked');
        const { tracker } = tracking;
        tracker.ring.append(T0 + MINUTE_MS, slices);
        const corrections = cuts.map(({ from, to, isRevoked }, i) => ({
          ...{ id: `${i}`, objectiveId: 'o', reason: 'move', by: 'ana', createdAt: 0 },
          fromAt: T0 + from * MINUTE_MS,
          toAt: T0 + to * MINUTE_MS,
          revoked: isRevoked ? { by: 'b', at: 1, reason: '' } : null,
        }));
        expect(await keepCorrected(tracker, NO_SOURCE, corrections, at)).toBeNull();
        // A slice that ends at minute k covers (k − 1, k].
        const isCut = (end: number) => cuts.some((one) => !one.isRevoked && one.from < end && end <= one.to);
        const sum = (keep: (end: number) => boolean, of: (verdict: number) => number) =>
          slices.reduce<number>((all, one, i) => all + (one !== null && keep(i + 1) ? of(one) : 0), 0);
        const [bad, total] = [
          sum(
            () => true,
            (one) => one,
          ),
          sum(
            () => true,
            () => 1,
          ),
        ];
        const whole = 44_640;
        const { isCalendar } = tracker.plan;
        const consumed = total === 0 ? null : bad / ((isCalendar ? whole : total) * 0.1);
        const status = {
          ...startingStatus(objective),
          windows: [
            {
              windowMs: tracker.plan.periodMs,
              bad,
              total,
              burnRate: null,
              seenFraction: 1,
              anchoredAt: null,
            },
          ],
          budgetConsumed: consumed,
          budgetRemaining: consumed === null ? null : 1 - consumed,
        };
        const corrected = correctedStatus(status, tracker);
        if (consumed === null || !cuts.some((one) => !one.isRevoked)) {
          expect(corrected).toBe(status);
          return;
        }
        const keep = (end: number) => !isCut(end);
        const [badLeft, totalLeft] = [sum(keep, (one) => one), sum(keep, () => 1)];
        const rest = isCalendar ? whole : totalLeft;
        expect(corrected.budgetConsumed).toBeCloseTo(rest === 0 ? 0 : badLeft / (rest * 0.1), 9);
        expect(corrected.uncorrected).toEqual({ budgetConsumed: consumed, budgetRemaining: 1 - consumed });
      }),
    );
  });
});

/** Slices are counted from what is kept; nothing is asked for. */
const NO_SOURCE: Asking = {
  target: {
    id: 'none',
    instant: () => Promise.reject(new Error('asked')),
    range: () => Promise.reject(new Error('asked')),
  },
  limit: (task) => task(),
  timeoutMs: 1,
};

describe('a report', () => {
  const objective = gatewayObjective({ title: '<b>Gate|way</b>', target: 0.99 });
  const measured = { bad: 5, total: 1_000, budgetRemaining: 0.5, seenFraction: 1 };
  const facts = {
    ...{ workspace: 'shop', fromAt: T0, toAt: T0 + 28 * DAY_MS, madeAt: T0 + 28 * DAY_MS },
    lines: [
      complianceLine(objective, measured, null),
      unknownLine(gatewayObjective({ id: 'x', title: 'Search' })),
    ],
  };

  it('says by service what was kept, what was not, and what is unknown', () => {
    const text = reportMarkdown(facts);
    expect(text).toContain('1 of 1 objectives with data were kept. Of 1 nothing is known');
    expect(text).toContain('| Search | 99.99 % | no data | unknown |');
    expect(text).toContain('99.5 % | yes |');
  });

  it('lets no name become markup', () => {
    expect(reportMarkdown(facts)).toContain('\\<b\\>Gate\\|way\\</b\\>');
    const html = reportHtml(facts);
    expect(html).toContain('&lt;b&gt;Gate|way&lt;/b&gt;');
    expect(html).not.toContain('<b>');
  });
});

describe('what is to be known of an objective', () => {
  it('is which rows can never fire, and when the others notice', () => {
    const policies = [shippedPolicy('midwatch')];
    const coarse = gatewayObjective({ target: 0.5 });
    expect(objectiveWarnings(coarse, policies)).toHaveLength(2);
    expect(objectiveWarnings(coarse, policies)[0]).toContain('the page row: Can never fire');
    expect(objectiveWarnings(gatewayObjective(), policies)).toEqual([]);
    const wakes = gatewayObjective({ wake: { policy: 'budget', floor: 0.25 } });
    // The wait is decided at the alert; there is nothing to warn of beforehand.
    expect(objectiveWarnings(wakes, policies)).toEqual([]);
    expect(objectiveWarnings(gatewayObjective({ periodMs: HOUR_MS }), policies).at(-1)).toContain(
      'none is left',
    );
    expect(detectionLines(gatewayObjective(), policies)[0]).toBe(
      'page (P0) 13.44×: 5 s at 100 %, 48 s at 10 %, 8 m 4 s at 1 % errors',
    );
  });
});
