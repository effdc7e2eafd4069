import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { ObjectiveHistory } from '../../shared/model/objective-history.ts';
import { DAY_MS, formatDuration } from '../../shared/unit/time.ts';
import { selectionsOf } from '../query/index.ts';
import {
  countsOfSteps,
  EpisodeWalk,
  historyOf,
  type ObjectivePlan,
  planObjective,
  policyNamed,
  selectorsOf,
} from '../slo/index.ts';
import type { Matcher, MetricReader } from '../store/index.ts';
import { addIncreases, type CounterSamples, counterSamples, type StepGrid } from './increase-column.ts';

/** What a replay needs: the configuration, the samples, and the stretch. */
export interface ReplayInput {
  readonly objectives: readonly Objective[];
  readonly policies: readonly PolicyConfig[];
  readonly reader: MetricReader;
  /** The same samples as a target, for objectives that count by expressions or slices. */
  readonly target: QueryTarget;
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
  readonly onProgress?: (done: number, all: number) => void;
  /** True once nobody waits. */
  readonly isCancelled?: () => boolean;
}

export interface Replay {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
  readonly evaluations: number;
  readonly objectives: readonly ObjectiveHistory[];
}

/** Runs every objective over the stretch and answers its alerts. */
export async function replayObjectives(input: ReplayInput): Promise<Replay> {
  const steps = Math.floor((input.toAt - input.fromAt) / input.stepMs) + 1;
  const grid: StepGrid = { fromAt: input.fromAt, stepMs: input.stepMs, steps };
  const found: ObjectiveHistory[] = [];
  for (const objective of input.objectives) {
    if (input.isCancelled?.()) break;
    const plan = planObjective(objective, policyNamed(input.policies, objective.policy));
    const fast = replayFast(objective, plan, grid, input);
    found.push(fast ?? (await historyOf(objective, plan, input.target, input)));
    input.onProgress?.(found.length, input.objectives.length);
  }
  const { fromAt, toAt, stepMs } = input;
  return { fromAt, toAt, stepMs, evaluations: steps * found.length, objectives: found };
}

interface Column {
  readonly bad: Float64Array;
  readonly total: Float64Array;
  /** 1 where the total was counted. */
  readonly known: Uint8Array;
}

/** Over plain counter selectors: each series is read once. Null where the objective counts otherwise. */
function replayFast(
  objective: Objective,
  plan: ObjectivePlan,
  grid: StepGrid,
  input: ReplayInput,
): ObjectiveHistory | null {
  const selectors = selectorsOf(objective);
  const [part] = selectors ? selectionsOf(selectors.part) : [];
  const [total] = selectors ? selectionsOf(selectors.total) : [];
  if (!selectors || !part || !total) return null;
  const windows = plan.windowsMs.filter((windowMs) => windowMs < plan.periodMs);
  const spanMs = input.toAt - input.fromAt;
  const longest = Math.max(spanMs, ...windows);
  const read = (all: readonly Matcher[]) =>
    input.reader
      .select([...all], input.fromAt - longest, input.toAt, { samplesMax: Number.POSITIVE_INFINITY })
      .map(counterSamples);
  const [parts, totals] = [read(part), read(total)];
  const columnOf = (windowMs: number, over: StepGrid) =>
    column(parts, totals, selectors.partIs, windowMs, over);
  const columns = new Map(windows.map((windowMs) => [windowMs, columnOf(windowMs, grid)]));
  const episodes = walk(plan, columns, grid);
  const whole = columnOf(spanMs, { fromAt: input.toAt, stepMs: 1, steps: 1 });
  const isKnown = whole.known[0] === 1;
  const bad = isKnown ? (whole.bad[0] ?? 0) : null;
  const all = isKnown ? (whole.total[0] ?? 0) : null;
  const shortest = columns.get(windows[0] ?? 0);
  const seen = shortest ? shortest.known.reduce((sum, one) => sum + one, 0) / grid.steps : 0;
  return {
    objectiveId: objective.id,
    ...{ fromAt: input.fromAt, toAt: input.toAt, stepMs: grid.stepMs, episodes, bad, total: all },
    pagesPerDay: episodes.filter((one) => one.priority === 'P0').length / Math.max(spanMs / DAY_MS, 1e-9),
    budgetRemaining: bad === null || !all ? null : 1 - bad / all / (1 - objective.target),
    seenFraction: seen,
    notes:
      seen === 0
        ? [`No data of ${objective.id} in ${formatDuration(spanMs)}: nothing is known about it.`]
        : [],
  };
}

function column(
  parts: readonly CounterSamples[],
  totals: readonly CounterSamples[],
  partIs: 'good' | 'bad',
  windowMs: number,
  grid: StepGrid,
): Column {
  const [part, total] = [new Float64Array(grid.steps), new Float64Array(grid.steps)];
  const known = new Uint8Array(grid.steps);
  const ignored = new Uint8Array(grid.steps);
  for (const one of parts) addIncreases(one, windowMs, grid, part, ignored);
  for (const one of totals) addIncreases(one, windowMs, grid, total, known);
  const bad = part;
  for (let step = 0; step < grid.steps; step += 1) {
    const events = total[step] as number;
    const counted = partIs === 'bad' ? (part[step] as number) : events - (part[step] as number);
    bad[step] = Math.min(events, Math.max(0, counted));
  }
  return { bad, total, known };
}

/** Steps at which no row can hold and nothing fires change nothing, and are passed over. */
function walk(plan: ObjectivePlan, columns: ReadonlyMap<number, Column>, grid: StepGrid) {
  const episodes = new EpisodeWalk(plan);
  const budget = 1 - plan.target;
  const rows = plan.rows
    .filter((row) => row.leftOut === null)
    .flatMap((row) => {
      const [long, short] = [columns.get(row.longMs), columns.get(row.shortMs)];
      return long && short ? [{ long, short, most: row.threshold * budget }] : [];
    });
  const isOver = ({ bad, total }: Column, step: number, most: number) =>
    (bad[step] as number) > most * (total[step] as number) * (1 - 1e-9);
  const columnsInOrder = plan.windowsMs.map((windowMs) => columns.get(windowMs));
  for (let step = 0; step < grid.steps; step += 1) {
    const near = rows.some((row) => isOver(row.short, step, row.most) && isOver(row.long, step, row.most));
    if (!near && !episodes.isFiring) continue;
    episodes.step({ at: grid.fromAt + step * grid.stepMs, counts: countsOfSteps(columnsInOrder, step) });
  }
  return episodes.finish();
}
