import type { PolicyRow, WindowBurn } from '../../../shared/model/objective.ts';
import { formatBurnRate, formatPercent, formatSignificant } from '../../../shared/unit/number.ts';
import { formatDuration, formatInstant, MINUTE_MS } from '../../../shared/unit/time.ts';
import { errorRate } from './budget.ts';
import type { Burn, Decision } from './burn.ts';
import { type ObjectivePlan, REASON_WINDOW_MS } from './plan.ts';

interface Verdict {
  readonly plan: ObjectivePlan;
  readonly burns: readonly Burn[];
  readonly state: Decision['state'];
  readonly held: PolicyRow | null;
  readonly heldBack: string | null;
  readonly problem: string | null;
}

/** The reason in numbers that a person reads: failures first, ratios after, then what would have to be and what was not seen. */
export function reasonFor(verdict: Verdict): string {
  const { plan, burns, state, held, heldBack, problem } = verdict;
  if (state === 'blind') return problem ?? 'The counts could not be had: no verdict.';
  const usable = plan.rows.filter((row) => row.leftOut === null);
  const row = held ?? usable[0] ?? null;
  const parts: string[] = [];
  if (state === 'no-data') {
    parts.push(noDataReason(burns, row));
  } else {
    parts.push(countsReason(plan, burns, row));
    parts.push(row ? rowReason(row, held !== null, burns) : 'no row of the policy can fire');
  }
  const partly = burns.find((burn) => burn.known && burn.windowMs === row?.longMs && burn.seenFraction < 1);
  if (partly) parts.push(seenReason(partly));
  const anchored = held ? burns.find((burn) => burn.windowMs === held.longMs) : undefined;
  if (anchored?.anchoredAt != null)
    parts.push(
      `${formatDuration(anchored.windowMs)} counted in full at ${formatInstant(anchored.anchoredAt)}, carried forward since`,
    );
  const uncounted = burns.filter((burn) => !burn.known).map((burn) => formatDuration(burn.windowMs));
  if (uncounted.length > 0) parts.push(`still counting ${uncounted.join(', ')}`);
  if (problem !== null) parts.push(problem);
  return heldBack === null ? parts.join('; ') : `${heldBack} ${parts.join('; ')}`;
}

/** `4 of 120 failed, 3.3 %, 33× budget over 5 m`, from the shortest window with events of those that the row names. */
function countsReason(plan: ObjectivePlan, burns: readonly Burn[], row: PolicyRow | null): string {
  const window =
    burns.find((burn) => burn.windowMs === (row?.shortMs ?? REASON_WINDOW_MS) && burn.burnRate !== null) ??
    burns.find((burn) => burn.burnRate !== null);
  return window ? describeWindow(plan, window) : `no ${plan.unit} were counted`;
}

function describeWindow(plan: ObjectivePlan, window: WindowBurn): string {
  const error = errorRate(window.bad, window.total);
  if (error === null || window.burnRate === null) return `no events in ${formatDuration(window.windowMs)}`;
  const failed = plan.unit === 'slices' ? 'slices bad' : 'failed';
  const counts = `${formatCount(window.bad ?? 0)} of ${formatCount(window.total ?? 0)} ${failed}`;
  return `${counts}, ${formatPercent(error, 2)}, ${formatBurnRate(window.burnRate)} budget over ${formatDuration(window.windowMs)}`;
}

function rowReason(row: PolicyRow, holds: boolean, burns: readonly Burn[]): string {
  const threshold = `${formatSignificant(row.threshold, 4)}×${row.raisedToOne ? ' (raised to 1)' : ''}`;
  const windows = `${formatDuration(row.longMs)} and ${formatDuration(row.shortMs)}`;
  if (!holds) return `${row.name} row needs ${threshold} over ${windows}`;
  const long = burns.find((burn) => burn.windowMs === row.longMs);
  const longBurn =
    long?.burnRate == null ? '' : `, ${formatBurnRate(long.burnRate)} over ${formatDuration(row.longMs)}`;
  return `${row.name} row holds: over ${threshold} in ${windows}${longBurn}`;
}

function noDataReason(burns: readonly Burn[], row: PolicyRow | null): string {
  const short = burns.find((burn) => burn.windowMs === (row?.shortMs ?? burns[0]?.windowMs));
  const window = formatDuration(short?.windowMs ?? REASON_WINDOW_MS);
  return short?.total === 0
    ? `No data: the series are there, but no event happened in ${window}, so there is no burn rate to judge`
    : `No data: the total has no samples in ${window}, so nothing is known about this objective`;
}

/** `seen 4 of 60 min`; hours and days where minutes would be unreadable. */
function seenReason(window: WindowBurn): string {
  const seenMs = window.seenFraction * window.windowMs;
  if (window.windowMs <= 60 * MINUTE_MS) {
    const minutes = seenMs / MINUTE_MS;
    const whole = Math.round(window.windowMs / MINUTE_MS);
    if (minutes < 1) return `seen ${formatDuration(seenMs)} of ${whole} min`;
    // 59.8 of 60 is not all of it.
    const seen = Math.min(Math.round(minutes), whole - 1);
    return `seen ${seen} of ${whole} min`;
  }
  return `seen ${formatDuration(seenMs)} of ${formatDuration(window.windowMs)}`;
}

/** Whole events; under 10 an extrapolated count that is not zero is never shown as 0. */
function formatCount(count: number): string {
  if (count > 0 && count < 0.5) return 'under 1';
  return Math.round(count).toLocaleString('en-US');
}
