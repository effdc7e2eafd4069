import { ok, type Result } from '../../shared/error/result.ts';
import { countCarried, countNow } from './carry.ts';
import { type Asking, type Count, countWindow, type Problem } from './count.ts';
import { countSince } from './long-window.ts';
import { errorRate, type WindowCount } from './math/index.ts';
import { moveOdometer, startOdometer } from './odometer.ts';
import { hasNews, pollWindowMs } from './poll.ts';
import { lookSeen, mustLook, type Seen, seenFraction } from './seen.ts';
import {
  carriedSpan,
  type EventTracker,
  EXACT_MAX_MS,
  exactWindows,
  longWindows,
  spanOf,
} from './tracker.ts';

/** What one poll of one objective brought, before anything is decided about it. */
export interface Polled {
  readonly counts: readonly WindowCount[];
  readonly problem: Problem | null;
  readonly pollErrorRate: number | null;
  readonly pollTotal: number | null;
}

const UNKNOWN: WindowCount = { bad: null, total: null, seenFraction: 0, anchoredAt: null, known: false };

/**
 * Asks for what must be exact at each poll: the short windows, the poll's own error rate, and the long windows where the
 * target carries them; elsewhere the odometer's tail.
 */
export async function pollObjective(
  tracker: EventTracker,
  asking: Asking,
  pollMs: number,
  at: number,
): Promise<Polled> {
  const { counters, plan } = tracker;
  const exact = exactWindows(plan);
  const carries = asking.carry !== undefined && tracker.carried.may;
  const [windows, long, odometer, poll] = await Promise.all([
    Promise.all(exact.map((windowMs) => countPatiently(tracker, asking, windowMs, at))),
    carryLong(tracker, asking),
    carries ? ok(startOdometer(at)) : moveOdometer(tracker.odometer, asking, counters, at),
    pollCount(tracker, asking, pollMs, at),
  ]);
  let problem: Problem | null = null;
  const note = (found: Problem) => {
    // An error of the objective's own is what its author can mend: it is said before a source's failing.
    if (!problem || (problem.kind === 'blind' && found.kind === 'error')) problem = found;
  };
  if (odometer.ok) tracker.odometer = odometer.value;
  else note(odometer.error);
  const counted = new Map<number, Count>();
  exact.forEach((windowMs, index) => {
    const window = windows[index];
    if (window?.ok) counted.set(windowMs, window.value);
    else if (window) note(window.error);
  });
  for (const [windowMs, window] of long) {
    if (window.ok) counted.set(windowMs, window.value);
    else note(window.error);
  }
  if (!problem) await updateSeen(tracker, asking, counted, at, note);
  if (poll.problem) note(poll.problem);
  if (poll.count?.total != null) tracker.lastPollValueAt = at;
  return {
    counts: plan.windowsMs.map((windowMs) =>
      windowCount(tracker, counted, !carries && odometer.ok, windowMs, at),
    ),
    problem,
    pollErrorRate: poll.count ? errorRate(poll.count.bad, poll.count.total) : null,
    pollTotal: poll.count?.total ?? null,
  };
}

/** The long windows that are carried; those that are not built yet are left out and built in the background. */
async function carryLong(
  tracker: EventTracker,
  { carry }: Asking,
): Promise<ReadonlyMap<number, Result<Count, Problem>>> {
  const found = new Map<number, Result<Count, Problem>>();
  const { carried, counters, plan } = tracker;
  if (!carry || !carried.may) return found;
  const long = longWindows(plan);
  const sums = await Promise.all(
    long.map((windowMs) => countCarried(carry, counters, carriedSpan(tracker, windowMs))),
  );
  carried.isBuilt = true;
  long.forEach((windowMs, place) => {
    const sum = sums[place];
    if (sum?.ok && typeof sum.value === 'string') {
      carried.isBuilt = false;
      if (sum.value === 'never') carried.may = false;
    } else if (sum?.ok) found.set(windowMs, ok(sum.value as Count));
    else if (sum) found.set(windowMs, sum);
  });
  return found;
}

/**
 * A window that is empty at this instant and was not one scrape before is not absence: the sample is only late.
 * `evaluation_delay` of the domain terms, section 2, as measured; a longer one is the objective's own.
 */
async function countPatiently(
  tracker: EventTracker,
  asking: Asking,
  windowMs: number,
  at: number,
): Promise<Result<Count, Problem>> {
  const counted = await countNow(asking, tracker.counters, windowMs, at);
  const { cadence } = tracker;
  if (!counted.ok || counted.value.total !== null || !cadence) return counted;
  const seen = tracker.seen.get(windowMs);
  if (!seen || at - seen.lastDataAt > 2 * cadence.scrapeMs) return counted;
  const earlier = await countWindow(asking, tracker.counters, windowMs, at - Math.ceil(cadence.scrapeMs));
  return earlier.ok ? earlier : counted;
}

async function pollCount(
  tracker: EventTracker,
  asking: Asking,
  pollMs: number,
  at: number,
): Promise<{ count: Count | null; problem: Problem | null }> {
  const { cadence } = tracker;
  if (!cadence || !hasNews(cadence, tracker.lastPollValueAt, at)) return { count: null, problem: null };
  const counted = await countNow(asking, tracker.counters, pollWindowMs(cadence, pollMs), at);
  return counted.ok ? { count: counted.value, problem: null } : { count: null, problem: counted.error };
}

/** Shorter windows first: they know the beginning of a young series more finely than the longer ones' grid. */
async function updateSeen(
  tracker: EventTracker,
  asking: Asking,
  counted: ReadonlyMap<number, Count>,
  at: number,
  note: (found: Problem) => void,
): Promise<void> {
  const shorter: Seen[] = [];
  for (const [windowMs, count] of counted) {
    if (windowMs > EXACT_MAX_MS) continue;
    const seen = tracker.seen.get(windowMs);
    if (count.total === null) {
      // Whatever comes next begins after this instant: the window must be looked at anew.
      tracker.seen.delete(windowMs);
      continue;
    }
    if (!mustLook(seen, windowMs, at)) {
      if (seen) tracker.seen.set(windowMs, { ...seen, lastDataAt: at });
    } else {
      const looked = await lookSeen(asking, tracker.counters, windowMs, at, shorter);
      if (looked.ok) tracker.seen.set(windowMs, looked.value);
      else note(looked.error);
    }
    shorter.push(...[tracker.seen.get(windowMs) ?? []].flat());
  }
}

function windowCount(
  tracker: EventTracker,
  counted: ReadonlyMap<number, Count>,
  moved: boolean,
  windowMs: number,
  at: number,
): WindowCount {
  const seen = tracker.seen.get(windowMs);
  const counts = counted.get(windowMs);
  if (windowMs > EXACT_MAX_MS && !counts) {
    // Without the increments an anchored count is the past's: it must not pass for the present.
    if (!moved) return UNKNOWN;
    const spanMs = spanOf(tracker, windowMs, at);
    const fraction = seen ? seenFraction({ ...seen, windowMs: spanMs }, at) : null;
    const count = countSince(tracker.anchors.get(windowMs), spanMs, at, tracker.odometer.reading, fraction);
    return windowMs === tracker.plan.periodMs
      ? { ...count, budgetTotal: wholeTotal(tracker, count, at) }
      : count;
  }
  if (!counts) return UNKNOWN;
  if (counts.total === null) return { ...UNKNOWN, known: true };
  if (!seen) return UNKNOWN;
  const spanMs = spanOf(tracker, windowMs, at);
  const count = {
    ...counts,
    seenFraction: seenFraction({ ...seen, windowMs: spanMs }, at),
    anchoredAt: null,
    known: true,
  };
  return windowMs === tracker.plan.periodMs && windowMs > EXACT_MAX_MS
    ? { ...count, budgetTotal: wholeTotal(tracker, count, at) }
    : count;
}

/** The events on which a calendar period's budget is reckoned: the last full one's, else this one's at its present traffic. */
function wholeTotal(
  { period, plan, previousTotal }: EventTracker,
  count: WindowCount,
  at: number,
): number | null {
  if (!period) return null;
  if (previousTotal) return previousTotal;
  return count.total === null ? null : (count.total * plan.periodMs) / Math.max(1, at - period.startAt);
}
