import { DAY_MS } from '../../shared/unit/time.ts';
import type { Asking, Problem } from './count.ts';
import { errorRate, type WindowCount } from './math/index.ts';
import type { Polled } from './poll-objective.ts';
import { askSlices } from './slice-count.ts';
import { type SliceTracker, spanOf } from './tracker.ts';

const CHUNK_MS = DAY_MS;

/** Asks for the slices that ended since the last poll: what a poll costs is the new ones, whatever the windows are. */
export async function pollSlices(tracker: SliceTracker, asking: Asking, at: number): Promise<Polled> {
  const { ring, slices, plan } = tracker;
  const before = ring.untilAt;
  const last = Math.floor(at / slices.lengthMs) * slices.lengthMs;
  const next = before === null ? last : before + slices.lengthMs;
  let problem: Problem | null = null;
  for (let from = next; from <= last && !problem; from += CHUNK_MS) {
    const to = Math.min(last, from + CHUNK_MS - slices.lengthMs);
    const asked = await askSlices(asking, slices, from, to);
    if (asked.ok) ring.append(from, asked.value);
    else problem = asked.error;
  }
  const isNew = ring.untilAt !== before && ring.untilAt !== null;
  const newest = ring.count(before ?? last - slices.lengthMs, last);
  return {
    counts: plan.windowsMs.map((windowMs) => windowCount(tracker, windowMs, at)),
    problem,
    pollErrorRate: isNew ? errorRate(newest.bad, newest.seen) : null,
    pollTotal: isNew && newest.seen > 0 ? newest.seen : null,
  };
}

/** Fetches the slices before those that are known, a day at a time and newest first, until the period is whole. */
export async function fillSlices(tracker: SliceTracker, asking: Asking, at: number): Promise<Problem | null> {
  const { ring, slices, plan } = tracker;
  const wanted = Math.ceil((at - spanOf(tracker, plan.periodMs, at)) / slices.lengthMs) * slices.lengthMs;
  while (ring.fromAt !== null && ring.fromAt > wanted) {
    const to = ring.fromAt - slices.lengthMs;
    const from = Math.max(wanted, ring.fromAt - Math.floor(CHUNK_MS / slices.lengthMs) * slices.lengthMs);
    const asked = await askSlices(asking, slices, from, to);
    if (!asked.ok) return asked.error;
    // The polls append meanwhile; only the front is as it was.
    ring.prepend(from, asked.value);
  }
  return null;
}

function windowCount(tracker: SliceTracker, windowMs: number, at: number): WindowCount {
  const { ring, plan, period } = tracker;
  const spanMs = spanOf(tracker, windowMs, at);
  const { lengthMs } = ring;
  const reaches = ring.fromAt !== null && ring.fromAt <= at - spanMs + lengthMs;
  const { bad, seen } = ring.count(at - spanMs, at);
  const slots = Math.max(1, Math.floor(spanMs / lengthMs));
  const wholeTotal = period && windowMs === plan.periodMs ? plan.periodMs / lengthMs : null;
  if (!reaches)
    return { bad: null, total: null, seenFraction: 0, anchoredAt: null, known: false, budgetTotal: null };
  return {
    bad: seen === 0 ? null : bad,
    total: seen === 0 ? null : seen,
    seenFraction: Math.min(1, seen / slots),
    anchoredAt: null,
    known: true,
    budgetTotal: wholeTotal,
  };
}
