import type { Labels, Series } from '../../../shared/model/metric.ts';
import type { ChangeEvent } from '../../../shared/model/service.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { type Ask, clockTime, SERIES_MAX } from './ask.ts';
import { type Likeness, likeness, nameLikeness, type Sighted } from './likeness.ts';
import { type SelectorText, selectorFor } from './selector.ts';
import { type Target, targetsIn } from './target.ts';
import { seenAgain } from './unseen.ts';

/** What is known of series that were there and are not. */
export interface Gone {
  /** When they were first missed, to a step of the look; where they faded, when their newest sample is from. */
  readonly goneAt: number;
  /** The newest sample stayed in sight without being followed: nobody said that the series ended. */
  readonly faded: boolean;
  /** They went while their targets were not scraped either, and this is when those were again; null where they always were. */
  readonly seenAgainAt: number | null;
  readonly series: readonly Sighted[];
}

const LOOK_BACK_MS = HOUR_MS;
const STEP_MS = 30 * SECOND_MS;
/** PromQL shows a sample for five minutes unless its series is marked as ended. */
const FADED_AFTER_MS = 4 * MINUTE_MS;
/** A new name comes within this of the old one's end, and so does the change that brought it. */
const NEAR_MS = 10 * MINUTE_MS;
const LIKELY = 0.6;
const NAMES_COMPARED = 3;
const SCOPES = ['job', 'service', 'app', 'namespace', 'instance'] as const;

/** Looks an hour back, then a day; a sentence where nothing was there in a day, null where it could not be learnt. */
export async function lookGone(
  ask: Ask,
  selector: SelectorText,
  known: readonly Target[],
  at: number,
): Promise<Gone | string | null> {
  const last = await lastSight(ask, selector, at);
  if (last === null || typeof last === 'string') return last;
  const { newestAt, ...gone } = last;
  const targets = known.length > 0 ? known : targetsIn(gone.series);
  const seenAgainAt = await seenAgain(ask, targets, newestAt, at);
  return { ...gone, goneAt: seenAgainAt === null ? gone.goneAt : newestAt, seenAgainAt };
}

interface LastSight extends Omit<Gone, 'seenAgainAt'> {
  /** Time of their newest sample. */
  readonly newestAt: number;
}

async function lastSight(ask: Ask, { text }: SelectorText, at: number): Promise<LastSight | string | null> {
  const window = { fromAt: at - LOOK_BACK_MS, toAt: at, stepMs: STEP_MS };
  const counted = await ask.instant(`count(last_over_time(${text}[1h]))`, at);
  if (counted === null) return null;
  const count = counted[0]?.value ?? 0;
  if (count === 0) return lastSightInADay(ask, text, at);
  const few = count <= SERIES_MAX;
  const [seen, lag] = await Promise.all([
    ask.range(few ? text : `count(${text})`, window),
    ask.range(`min(time() - timestamp(${text}))`, window),
  ]);
  if (!seen || seen.length === 0) return null;
  const lastAt = Math.max(...seen.map((one) => one.times.at(-1) ?? 0));
  const lagMs = (lag?.[0]?.values.at(-1) ?? 0) * SECOND_MS;
  const newestAt = Math.round((lag?.[0]?.times.at(-1) ?? lastAt) - lagMs);
  const faded = lagMs >= FADED_AFTER_MS;
  return {
    newestAt,
    goneAt: faded ? newestAt : lastAt + STEP_MS,
    faded,
    series: few ? seen.map(lastOf) : [],
  };
}

/** Each sample is in sight at one of the steps at least, as they are as far apart as it stays in sight. */
async function lastSightInADay(ask: Ask, text: string, at: number): Promise<LastSight | string | null> {
  const last = await ask.instant(`max(max_over_time(timestamp(${text})[1d:5m]))`, at);
  if (last === null) return null;
  const [newest] = last;
  if (!newest) return unseenReason(ask, text, at);
  const newestAt = Math.round(newest.value * SECOND_MS);
  const [counted, after] = [
    await ask.instant(`count(${text})`, newestAt),
    await ask.instant(`count(${text})`, newestAt + FADED_AFTER_MS),
  ];
  if (counted === null || after === null) return null;
  const few = (counted[0]?.value ?? 0) <= SERIES_MAX;
  const series = few ? ((await ask.instant(text, newestAt)) ?? []) : [];
  return { newestAt, goneAt: newestAt, faded: after.length > 0, series };
}

function lastOf(series: Series): Sighted {
  return { labels: series.labels, value: series.values.at(-1) ?? Number.NaN };
}

/** What has likely taken the place of series that went, in words; null where nothing is like them. */
export async function likelyName(
  ask: Ask,
  selector: SelectorText,
  gone: Gone,
  at: number,
): Promise<string | null> {
  const [old] = gone.series;
  if (!old) return null;
  const candidates = [
    ...(await sameMetric(ask, selector, at)),
    ...(await newMetrics(ask, selector, gone, old.labels, at)),
  ];
  let best: { likeness: Likeness; series: Sighted } | null = null;
  for (const series of candidates)
    for (const before of gone.series.slice(0, 20)) {
      const one = likeness(before, series);
      if (one.score >= LIKELY && (best === null || one.score > best.likeness.score))
        best = { likeness: one, series };
    }
  if (!best) return null;
  const since = await sinceWhen(ask, best.series.labels, gone, at);
  if (since === null) return null;
  const same = Math.round(best.likeness.overlap * 100);
  return `likely renamed to ${best.likeness.difference} since ${clockTime(since)} (${same} % of its labels are the same)`;
}

/** The same name with other labels: the selector no longer matches. */
async function sameMetric(ask: Ask, { metric }: SelectorText, at: number): Promise<readonly Sighted[]> {
  if (metric === null) return [];
  const present = await bounded(ask, selectorFor({ __name__: metric }), at);
  return present.slice(0, SERIES_MAX);
}

/** Names that the same job has now and did not have before the old one went. */
async function newMetrics(
  ask: Ask,
  { metric }: SelectorText,
  gone: Gone,
  old: Labels,
  at: number,
): Promise<readonly Sighted[]> {
  const scope = SCOPES.find((name) => old[name] !== undefined);
  const oldName = metric ?? old.__name__ ?? '';
  if (scope === undefined) return [];
  const labels = { [scope]: old[scope] ?? '' };
  const names = `group by (__name__) (${selectorFor(labels)})`;
  const [now, before] = await Promise.all([
    ask.instant(names, at),
    ask.instant(names, gone.goneAt - 2 * MINUTE_MS),
  ]);
  if (!now || !before) return [];
  const known = new Set(before.map((one) => one.labels.__name__));
  const fresh = now
    .flatMap((one) => one.labels.__name__ ?? [])
    .filter((name) => !known.has(name))
    .sort((a, b) => nameLikeness(b, oldName) - nameLikeness(a, oldName))
    .slice(0, NAMES_COMPARED);
  const found: Sighted[] = [];
  for (const name of fresh)
    found.push(...(await bounded(ask, selectorFor({ __name__: name, ...labels }), at)));
  return found;
}

async function bounded(ask: Ask, selector: string, at: number): Promise<readonly Sighted[]> {
  const count = (await ask.instant(`count(${selector})`, at))?.[0]?.value ?? 0;
  if (count === 0 || count > SERIES_MAX) return [];
  return (await ask.instant(selector, at)) ?? [];
}

/** When the new series began; null where it was there before, or came too late to be the old one's successor. */
async function sinceWhen(ask: Ask, labels: Labels, gone: Gone, at: number): Promise<number | null> {
  const fromAt = Math.min(at - LOOK_BACK_MS, gone.goneAt) - 2 * NEAR_MS;
  const seen = await ask.range(`count(${selectorFor(labels)})`, { fromAt, toAt: at, stepMs: STEP_MS });
  const firstAt = seen?.[0]?.times[0];
  if (firstAt === undefined || firstAt <= fromAt) return null;
  return firstAt >= gone.goneAt - NEAR_MS && firstAt <= endOf(gone) + NEAR_MS ? firstAt : null;
}

/** When they were gone at the latest. */
function endOf({ goneAt, seenAgainAt }: Gone): number {
  return seenAgainAt ?? goneAt;
}

/** The change that came just before series went: of the service itself, else of any. */
export function changeBefore(
  changes: readonly ChangeEvent[],
  service: string,
  gone: Gone,
): ChangeEvent | null {
  const near = changes.filter(
    (one) => one.at <= endOf(gone) + 2 * MINUTE_MS && one.at >= gone.goneAt - NEAR_MS,
  );
  return near.findLast((one) => one.service === service) ?? near.at(-1) ?? null;
}

/** `series gone since 14:02 UTC`, with what is known beside it. */
export function goneReason(gone: Gone, likely: string | null, change: ChangeEvent | null): string {
  const parts = [
    gone.seenAgainAt === null
      ? `series gone since ${clockTime(gone.goneAt)}`
      : `series gone between ${clockTime(gone.goneAt)} and ${clockTime(gone.seenAgainAt)}, when nothing was scraped`,
  ];
  if (likely !== null) parts.push(likely);
  if (change !== null) parts.push(`${change.what} at ${clockTime(change.at)}`);
  if (likely === null && change === null)
    parts.push('no successor with a similar name or labels appeared within 10 min');
  return parts.join(', ');
}

/** How far raw samples reach back by default, here and at most Prometheus servers. */
const LONG_AGO_DAYS = [3, 15] as const;

/** Nothing was in sight for a day: whether it went before that, or nothing that is kept ever had the name. */
async function unseenReason(ask: Ask, text: string, at: number): Promise<string> {
  let after: number = 1;
  for (const days of LONG_AGO_DAYS) {
    const seen = await ask.instant(`count(last_over_time(${text}[${days}d]))`, at);
    // What cannot be answered is not concluded from; what was learnt before it stands.
    if (seen === null) break;
    if (seen.length > 0)
      return `series gone for more than ${after} d: last seen between ${after} and ${days} days ago. What happened then is not looked into after so long; look for what should expose it`;
    after = days;
  }
  return `nothing of that name was seen in the last ${after} d, and further back nobody looked: look for a spelling mistake, or for what should expose it`;
}
