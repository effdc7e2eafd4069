import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Objective } from '../../shared/model/objective.ts';
import {
  countsAt,
  type ObjectivePlan,
  type PastColumn,
  type PastPeriod,
  pastPeriod,
  planObjective,
} from '../slo/index.ts';
import type { PeriodCounts } from './period-counts.ts';

type Columns = ReadonlyMap<number, PastColumn>;

/** A part of history in which one plan holds: all of it, or one calendar period, which has a length of its own. */
export interface ObjectivePhase {
  readonly plan: ObjectivePlan;
  readonly period: PastPeriod | null;
  /** In the order of the plan's windows; the period has none. */
  readonly columns: readonly (PastColumn | undefined)[];
  readonly rows: readonly { readonly long: PastColumn; readonly short: PastColumn; readonly most: number }[];
  readonly counts: PeriodCounts | null;
  /** The same phase over what was counted. */
  over(found: Columns | null, counts: PeriodCounts | null): ObjectivePhase;
}

/** The phases that a stretch touches, in order; more than one only where a calendar period ends within it. */
export function phasesOf(
  objective: Objective,
  policy: PolicyConfig,
  fromAt: number,
  toAt: number,
): ObjectivePhase[] {
  const phases: ObjectivePhase[] = [];
  for (let at = fromAt; at <= toAt; ) {
    const period = pastPeriod(objective, at);
    const lengthMs = period ? period.endAt - period.startAt : objective.periodMs;
    phases.push(phaseOf(planObjective(objective, policy, lengthMs), period, null, null));
    if (!period) break;
    at = period.endAt;
  }
  return phases;
}

function phaseOf(
  plan: ObjectivePlan,
  period: PastPeriod | null,
  found: Columns | null,
  counts: PeriodCounts | null,
): ObjectivePhase {
  const budget = 1 - plan.target;
  return {
    plan,
    period,
    counts,
    columns: plan.windowsMs.map((windowMs) => found?.get(windowMs)),
    rows: plan.rows.flatMap((row) => {
      const [long, short] = [found?.get(row.longMs), found?.get(row.shortMs)];
      return row.leftOut === null && long && short ? [{ long, short, most: row.threshold * budget }] : [];
    }),
    over: (columns, whole) => phaseOf(plan, period, columns, whole),
  };
}

/** All windows that any of the phases looks at, ascending; whole periods are counted apart. */
export function windowsOf(phases: readonly ObjectivePhase[]): number[] {
  const all = phases.flatMap(({ plan }) => plan.windowsMs.filter((windowMs) => windowMs < plan.periodMs));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Counts of the windows of a phase at a step, and of its period as far as it had come then. */
export function countsOf(
  { plan, period, columns, counts }: ObjectivePhase,
  { slices }: Objective,
  step: number,
  at: number,
  seenSince: (windowMs: number) => number,
) {
  const windows = countsAt(columns, step, (place) => seenSince(plan.windowsMs[place] ?? 1));
  if (!counts) return windows;
  const fromAt = period?.startAt ?? at - plan.periodMs;
  const whole = counts.count(fromAt, at);
  if (!whole) return windows;
  const { bad, total } = whole;
  // Events of the last full period, else these at their present traffic; slices are as many as the period has.
  const usual = period ? counts.count(period.previousStartAt, period.startAt)?.total : undefined;
  const budgetTotal = slices
    ? plan.periodMs / slices.lengthMs
    : (usual ?? (total * plan.periodMs) / Math.max(1, at - fromAt));
  const last = {
    ...{ bad, total, anchoredAt: null, known: true },
    seenFraction: Math.min(whole.seen, seenSince(at - fromAt)),
    ...(period ? { budgetTotal } : {}),
  };
  return [...windows.slice(0, -1), last];
}
