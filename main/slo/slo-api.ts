import { type Decision, decide, type ObjectivePlan, type WindowCount } from './math/index.ts';

/** Numbers of one window in a batch: bad, total, seen fraction, anchored at, the budget's total; NaN is null. */
const NUMBERS = 5;

/** One evaluation of many objectives on its way to the worker: all windows of all plans, one after the other. */
export interface DecisionBatch {
  readonly plans: readonly ObjectivePlan[];
  readonly problems: readonly (string | null)[];
  readonly numbers: Float64Array;
  /** 1 where the window has been counted. */
  readonly known: Uint8Array;
}

export type SloApi = {
  decide(batch: DecisionBatch): Decision[];
};

export interface Case {
  readonly plan: ObjectivePlan;
  readonly counts: readonly WindowCount[];
  readonly problem: string | null;
}

export function packCases(cases: readonly Case[]): DecisionBatch {
  const counts = cases.flatMap((item) => item.counts);
  const numbers = new Float64Array(counts.length * NUMBERS);
  const known = new Uint8Array(counts.length);
  counts.forEach((count, at) => {
    const { bad, total, seenFraction, anchoredAt, budgetTotal } = count;
    const orNaN = (value: number | null | undefined) => value ?? Number.NaN;
    numbers.set(
      [orNaN(bad), orNaN(total), seenFraction, orNaN(anchoredAt), orNaN(budgetTotal)],
      at * NUMBERS,
    );
    known[at] = count.known ? 1 : 0;
  });
  return {
    plans: cases.map((item) => item.plan),
    problems: cases.map((item) => item.problem),
    numbers,
    known,
  };
}

/** What the worker serves. It keeps nothing between calls, so a restarted one is as good as the first. */
export const sloApi: SloApi = {
  decide(batch) {
    let next = 0;
    return batch.plans.map((plan, item) => {
      const counts = plan.windowsMs.map(() => readCount(batch, next++));
      return decide(plan, counts, batch.problems[item] ?? null);
    });
  },
};

function readCount(batch: DecisionBatch, at: number): WindowCount {
  const number = (place: number) => {
    const value = batch.numbers[at * NUMBERS + place];
    return value === undefined || Number.isNaN(value) ? null : value;
  };
  return {
    bad: number(0),
    total: number(1),
    seenFraction: number(2) ?? 0,
    anchoredAt: number(3),
    known: batch.known[at] === 1,
    budgetTotal: number(4),
  };
}
