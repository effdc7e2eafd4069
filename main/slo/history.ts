import { CodedError } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { ObjectiveHistory } from '../../shared/model/objective-history.ts';
import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import { type Asking, countOver, type Problem, readCounters } from './count.ts';
import { EpisodeWalk } from './math/episode.ts';
import {
  budgetConsumed,
  budgetRemaining,
  errorRate,
  type ObjectivePlan,
  type WindowCount,
} from './math/index.ts';
import { readSlices } from './slice-count.ts';
import { type PastWatch, watchedTarget } from './watched-target.ts';

/** What a stretch of history is asked with. */
export interface HistoryRange {
  readonly fromAt: number;
  readonly toAt: number;
}

const TIMEOUT_MS = 60_000;
/** A source answers at most 11 000 points a query; history is asked for in chunks of fewer. */
const POINTS_A_QUERY = 5_000;
/** Finer than this a month of six windows costs a source more than a look back is worth. */
const POINTS_MAX = 12_000;

/** Minutes where the stretch is short, so that no page is missed; coarser where it is long, which is said. */
export function historyStep({ fromAt, toAt }: HistoryRange): number {
  const least = (toAt - fromAt) / POINTS_MAX;
  return Math.max(1, Math.ceil(least / MINUTE_MS)) * MINUTE_MS;
}

/**
 * The alerts that an objective would have had over a stretch of history, evaluated at each step by the same maths as
 * live ones; rejects with `history-unanswered` where the source does not answer.
 */
export async function historyOf(
  objective: Objective,
  plan: ObjectivePlan,
  asked: QueryTarget,
  range: HistoryRange,
  watch: PastWatch = {},
): Promise<ObjectiveHistory> {
  const stepMs = historyStep(range);
  const first = Math.ceil(range.fromAt / stepMs) * stepMs;
  const target = watchedTarget(asked, watch, questionsOf(objective, plan, range, stepMs));
  const asking: Asking = { target, timeoutMs: TIMEOUT_MS, limit: (task) => task() };
  const columns = await columnsOf(objective, plan, asking, { ...range, fromAt: first }, stepMs);
  if (!columns.ok) throw unanswered(columns.error);
  const whole = await countStretch(objective, target, range);
  if (!whole.ok) throw unanswered(whole.error);
  const walk = new EpisodeWalk(plan);
  for (let at = first; at <= range.toAt; at += stepMs)
    walk.step({ at, counts: columns.value.map((column) => column(at)) });
  const episodes = walk.finish();
  const spanDays = Math.max(1, range.toAt - range.fromAt) / DAY_MS;
  return {
    objectiveId: objective.id,
    ...range,
    stepMs,
    episodes,
    pagesPerDay: episodes.filter((one) => one.priority === 'P0').length / spanDays,
    bad: whole.value.bad,
    total: whole.value.total,
    budgetRemaining: budgetRemaining(
      budgetConsumed(errorRate(whole.value.bad, whole.value.total), plan.target),
    ),
    seenFraction: whole.value.seenFraction,
    notes: notesOf(plan, stepMs, whole.value.seenFraction),
  };
}

/** How many questions a look takes: one a day of slices, or two a window and stretch; and those for the whole. */
function questionsOf(
  { slices, components }: Objective,
  { windowsMs, periodMs }: ObjectivePlan,
  { fromAt, toAt }: HistoryRange,
  stepMs: number,
): number {
  if (slices) return 2 * Math.ceil((toAt - fromAt) / DAY_MS);
  const chunks = Math.ceil((toAt - fromAt) / stepMs / POINTS_A_QUERY);
  const windows = windowsMs.filter((windowMs) => windowMs < periodMs).length;
  return 2 * (components?.length ?? 1) * (windows * chunks + 1);
}

function unanswered(problem: Problem): CodedError {
  return new CodedError('history-unanswered', `The past could not be asked for: ${problem.message}`, {
    retryable: problem.kind === 'blind',
  });
}

/** One window's count at an instant. */
type Column = (at: number) => WindowCount;

const NOTHING: WindowCount = { bad: null, total: null, seenFraction: 1, anchoredAt: null, known: true };

async function columnsOf(
  objective: Objective,
  plan: ObjectivePlan,
  asking: Asking,
  range: HistoryRange,
  stepMs: number,
): Promise<Result<Column[], Problem>> {
  // The budget of a whole period is not what a row compares: it is reckoned once, over the stretch.
  const windows = plan.windowsMs.filter((windowMs) => windowMs < plan.periodMs);
  const unasked = () => NOTHING;
  const columns = (of: (windowMs: number) => Column) =>
    plan.windowsMs.map((windowMs) => (windows.includes(windowMs) ? of(windowMs) : unasked));
  if (objective.slices) {
    const longest = windows.at(-1) ?? 0;
    const ring = await readSlices(asking, objective.slices, range.fromAt - longest, range.toAt);
    if (!ring.ok) return ring;
    const count = (spanMs: number, at: number): WindowCount => {
      const { bad, seen } = ring.value.count(at - spanMs, at);
      return seen === 0 ? NOTHING : { ...NOTHING, bad, total: seen };
    };
    return ok(columns((windowMs) => (at) => count(windowMs, at)));
  }
  const counters = readCounters(objective);
  if (!counters.ok) return err(counters.error);
  const found = new Map<number, Map<number, WindowCount>>();
  for (const windowMs of windows) {
    const column = new Map<number, WindowCount>();
    for (let from = range.fromAt; from <= range.toAt; from += POINTS_A_QUERY * stepMs) {
      const toAt = Math.min(range.toAt, from + (POINTS_A_QUERY - 1) * stepMs);
      const counted = await countOver(asking, counters.value, windowMs, { fromAt: from, toAt, stepMs });
      if (!counted.ok) return counted;
      for (const { at, bad, total } of counted.value) column.set(at, { ...NOTHING, bad, total });
    }
    found.set(windowMs, column);
  }
  return ok(columns((windowMs) => (at) => found.get(windowMs)?.get(at) ?? NOTHING));
}

/** A stretch's own count and how much of it had data; by an hour at a time, so that no query reads a month at once. */
export async function countStretch(
  objective: Objective,
  target: QueryTarget,
  range: HistoryRange,
): Promise<Result<Whole, Problem>> {
  const asking: Asking = { target, timeoutMs: TIMEOUT_MS, limit: (task) => task() };
  if (objective.slices) {
    const ring = await readSlices(asking, objective.slices, range.fromAt, range.toAt);
    if (!ring.ok) return ring;
    const { bad, seen } = ring.value.count(range.fromAt, range.toAt);
    const slots = Math.max(1, Math.floor((range.toAt - range.fromAt) / objective.slices.lengthMs));
    return ok(seen === 0 ? UNSEEN : { bad, total: seen, seenFraction: Math.min(1, seen / slots) });
  }
  const counters = readCounters(objective);
  return counters.ok ? wholeOf(asking, counters.value, range) : err(counters.error);
}

interface Whole {
  readonly bad: number | null;
  readonly total: number | null;
  readonly seenFraction: number;
}

const UNSEEN: Whole = { bad: null, total: null, seenFraction: 0 };

async function wholeOf(
  asking: Asking,
  counters: Parameters<typeof countOver>[1],
  { fromAt, toAt }: HistoryRange,
): Promise<Result<Whole, Problem>> {
  const spanMs = toAt - fromAt;
  const parts = Math.max(1, Math.floor(spanMs / HOUR_MS));
  const stepMs = Math.max(1, Math.floor(spanMs / parts));
  const counted = await countOver(asking, counters, stepMs, { fromAt: fromAt + stepMs, toAt, stepMs });
  if (!counted.ok) return counted;
  if (counted.value.length === 0) return ok(UNSEEN);
  let bad = 0;
  let total = 0;
  for (const one of counted.value) {
    bad += one.bad ?? 0;
    total += one.total ?? 0;
  }
  return ok({ bad, total, seenFraction: Math.min(1, counted.value.length / parts) });
}

function notesOf(plan: ObjectivePlan, stepMs: number, seen: number): string[] {
  const notes = plan.rows.flatMap((row) => (row.leftOut === null ? [] : [`${row.name}: ${row.leftOut}`]));
  if (stepMs > MINUTE_MS)
    notes.push(`Evaluated each ${formatDuration(stepMs)}: alerts shorter than that may be missed.`);
  if (seen === 0) notes.push('There are no data in this stretch, so nothing is known about it.');
  else if (seen < 0.995)
    notes.push(`Data for ${Math.round(seen * 100)} % of this stretch; nothing is said about the rest.`);
  return notes;
}
