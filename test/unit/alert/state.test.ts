import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankAlert, isAlerting, memoryOf } from '../../../main/alert/rule/memory.ts';
import { removeRule, type Step, step } from '../../../main/alert/rule/state.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Finding, Observation } from '../../../shared/model/observation.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, observationOf, WORKDAY_AT } from '../../support/alerting.ts';

/** Feeds findings a second apart, or after the given gap, to one alert. */
class Run {
  alert: Alert;
  at = WORKDAY_AT;
  last: Step | null = null;
  readonly rule: Partial<Observation>;
  readonly tier1: boolean;

  constructor(rule: Partial<Observation> = {}, tier1 = false) {
    this.rule = rule;
    this.tier1 = tier1;
    this.alert = blankAlert('id', observationOf(rule), 'service=gateway');
  }

  see(finding: Finding, afterMs = SECOND_MS, change: Partial<Observation> = {}): this {
    this.at += afterMs;
    const observation = observationOf({ ...this.rule, ...change, at: this.at, finding });
    this.last = step(this.alert, observation, { now: this.at, pollEveryMs: SECOND_MS, tier1: this.tier1 });
    this.alert = this.last.alert;
    return this;
  }

  seeTimes(finding: Finding, times: number): this {
    for (let n = 0; n < times; n += 1) this.see(finding);
    return this;
  }

  get said(): string {
    return this.last?.verdicts[0]?.reason ?? '';
  }

  get changes(): string[] {
    return this.last?.effects.map((one) => one.change) ?? [];
  }
}

describe('an alert whose condition holds', () => {
  it('fires at once without `for`, and says since when', () => {
    const run = new Run().see(FINDING.holds());
    expect(run.alert).toMatchObject({ phase: 'firing', firedAt: run.at, activeSinceAt: run.at, value: 20 });
    expect(run.changes).toEqual(['fired']);
    expect(run.last?.verdicts[0]).toMatchObject({ stage: 'state', outcome: 'fired' });
  });

  it('is pending for `for`, then fires with the time it held', () => {
    const run = new Run({ forMs: 3 * SECOND_MS }).see(FINDING.holds());
    expect(run.alert.phase).toBe('pending');
    expect(run.said).toBe('Holds for 0 ms of 3 s: burn 20×');
    run.seeTimes(FINDING.holds(), 2);
    expect(run.alert.phase).toBe('pending');
    run.see(FINDING.holds());
    expect(run.alert).toMatchObject({ phase: 'firing', activeSinceAt: WORKDAY_AT + SECOND_MS });
  });

  it('begins `for` anew when the condition breaks, also when it only falls between the thresholds', () => {
    for (const pause of [FINDING.clear(), FINDING.between()]) {
      const run = new Run({ forMs: 2 * SECOND_MS }).seeTimes(FINDING.holds(), 2).see(pause);
      expect(run.alert).toMatchObject({ phase: 'inactive', activeSinceAt: null });
      run.seeTimes(FINDING.holds(), 2);
      expect(run.alert.phase).toBe('pending');
    }
  });

  it('raises its priority while it fires and never lowers it in the same episode', () => {
    const run = new Run().see(FINDING.holds(), SECOND_MS, { priority: 'P1' });
    run.see(FINDING.holds(), SECOND_MS, { priority: 'P0' });
    expect(run.changes).toEqual(['priority-raised']);
    expect(run.alert.priority).toBe('P0');
    run.see(FINDING.holds(), SECOND_MS, { priority: 'P1' });
    expect(run.changes).toEqual([]);
    expect(run.alert.priority).toBe('P0');
    run.see(FINDING.clear()).see(FINDING.holds(), SECOND_MS, { priority: 'P1' });
    expect(run.alert.priority).toBe('P1');
  });
});

describe('a minimum that holds an alert back', () => {
  it('keeps it from firing, says so, and counts the time that it held', () => {
    const run = new Run({ forMs: 2 * SECOND_MS }).seeTimes(FINDING.heldBack(), 5);
    expect(run.alert.phase).toBe('pending');
    expect(run.said).toBe('Held back: only 2 failures');
    expect(run.see(FINDING.holds()).alert.phase).toBe('firing');
  });

  it('neither resolves nor blocks an alert that fires', () => {
    const run = new Run({ keepFiringForMs: 5 * SECOND_MS }).see(FINDING.holds()).see(FINDING.clear());
    expect(run.seeTimes(FINDING.heldBack(), 20).alert.phase).toBe('firing');
    expect(memoryOf(run.alert).clearSinceAt).toBeNull();
  });
});

describe('the end of a firing alert', () => {
  it('comes with the clear condition, not between the thresholds', () => {
    const run = new Run().see(FINDING.holds()).seeTimes(FINDING.between(), 100);
    expect(run.alert.phase).toBe('firing');
    run.see(FINDING.clear());
    expect(run.alert).toMatchObject({ phase: 'resolved', resolvedAt: run.at, activeSinceAt: null });
    expect(run.changes).toEqual(['resolved']);
  });

  it('waits for keep_firing_for without a break', () => {
    const run = new Run({ keepFiringForMs: 3 * SECOND_MS }).see(FINDING.holds());
    run.seeTimes(FINDING.clear(), 3).see(FINDING.between()).seeTimes(FINDING.clear(), 3);
    expect(run.alert.phase).toBe('firing');
    expect(run.said).toBe('Clear for 2 s of 3 s, keeps firing: no failures');
    expect(run.see(FINDING.clear()).alert.phase).toBe('resolved');
  });

  it('says that the rule was removed where that is the reason', () => {
    const run = new Run().see(FINDING.holds());
    const removed = removeRule(run.alert, run.at + 1);
    expect(removed.alert.phase).toBe('resolved');
    expect(removed.alert.reason).toMatch(/^Rule removed/);
    expect(removed.effects.map((one) => one.change)).toEqual(['resolved']);
  });
});

describe('time that nobody saw', () => {
  it('pauses `for` while blind and does not count afterwards', () => {
    const run = new Run({ forMs: 5 * SECOND_MS }).seeTimes(FINDING.holds(), 4);
    run.seeTimes(FINDING.blind(), 60);
    expect(run.alert.phase).toBe('pending');
    run.see(FINDING.holds());
    expect(run.alert.phase).toBe('pending');
    expect(run.said).toBe('Holds for 3 s of 5 s (1 m 1 s unseen, which does not count): burn 20×');
    run.seeTimes(FINDING.holds(), 2);
    expect(run.alert.phase).toBe('firing');
  });

  it('does not count where only one poll between two others was blind', () => {
    const run = new Run({ forMs: 2 * SECOND_MS })
      .see(FINDING.holds())
      .see(FINDING.blind())
      .see(FINDING.holds());
    expect(run.alert.phase).toBe('pending');
    expect(memoryOf(run.alert).unseenMs).toBe(2 * SECOND_MS);
  });

  it('does not count where the machine slept', () => {
    const run = new Run({ forMs: MINUTE_MS }).seeTimes(FINDING.holds(), 30);
    run.see(FINDING.holds(), 6 * 60 * MINUTE_MS);
    expect(run.alert.phase).toBe('pending');
    expect(run.seeTimes(FINDING.holds(), 30).alert.phase).toBe('pending');
    expect(run.see(FINDING.holds()).alert.phase).toBe('firing');
  });

  it('does not count towards keep_firing_for either', () => {
    const run = new Run({ keepFiringForMs: 10 * SECOND_MS }).see(FINDING.holds()).see(FINDING.clear());
    run.see(FINDING.clear(), 5 * MINUTE_MS);
    expect(run.alert.phase).toBe('firing');
  });

  it('is not made up where the clock is set back: what was held stays held, no more and no less', () => {
    const run = new Run({ forMs: 10 * SECOND_MS }).seeTimes(FINDING.holds(), 6);
    run.see(FINDING.holds(), -60 * MINUTE_MS);
    expect(run.said).toContain('Holds for 5 s of 10 s');
    expect(run.seeTimes(FINDING.holds(), 4).alert.phase).toBe('pending');
    expect(run.see(FINDING.holds()).alert.phase).toBe('firing');
  });

  it('never resolves', () => {
    const run = new Run().see(FINDING.holds()).seeTimes(FINDING.blind(), 1_000);
    expect(run.alert.phase).toBe('firing');
    expect(run.said).toBe('Blind, no verdict: the worker died');
  });
});

describe('no data and errors', () => {
  it('alert as P1 once they last two polls, and as P0 where a tier-1 service goes blind', () => {
    for (const [tier1, priority] of [
      [false, 'P1'],
      [true, 'P0'],
    ] as const) {
      const run = new Run({ priority: 'P2' }, tier1).seeTimes(FINDING.noData(), 2);
      expect(run.alert.phase).toBe('pending');
      run.see(FINDING.noData());
      expect(run.alert).toMatchObject({ phase: 'no_data', priority, firedAt: run.at });
      expect(run.changes).toEqual(['no-data']);
      expect(run.see(FINDING.clear()).changes).toEqual(['resolved']);
    }
    expect(new Run().seeTimes(FINDING.error(), 3).alert.phase).toBe('error');
  });

  it('do not alert for one lost answer', () => {
    const run = new Run().see(FINDING.clear()).see(FINDING.noData()).see(FINDING.clear());
    expect(run.alert.phase).toBe('inactive');
    expect(run.changes).toEqual([]);
  });

  it('leave a firing alert firing and say that it is not known to be over', () => {
    const run = new Run().see(FINDING.holds()).seeTimes(FINDING.noData(), 100);
    expect(run.alert.phase).toBe('firing');
    expect(run.alert.reason).toContain('not known to be over');
    expect(run.changes).toEqual([]);
  });

  it('raise a firing P2 of a tier-1 service to P0', () => {
    const run = new Run({ priority: 'P2' }, true).see(FINDING.holds()).seeTimes(FINDING.noData(), 2);
    expect(run.alert.priority).toBe('P2');
    expect(run.see(FINDING.noData()).changes).toEqual(['priority-raised']);
    expect(run.alert.priority).toBe('P0');
  });

  it('keep the state where the policy is keep, and pause `for`', () => {
    const keep = { onNoData: 'keep', forMs: 3 * SECOND_MS } as const;
    const run = new Run(keep).seeTimes(FINDING.holds(), 2).seeTimes(FINDING.noData(), 100);
    expect(run.alert.phase).toBe('pending');
    expect(run.see(FINDING.holds()).alert.phase).toBe('pending');
    expect(new Run(keep).seeTimes(FINDING.noData(), 100).alert.phase).toBe('inactive');
  });

  it('are fine where the policy is ok', () => {
    const run = new Run({ onError: 'ok' }).see(FINDING.holds()).see(FINDING.error());
    expect(run.alert.phase).toBe('resolved');
  });

  it('give way to the condition when data are back, whose time begins with the data', () => {
    const run = new Run({ forMs: 10 * SECOND_MS }).seeTimes(FINDING.noData(), 100).see(FINDING.holds());
    expect(run.alert).toMatchObject({ phase: 'pending', activeSinceAt: run.at });
    expect(run.changes).toEqual(['resolved']);
    expect(run.seeTimes(FINDING.holds(), 9).alert.phase).toBe('pending');
    expect(run.see(FINDING.holds()).alert.phase).toBe('firing');
  });
});

describe('the state machine under any sequence', () => {
  const findings = fc.constantFrom(
    FINDING.holds(),
    FINDING.heldBack(),
    FINDING.between(),
    FINDING.clear(),
    FINDING.noData(),
    FINDING.error(),
    FINDING.blind(),
  );
  const rules = fc.record({
    forMs: fc.constantFrom(0, 2_000, 5_000),
    keepFiringForMs: fc.constantFrom(0, 3_000),
    onNoData: fc.constantFrom('keep', 'alert' as const),
    onError: fc.constantFrom('keep', 'alert' as const),
  });
  const gaps = fc.constantFrom(1_000, 1_000, 1_000, 60_000);

  it('ends a firing alert only with a clear condition', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(findings, gaps), { maxLength: 60 }), (rule, seen) => {
        const run = new Run(rule as Partial<Observation>);
        for (const [finding, gap] of seen) {
          const before = run.alert.phase;
          run.see(finding, gap);
          if (before === 'firing' && run.alert.phase !== 'firing') expect(finding.kind).toBe('clear');
        }
      }),
    );
  });

  it('keeps times that fit the phase, one verdict a step, and says each beginning and end once', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(findings, gaps), { maxLength: 60 }), (rule, seen) => {
        const run = new Run(rule as Partial<Observation>);
        for (const [finding, gap] of seen) {
          const before = isAlerting(run.alert);
          run.see(finding, gap);
          const { alert } = run;
          expect(run.last?.verdicts).toHaveLength(1);
          expect(run.said).not.toBe('');
          expect(alert.firedAt === null && isAlerting(alert)).toBe(false);
          if (alert.phase === 'firing') expect(alert.resolvedAt).toBeNull();
          if (alert.phase === 'resolved') expect(alert.resolvedAt).not.toBeNull();
          if (!before && isAlerting(alert)) expect(run.changes).toHaveLength(1);
          if (before && !isAlerting(alert)) expect(run.changes).toEqual(['resolved']);
          expect(memoryOf(alert).unseenMs).toBeLessThanOrEqual(
            alert.activeSinceAt ? run.at - alert.activeSinceAt : 0,
          );
        }
      }),
    );
  });

  it('counts no unseen time of a condition before towards *no data*', () => {
    const run = new Run({ forMs: 0, onNoData: 'alert', onError: 'keep' });
    for (const [finding, gap] of [
      [FINDING.heldBack(), 1_000],
      [FINDING.heldBack(), 60_000],
      [FINDING.noData(), 1_000],
      [FINDING.blind(), 1_000],
      [FINDING.noData(), 1_000],
    ] as const)
      run.see(finding, gap);
    expect(run.alert.phase).toBe('no_data');
    expect(memoryOf(run.alert).unseenMs).toBe(0);
  });

  it('fires within `for` and one poll of seen time, once the condition holds to the end', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(findings, gaps), { maxLength: 30 }), (rule, seen) => {
        const run = new Run(rule as Partial<Observation>);
        for (const [finding, gap] of seen) run.see(finding, gap);
        run.seeTimes(FINDING.holds(), rule.forMs / SECOND_MS + 1);
        expect(run.alert.phase).toBe('firing');
      }),
    );
  });
});
