import { ok, type Result } from '../../shared/error/result.ts';
import type { Objective, ObjectiveStatus } from '../../shared/model/objective.ts';
import { type RunningPeriod, runningPeriod } from '../calendar/index.ts';
import { presenceQuery } from './build-query.ts';
import { type Asking, askRange, countOver, type Problem, readCounters } from './count.ts';
import { burnOf } from './math/burn.ts';
import { rowThatHolds } from './math/decide.ts';
import { decide, type ObjectivePlan, type WindowCount } from './math/index.ts';
import { readSlices } from './slice-count.ts';
import { blindStatus } from './status.ts';
import { EXACT_MAX_MS } from './tracker.ts';
import { TREND_STEP_MS } from './trend.ts';

/** The instants of a stretch of the past: `steps` of them from `fromAt`. */
export interface PastGrid {
  readonly fromAt: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** The calendar period that an instant lies in, with where the last full one began. */
export type PastPeriod = RunningPeriod;

/** Null where the objective's period rolls. */
export function pastPeriod({ calendar }: Objective, at: number): PastPeriod | null {
  return calendar ? runningPeriod(calendar, at) : null;
}

/** One window's counts at each step of a grid: `known` is 1 where the total was counted, `seen` the part of it that was. */
export interface PastColumn {
  readonly bad: Float64Array;
  readonly total: Float64Array;
  readonly known: Uint8Array;
  readonly seen: Float64Array;
}

export function emptyColumn(steps: number): PastColumn {
  return {
    bad: new Float64Array(steps),
    total: new Float64Array(steps),
    known: new Uint8Array(steps),
    seen: new Float64Array(steps),
  };
}

/** Longer windows are counted by the source at each hundredth of them, as live ones are. */
const POINTS_A_WINDOW = 100;

/** Has the source count each window at each step; longer windows than an hour at each hundredth of them. */
export async function askPast(
  objective: Objective,
  windowsMs: readonly number[],
  asking: Asking,
  grid: PastGrid,
): Promise<Result<ReadonlyMap<number, PastColumn>, Problem>> {
  const found = new Map<number, PastColumn>();
  const toAt = grid.fromAt + (grid.steps - 1) * grid.stepMs;
  if (objective.slices) {
    const longest = Math.max(...windowsMs);
    const ring = await readSlices(asking, objective.slices, grid.fromAt - longest, toAt);
    if (!ring.ok) return ring;
    for (const windowMs of windowsMs) {
      const column = emptyColumn(grid.steps);
      for (let step = 0; step < grid.steps; step += 1) {
        const at = grid.fromAt + step * grid.stepMs;
        const { bad, seen } = ring.value.count(at - windowMs, at);
        if (seen > 0) put(column, step, bad, seen);
      }
      found.set(windowMs, column);
    }
    return ok(found);
  }
  const counters = readCounters(objective);
  if (!counters.ok) return counters;
  for (const windowMs of windowsMs) {
    const every =
      windowMs > EXACT_MAX_MS ? Math.max(1, Math.floor(windowMs / POINTS_A_WINDOW / grid.stepMs)) : 1;
    const range = { fromAt: grid.fromAt, toAt, stepMs: every * grid.stepMs };
    const counted = await countOver(asking, counters.value, windowMs, range);
    if (!counted.ok) return counted;
    const column = emptyColumn(grid.steps);
    for (const { at, bad, total } of counted.value) {
      const first = Math.round((at - grid.fromAt) / grid.stepMs);
      for (let step = first; step < Math.min(grid.steps, first + every); step += 1)
        put(column, step, bad ?? 0, total ?? 0);
    }
    found.set(windowMs, column);
  }
  return ok(found);
}

const LOOK_POINTS = 60;

/**
 * When an objective's data began before an instant, to a sixtieth of the time looked back and on the later side, so that
 * no window passes for more than was seen of it; null where they are as old as the look, or where that cannot be asked.
 */
export async function beganAt(
  objective: Objective,
  lookBackMs: number,
  asking: Asking,
  at: number,
): Promise<Result<number | null, Problem>> {
  const counters = objective.slices ? null : readCounters(objective);
  if (!counters?.ok) return ok(null);
  const stepMs = Math.max(1, Math.floor(lookBackMs / LOOK_POINTS));
  const fromAt = at - stepMs * LOOK_POINTS;
  const found = await askRange(asking, presenceQuery(counters.value.total), { fromAt, toAt: at, stepMs });
  if (!found.ok) return found;
  const first = found.value?.times[0];
  return ok(first === undefined || first <= fromAt ? null : first);
}

function put(column: PastColumn, step: number, bad: number, total: number): void {
  column.bad[step] = bad;
  column.total[step] = total;
  column.known[step] = 1;
  column.seen[step] = 1;
}

const NOTHING: WindowCount = { bad: null, total: null, seenFraction: 0, anchoredAt: null, known: true };

/** Counts of all windows of a plan at one step, in its order; a window without a column has nothing. */
export function countsAt(
  columns: readonly (PastColumn | undefined)[],
  step: number,
  seenFraction: (windowPlace: number) => number,
): WindowCount[] {
  return columns.map((column, place) =>
    column?.known[step] === 1
      ? {
          bad: column.bad[step] ?? 0,
          total: column.total[step] ?? 0,
          seenFraction: Math.min(column.seen[step] ?? 0, seenFraction(place)),
          anchoredAt: null,
          known: true,
        }
      : NOTHING,
  );
}

/** The row that holds with its minimums met, without the words: of a burn that goes on, only its beginning is told. */
export function passingRow(plan: ObjectivePlan, counts: readonly WindowCount[]): string | null {
  const burns = plan.windowsMs.map((windowMs, place) => burnOf(plan.target, windowMs, counts[place]));
  return rowThatHolds(plan, burns).passing?.name ?? null;
}

/** The status that an objective would have had at an instant of the past, by the same decision as live ones. */
export function pastStatus(
  objective: Objective,
  plan: ObjectivePlan,
  counts: readonly WindowCount[],
  at: number,
): ObjectiveStatus {
  return {
    objective,
    ...decide(plan, counts, null),
    evaluatedAt: at,
    rows: [...plan.rows],
    trend: [],
    trendStepMs: TREND_STEP_MS,
    pollErrorRate: null,
    pollTotal: null,
  };
}

/** The status where it could not be counted. */
export function pastProblem(
  objective: Objective,
  plan: ObjectivePlan,
  problem: Problem,
  at: number,
): ObjectiveStatus {
  return blindStatus(objective, plan, null, problem, at);
}
