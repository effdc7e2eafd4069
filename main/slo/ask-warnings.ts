import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import { DAY_MS, formatDuration } from '../../shared/unit/time.ts';
import { bucketBoundaries, nearestBoundaries } from './bucket.ts';
import { countStretch } from './history.ts';
import type { ObjectivePlan } from './math/index.ts';

/** What only data can say of an objective: what is to be known of it, and what could not be looked at, each a sentence. */
export interface AskedWarnings {
  readonly warnings: readonly string[];
  readonly notLooked: readonly string[];
}

/** Usual traffic is that of the last week. */
const USUAL_MS = 7 * DAY_MS;
/** Under this much of it with data nothing is called usual. */
const SEEN_LEAST = 0.02;

/** Asks whether a latency threshold is a bound of the histogram's buckets, and whether usual traffic reaches the minimums. */
export async function askWarnings(
  objective: Objective,
  plan: ObjectivePlan,
  target: QueryTarget,
  now: number,
): Promise<AskedWarnings> {
  const parts = await Promise.all([
    askBoundary(objective, target, now),
    objective.slices ? NOTHING : askTraffic(objective, plan, target, now),
  ]);
  return {
    warnings: parts.flatMap((one) => one.warnings),
    notLooked: parts.flatMap((one) => one.notLooked),
  };
}

const NOTHING: AskedWarnings = { warnings: [], notLooked: [] };

async function askBoundary(objective: Objective, target: QueryTarget, now: number): Promise<AskedWarnings> {
  const { thresholdMs, indicator } = objective;
  const bucket = indicator.good ?? indicator.bad;
  if (thresholdMs === undefined || bucket === undefined) return NOTHING;
  const bounds = await bucketBoundaries(bucket, target, now);
  if (bounds === null || bounds.length === 0) {
    const why =
      bounds === null
        ? 'its query names no bucket by le, or its source did not answer'
        : 'its source has no such buckets';
    return { warnings: [], notLooked: [`whether its threshold is a bucket's bound: ${why}`] };
  }
  const seconds = thresholdMs / 1_000;
  if (bounds.some((one) => Math.abs(one.seconds - seconds) < 1e-9)) return NOTHING;
  const nearest = nearestBoundaries(bounds, seconds).map((one) => `le="${one.le}"`);
  return {
    warnings: [
      `expected a threshold that is a bucket's bound; ${formatDuration(thresholdMs)} is none, the nearest ${nearest.length === 1 ? 'is' : 'are'} ${nearest.join(' and ')}`,
    ],
    notLooked: [],
  };
}

async function askTraffic(
  objective: Objective,
  plan: ObjectivePlan,
  target: QueryTarget,
  now: number,
): Promise<AskedWarnings> {
  const range = { fromAt: now - USUAL_MS, toAt: now };
  const counted = await countStretch(objective, target, range);
  if (!counted.ok) return { warnings: [], notLooked: [`its usual traffic: ${counted.error.message}`] };
  const { total, seenFraction } = counted.value;
  if (total === null || seenFraction < SEEN_LEAST)
    return { warnings: [], notLooked: ['its usual traffic: there are no data of it in the last 7 d'] };
  const usual = (windowMs: number) => (total * windowMs) / (USUAL_MS * seenFraction);
  const warnings = plan.rows.flatMap((row) => {
    if (row.leftOut !== null) return [];
    const long = usual(row.longMs);
    const short = usual(row.shortMs);
    const events = (count: number, windowMs: number) =>
      `${formatSignificant(count)} events in ${formatDuration(windowMs)}`;
    if (long < plan.minimumFailures)
      return [
        `the ${row.name} row: usual traffic brings ${events(long, row.longMs)}, so it can never reach the minimum of ${plan.minimumFailures} failures; count over a longer time, or alert by a plain rule in alerts/`,
      ];
    return short < plan.minimumEvents
      ? [
          `the ${row.name} row: usual traffic brings ${events(short, row.shortMs)}, under the minimum of ${plan.minimumEvents}, so it fires only where half of them or more fail`,
        ]
      : [];
  });
  return { warnings, notLooked: [] };
}
