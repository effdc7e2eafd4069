import type { PolicyConfig } from '../../shared/config/policy.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { AlertEpisode, WhatIf } from '../../shared/model/objective-history.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import { type Boundaries, bucketBoundaries, nearestBoundaries, withBoundary } from './bucket.ts';
import { type HistoryRange, historyOf } from './history.ts';
import { planObjective } from './math/index.ts';
import { type PastWatch, partOfWatch } from './watched-target.ts';

/** What a person would change of an objective. */
export interface ObjectiveChange {
  readonly target?: number | undefined;
  readonly thresholdMs?: number | undefined;
  readonly policy?: string | undefined;
}

/** Which alerts of a stretch of history would have come and which would have gone under a change. */
export async function whatIf(
  objective: Objective,
  change: ObjectiveChange,
  policies: readonly PolicyConfig[],
  target: QueryTarget,
  range: HistoryRange,
  watch: PastWatch = {},
): Promise<WhatIf> {
  const changed = await changedObjective(objective, change, target, range.toAt);
  const plans = [objective, changed].map((one) => planObjective(one, policyNamed(policies, one.policy)));
  const [before, after] = [
    await historyOf(objective, plans[0] as (typeof plans)[number], target, range, partOfWatch(watch, 0, 2)),
    await historyOf(changed, plans[1] as (typeof plans)[number], target, range, partOfWatch(watch, 1, 2)),
  ];
  return {
    before,
    after,
    ...compareEpisodes(before.episodes, after.episodes),
    rows: [...(plans[1]?.rows ?? [])],
  };
}

export function policyNamed(policies: readonly PolicyConfig[], id: string): PolicyConfig {
  const found = policies.find((one) => one.id === id);
  if (found) return found;
  const known = policies.map((one) => one.id).join(', ');
  throw new CodedError('policy-not-found', `There is no policy named ${id}; there are ${known}.`);
}

/** Two episodes are the same where they overlap: it is the same trouble, found a little earlier or later. */
export function compareEpisodes(
  before: readonly AlertEpisode[],
  after: readonly AlertEpisode[],
): { came: AlertEpisode[]; gone: AlertEpisode[]; kept: number } {
  const endOf = (one: AlertEpisode) => one.resolvedAt ?? Number.POSITIVE_INFINITY;
  const overlaps = (one: AlertEpisode, others: readonly AlertEpisode[]) =>
    others.some((other) => one.firedAt <= endOf(other) && other.firedAt <= endOf(one));
  const gone = before.filter((one) => !overlaps(one, after));
  return { came: after.filter((one) => !overlaps(one, before)), gone, kept: before.length - gone.length };
}

/** The objective as it would be; rejects where its threshold cannot be that one, with what can. */
export async function changedObjective(
  objective: Objective,
  change: ObjectiveChange,
  target: QueryTarget,
  at: number,
): Promise<Objective> {
  const { thresholdMs, policy } = change;
  const next = {
    ...objective,
    ...(change.target === undefined ? {} : { target: change.target }),
    ...(policy === undefined ? {} : { policy }),
  };
  if (thresholdMs === undefined || thresholdMs === objective.thresholdMs) return next;
  const good = objective.indicator.good;
  const boundaries = good === undefined ? null : await bucketBoundaries(good, target, at);
  if (good === undefined || boundaries === null)
    throw new CodedError(
      'threshold-fixed',
      'The threshold of this objective cannot be changed here: its good events are not one bucket of a histogram.',
    );
  const bound = boundaries.find((one) => Math.abs(one.seconds * 1_000 - thresholdMs) < 1e-6);
  if (!bound) throw notBoundary(thresholdMs, boundaries);
  return { ...next, thresholdMs, indicator: { ...objective.indicator, good: withBoundary(good, bound.le) } };
}

function notBoundary(thresholdMs: number, boundaries: Boundaries): CodedError {
  const near = nearestBoundaries(boundaries, thresholdMs / 1_000).map((one) =>
    formatDuration(one.seconds * 1_000),
  );
  return new CodedError(
    'no-such-bucket',
    `The histogram has no bucket at ${formatDuration(thresholdMs)}, so it cannot be counted; the nearest are ${near.join(' and ')}.`,
  );
}
