import { EXHAUSTION_NEVER, type PolicyRow } from '../../../shared/model/objective.ts';
import { budgetConsumed, budgetRemaining, calendarConsumed, errorRate, timeToExhaustion } from './budget.ts';
import { type Burn, burnOf, type Decision, type WindowCount, windowOf } from './burn.ts';
import { minimumNotMet } from './minimum.ts';
import { type ObjectivePlan, RATE_WINDOW_MS } from './plan.ts';
import { reasonFor } from './reason.ts';

/**
 * The verdict over one objective. `counts` are in the order of the plan's windows; `problem` is the sentence about
 * a count that could not be had, which makes the objective blind unless a row holds all the same.
 */
export function decide(
  plan: ObjectivePlan,
  counts: readonly WindowCount[],
  problem: string | null,
): Decision {
  const burns = plan.windowsMs.map((windowMs, at) => burnOf(plan.target, windowMs, counts[at]));
  const usable = plan.rows.filter((row) => row.leftOut === null);
  const { held, passing } = rowThatHolds(plan, burns);
  const heldBack = held && !passing ? minimumNotMet(plan, held, burns) : null;
  const state = stateOf(usable, burns, held, problem);
  const consumed = consumedOf(plan, burns.at(-1), counts.at(-1)?.budgetTotal ?? null);
  const remaining = budgetRemaining(consumed);
  const rate = windowOf(burns, passing?.longMs ?? RATE_WINDOW_MS)?.burnRate ?? null;
  const exhaustion = timeToExhaustion(remaining, rate, plan.periodMs);
  return {
    state,
    reason: reasonFor({ plan, burns, state, held, heldBack, problem }),
    windows: burns.map(({ known: _known, ...window }) => window),
    holding: held?.name ?? null,
    heldBack,
    budgetConsumed: consumed,
    budgetRemaining: remaining,
    timeToExhaustionMs: exhaustion === Number.POSITIVE_INFINITY ? EXHAUSTION_NEVER : exhaustion,
  };
}

/** The highest row that holds with the minimums met, else the highest that holds; `passing` says which of the two. */
export function rowThatHolds(
  plan: ObjectivePlan,
  burns: readonly Burn[],
): { readonly held: PolicyRow | null; readonly passing: PolicyRow | null } {
  const over = plan.rows.filter((row) => row.leftOut === null && isOver(row, burns));
  const passing = over.find((row) => minimumNotMet(plan, row, burns) === null) ?? null;
  return { held: passing ?? over[0] ?? null, passing };
}

function consumedOf(plan: ObjectivePlan, period: Burn | undefined, wholeTotal: number | null): number | null {
  if (!period?.known) return null;
  if (plan.isCalendar) return calendarConsumed(period.bad, wholeTotal, plan.target);
  return budgetConsumed(errorRate(period.bad, period.total), plan.target, period.seenFraction);
}

/** Both windows must be over: the long one says it matters, the short one that it is still going on. */
function isOver(row: PolicyRow, burns: readonly Burn[]): boolean {
  const long = windowOf(burns, row.longMs)?.burnRate ?? null;
  const short = windowOf(burns, row.shortMs)?.burnRate ?? null;
  return long !== null && short !== null && long > row.threshold && short > row.threshold;
}

function stateOf(
  usable: readonly PolicyRow[],
  burns: readonly Burn[],
  held: PolicyRow | null,
  problem: string | null,
): Decision['state'] {
  if (held) return 'burning';
  if (problem !== null) return 'blind';
  const needed = usable.flatMap((row) => [windowOf(burns, row.shortMs), windowOf(burns, row.longMs)]);
  const watched = needed.length > 0 ? needed : [windowOf(burns, RATE_WINDOW_MS) ?? burns.at(-1)];
  if (watched.some((burn) => !burn?.known)) return 'starting';
  const shortest = watched.reduce((a, b) => (a && b && b.windowMs < a.windowMs ? b : a));
  if (shortest?.burnRate == null) return 'no-data';
  // With no row left, nothing else would ever say that the budget is going down faster than it comes back.
  return usable.length === 0 && shortest.burnRate > 1 ? 'burning' : 'ok';
}
