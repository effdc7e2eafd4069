import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startingStatus } from '../../../main/slo/index.ts';
import { decide, planObjective, type WindowCount } from '../../../main/slo/math/index.ts';
import { observeObjective } from '../../../main/slo/observe.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const objective = gatewayObjective({ target: 0.999 });
const plan = planObjective(objective, shippedPolicy('midwatch'));
const none = { lastHeld: null, problem: null };

const count = (bad: number | null, total: number | null, seenFraction = 1): WindowCount => ({
  bad,
  total,
  seenFraction,
  anchoredAt: null,
  known: true,
});

function status(counts: readonly WindowCount[], problem: string | null = null): ObjectiveStatus {
  return {
    ...startingStatus(objective),
    ...decide(plan, counts, problem),
    rows: [...plan.rows],
    evaluatedAt: 1_000,
  };
}

const calm = count(0, 100_000);
const over = count(2_000, 100_000);

describe('an observation of an objective', () => {
  it('carries what identifies the alert, and never a value', () => {
    const seen = observeObjective(status([over, calm, over, calm, calm, calm]), none);
    expect(seen).toMatchObject({
      ruleId: 'gateway-availability',
      kind: 'burn',
      labels: { objective: 'gateway-availability', service: 'gateway' },
      priority: 'P0',
      title: 'Gateway availability is burning its budget',
      definedAt: 'slos/gateway.yaml:1',
      at: 1_000,
      objectiveId: 'gateway-availability',
      failingShare: 0.02,
    });
    expect(seen.finding).toMatchObject({ kind: 'holds', threshold: 13.44 });
    expect(seen.finding.kind === 'holds' && seen.finding.value).toBeCloseTo(20, 9);
  });

  it('has the priority of the highest row that holds', () => {
    expect(observeObjective(status([calm, over, calm, over, calm, calm]), none).priority).toBe('P1');
    expect(observeObjective(status([calm, calm, calm, over, over, calm]), none).priority).toBe('P2');
  });

  it('is held back by a minimum', () => {
    const few = observeObjective(status([count(2, 20), calm, count(2, 40), calm, calm, calm]), none);
    expect(few.finding.kind).toBe('held-back');
    expect(few.finding.reason).toContain('minimum_failures');
  });

  it('is clear once either window of the row that fired is at or under its threshold, as PromQL has it', () => {
    const memory = { lastHeld: 'page', problem: null };
    expect(observeObjective(status([calm, calm, over, calm, calm, calm]), memory).finding.kind).toBe('clear');
    expect(observeObjective(status([over, calm, calm, calm, calm, calm]), memory).finding.kind).toBe('clear');
  });

  it('is between while the short window is over and the long one was not seen whole', () => {
    const partly = count(0, 100_000, 0.9);
    expect(observeObjective(status([over, calm, partly, calm, calm, calm]), none).finding.kind).toBe(
      'between',
    );
    // The ticket's short window is still over: for a ticket it is not over yet, for a page it is.
    const ticketShort = status([calm, over, calm, partly, calm, calm]);
    expect(observeObjective(ticketShort, { lastHeld: 'ticket', problem: null }).finding.kind).toBe('between');
    expect(observeObjective(ticketShort, { lastHeld: 'page', problem: null }).finding.kind).toBe('clear');
  });

  it('does not take a window hardly seen for clear: its burn is a lower bound', () => {
    const memory = { lastHeld: 'page', problem: null };
    const woken = (bad: number, seen: number) =>
      observeObjective(status([count(bad, 1_000, seen), calm, calm, calm, calm, calm]), memory).finding.kind;
    expect(woken(0, 0.4)).toBe('between');
    expect(woken(0, 0.6)).toBe('clear');
    // 2 % of what was seen fails: 20×, of which 12× are certain. Not over yet.
    expect(woken(20, 0.6)).toBe('between');
  });

  it('keeps a firing alert through quiet, and alerts where the series is gone', () => {
    const quiet = observeObjective(status([count(0, 0), calm, calm, calm, calm, calm]), none);
    expect([quiet.finding.kind, quiet.onNoData]).toEqual(['no-data', 'keep']);
    const gone = observeObjective(status(plan.windowsMs.map(() => count(null, null, 0))), none);
    expect([gone.finding.kind, gone.onNoData]).toEqual(['no-data', 'alert']);
    expect(gone.failingShare).toBeNull();
  });

  it('alerts where the series went though a month still remembers it', () => {
    const went = observeObjective(status([count(null, null, 0), calm, calm, calm, calm, calm]), none);
    expect([went.finding.kind, went.onNoData]).toEqual(['no-data', 'alert']);
  });

  it('tells a source that is blind from an objective that is wrong, and neither from starting', () => {
    const blind = status([], 'The source is down.');
    expect(observeObjective(blind, { lastHeld: null, problem: 'blind' }).finding.kind).toBe('blind');
    expect(observeObjective(blind, { lastHeld: null, problem: 'error' }).finding.kind).toBe('error');
    expect(observeObjective(startingStatus(objective), none).finding.kind).toBe('between');
  });

  it('never clears where no row can fire: nothing was watched', () => {
    const low = { ...status([calm, calm, calm, calm, calm, calm]) };
    const rows = low.rows.map((row) => ({ ...row, leftOut: 'cannot fire' }));
    expect(observeObjective({ ...low, rows }, none).finding.kind).toBe('between');
  });

  it('never clears without data that says so', () => {
    const anyCount = fc.oneof(
      fc.constant<WindowCount>({ ...count(null, null, 0), known: false }),
      fc.constant(count(null, null, 0)),
      fc.constant(count(0, 0)),
      fc
        .tuple(fc.nat(1e5), fc.nat(1e6), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([bad, good, seen]) => count(bad, bad + good, seen)),
    );
    const anyMemory = fc.constantFrom('page', 'ticket', 'notice', null);
    fc.assert(
      fc.property(
        fc.array(anyCount, { minLength: 6, maxLength: 6 }),
        anyMemory,
        fc.option(fc.constant('A query failed.')),
        (counts, lastHeld, problem) => {
          const seen = observeObjective(status(counts, problem), { lastHeld, problem: null });
          if (seen.finding.kind !== 'clear') return;
          const row = plan.rows.find((one) => one.name === (lastHeld ?? 'page'));
          const short = counts[plan.windowsMs.indexOf(row?.shortMs ?? 0)];
          expect(problem).toBeNull();
          expect(short?.known && (short.total ?? 0) > 0 && short.seenFraction >= 0.5).toBe(true);
          expect((short?.bad ?? 0) / (short?.total ?? 1) / 0.001).toBeLessThanOrEqual(
            (row?.threshold ?? 0) + 1e-9,
          );
          expect(counts.slice(0, 5).every((one) => one.known)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
