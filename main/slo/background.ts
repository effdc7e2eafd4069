import type { Correction } from '../../shared/model/correction.ts';
import { formatDuration, SECOND_MS } from '../../shared/unit/time.ts';
import { buildCarried, laneOf } from './carry.ts';
import { keepCorrected } from './correct.ts';
import type { Asking, Problem } from './count.ts';
import { mustRecount, recount } from './long-window.ts';
import { REASON_WINDOW_MS } from './math/index.ts';
import { CADENCE_EVERY_MS, CADENCE_YOUNG_EVERY_MS, measureCadence } from './poll.ts';
import { fillSlices } from './poll-slices.ts';
import { lookSeen, mustLook, seenFraction } from './seen.ts';
import {
  carriedSpan,
  type EventTracker,
  longWindows,
  type SliceTracker,
  spanOf,
  type Tracker,
} from './tracker.ts';
import { askSliceTrend, askTrend, TREND_EVERY_MS } from './trend.ts';

/** A long query that failed must not be sent again at each poll: the backend that timed out is busy already. */
const RETRY_MS = 30 * SECOND_MS;
/** An interval of more polls than these may be one of before: who polls each second mostly scrapes each second. */
const COARSE_POLLS = 2;

/**
 * What need not be exact at this poll: the cadence, the long windows in full, how far back they were seen, the trend.
 * It runs beside the polls, so that a month's count never delays a page; its results serve from the next poll on.
 */
export async function countInBackground(
  tracker: Tracker,
  asking: Asking,
  pollMs: number,
  at: number,
  corrections: readonly Correction[] = [],
): Promise<void> {
  if (at < tracker.slowRetryAt) return;
  const problem =
    (tracker.kind === 'slices'
      ? ((await fillSlices(tracker, asking, at)) ?? (await keepSliceTrend(tracker, asking, at)))
      : await countEvents(tracker, asking, pollMs, at)) ??
    (await keepCorrected(tracker, asking, corrections, at));
  tracker.slowProblem = problem;
  tracker.slowRetryAt = problem ? at + RETRY_MS : 0;
}

async function countEvents(
  tracker: EventTracker,
  asking: Asking,
  pollMs: number,
  at: number,
): Promise<Problem | null> {
  // Taken now: by the time that a month is counted, the polls have moved the odometer on.
  const mark = tracker.odometer.reading;
  return (
    (await keepCadence(tracker, asking, pollMs, at)) ??
    (await keepLongWindows(tracker, asking, at, mark)) ??
    (await keepPreviousPeriod(tracker, asking)) ??
    (await keepTrend(tracker, asking, at))
  );
}

/** A calendar period's budget is reckoned on the traffic of the last full one: counted once, in chunks of a day. */
async function keepPreviousPeriod(tracker: EventTracker, asking: Asking): Promise<Problem | null> {
  const { period, counters } = tracker;
  if (!period || tracker.previousTotal !== undefined) return null;
  const { startAt, previousStartAt } = period;
  const counted = await recount(
    asking,
    counters,
    startAt - previousStartAt,
    startAt,
    tracker.odometer.reading,
  );
  if (!counted.ok) return counted.error;
  tracker.previousTotal = counted.value.total;
  return null;
}

async function keepSliceTrend(tracker: SliceTracker, asking: Asking, at: number): Promise<Problem | null> {
  if (tracker.trend && at - tracker.trend.at < TREND_EVERY_MS) return null;
  const points = await askSliceTrend(asking, tracker.slices, tracker.objective.target, at);
  if (!points.ok) return points.error;
  tracker.trend = { points: points.value, at };
  return null;
}

async function keepCadence(
  tracker: EventTracker,
  asking: Asking,
  pollMs: number,
  at: number,
): Promise<Problem | null> {
  const seen = tracker.seen.get(REASON_WINDOW_MS);
  if (!seen) return null;
  const fraction = seenFraction(seen, at);
  // A few samples of a young series tell the interval badly, and so do coarse ones of before this start; each further
  // one tells it better.
  const coarse = tracker.cadence !== null && tracker.cadence.scrapeMs > COARSE_POLLS * pollMs;
  const everyMs = fraction < 1 || coarse ? CADENCE_YOUNG_EVERY_MS : CADENCE_EVERY_MS;
  if (tracker.cadence && at - tracker.cadence.measuredAt < everyMs) return null;
  const seenMs = fraction * REASON_WINDOW_MS;
  const measured = await measureCadence(asking, tracker.counters, seenMs, pollMs, at);
  if (!measured.ok) return measured.error;
  if (measured.value) tracker.cadence = measured.value;
  return null;
}

async function keepLongWindows(
  tracker: EventTracker,
  asking: Asking,
  at: number,
  mark: EventTracker['odometer']['reading'],
): Promise<Problem | null> {
  const carries = asking.target.carried !== undefined && tracker.carried.may;
  if (carries && !tracker.carried.isBuilt) {
    const spans = longWindows(tracker.plan).map((windowMs) => carriedSpan(tracker, windowMs));
    const lane = laneOf(tracker.objective);
    const built = await asking.limit(() => buildCarried(asking.target, lane, tracker.counters, spans, at));
    if (!built.ok) return built.error;
  }
  for (const windowMs of longWindows(tracker.plan)) {
    const spanMs = spanOf(tracker, windowMs, at);
    const seen = tracker.seen.get(windowMs);
    if (mustLook(seen, spanMs, at)) {
      const shorter = [...tracker.seen.values()].filter((known) => known.windowMs < windowMs);
      const looked = await lookSeen(asking, tracker.counters, spanMs, at, shorter);
      if (!looked.ok) return named(windowMs, looked.error);
      tracker.seen.set(windowMs, looked.value);
    }
    if (carries) continue;
    if (mustRecount(tracker.anchors.get(windowMs), spanMs, at)) {
      const anchor = await recount(asking, tracker.counters, spanMs, at, mark, tracker.keptDays);
      if (!anchor.ok) return named(windowMs, anchor.error);
      tracker.anchors.set(windowMs, anchor.value);
    }
  }
  return null;
}

async function keepTrend(tracker: EventTracker, asking: Asking, at: number): Promise<Problem | null> {
  if (tracker.trend && at - tracker.trend.at < TREND_EVERY_MS) return null;
  const points = await askTrend(asking, tracker.counters, tracker.objective.target, at);
  if (!points.ok) return points.error;
  tracker.trend = { points: points.value, at };
  return null;
}

function named(windowMs: number, problem: Problem): Problem {
  return {
    kind: problem.kind,
    message: `the ${formatDuration(windowMs)} window could not be counted: ${problem.message}`,
  };
}
