import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import type { Observation } from '../../../shared/model/observation.ts';
import { stormOf } from '../../../shared/model/storm.ts';
import { formatDuration, formatInstant } from '../../../shared/unit/time.ts';
import { isAlerting, isAudible, memoryOf } from './memory.ts';
import { verdictOf } from './stage.ts';
import { byUrgency } from './state.ts';
import { isAhead } from './validate.ts';

export interface GroupTiming {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  /** Between what was said last and the word that something is over. */
  readonly overIntervalMs: number;
  readonly repeatIntervalMs: number;
}

/** What is to be said of one group now. It carries alerts until a later stage turns it into one notification. */
export interface Dispatch {
  readonly groupKey: string;
  readonly service: string;
  /** Alerts that make it due: new, raised, no longer acknowledged, or repeated. Most urgent first. */
  readonly fresh: readonly Alert[];
  /** All that are alerting in the group, the fresh ones included. */
  readonly alerting: readonly Alert[];
  /** Alerts whose end has not been said. */
  readonly over: readonly Alert[];
  readonly why: string;
  /** A P0 that was not said within the rate limit's window. */
  readonly firstP0: boolean;
  readonly silent: boolean;
  /** True where the rate limit turned it into the one summary of what overflows. */
  readonly summary: boolean;
}

export type GroupAnswer =
  | { readonly kind: 'due'; readonly dispatch: Dispatch; readonly verdict: StageVerdict }
  | { readonly kind: 'wait'; readonly alerts: readonly Alert[]; readonly verdict: StageVerdict };

/** The group of an alert: its service, or the labels that the routing names. */
export function groupKeyOf(observation: Observation, groupBy: readonly string[]): string {
  return groupBy
    .map((name) => `${name}=${name === 'service' ? observation.service : (observation.labels[name] ?? '')}`)
    .join(',');
}

/**
 * Decides for one group whether something is to be said now. A P0 waits for nothing; the rest waits `group_wait`
 * for company, and `group_interval` after the group was last heard. Null where there is nothing to say.
 */
export function decideGroup(alerts: readonly Alert[], timing: GroupTiming, now: number): GroupAnswer | null {
  const alerting = alerts.filter(isAudible).sort(byUrgency);
  const over = alerts.filter((one) => !isAlerting(one) && memoryOf(one).resolutionOwed).sort(byUrgency);
  const unsaid = alerting.filter(
    (one) => memoryOf(one).renotify !== null || (memoryOf(one).notifiedAt === null && !one.acknowledgement),
  );
  const lead = unsaid[0] ?? over[0] ?? alerting[0];
  if (!lead) return null;
  const base = { groupKey: lead.groupKey, service: lead.service, alerting, over, summary: false };
  const isStorm = stormOf(lead.groupKey) !== null;
  const lastSaidAt = isStorm ? saidOfStorm(alerting, now) : lastSaid(alerts, now);

  const again = unsaid.find((one) => memoryOf(one).renotify !== null);
  const p0 = isStorm && alerting.some(isSaidP0) ? undefined : unsaid.find((one) => one.priority === 'P0');
  if (p0 || again) {
    const said = again ? memoryOf(again).renotify?.reason : undefined;
    const why = said ?? `P0 waits for nothing: ${lead.title}`;
    const firstP0 = unsaid.some(isFirstP0);
    return due({ ...base, fresh: unsaid, why, firstP0, silent: unsaid.every(isSilent) }, now);
  }
  if (unsaid.length > 0) {
    const dueAt = dueAtOf(unsaid, alerting.length > unsaid.length, lastSaidAt, timing, now);
    if (now < dueAt) return wait(unsaid, waitReason(dueAt, lastSaidAt, timing), now);
    const why = `${unsaid.length === 1 ? 'one alert is' : `${unsaid.length} alerts are`} new in the group`;
    const silent = isStorm && lastSaidAt !== null;
    return due({ ...base, fresh: unsaid, why, firstP0: false, silent }, now);
  }
  if (over.length > 0) {
    // Also of a storm in which nothing fires any more.
    const heardAt = lastSaid(alerts, now);
    const dueAt = (heardAt ?? Number.NEGATIVE_INFINITY) + timing.overIntervalMs;
    if (now < dueAt) return wait(over, waitReason(dueAt, heardAt, timing), now);
    return due({ ...base, fresh: [], why: overReason(over, alerting), firstP0: false, silent: true }, now);
  }
  return decideRepeat(base, lastSaidAt, timing, now);
}

function decideRepeat(
  base: Pick<Dispatch, 'groupKey' | 'service' | 'alerting' | 'over' | 'summary'>,
  lastSaidAt: number | null,
  timing: GroupTiming,
  now: number,
): GroupAnswer | null {
  const open = base.alerting.filter((one) => !one.acknowledgement);
  if (open.length === 0 || lastSaidAt === null || now < lastSaidAt + timing.repeatIntervalMs) return null;
  const why = `still firing ${formatDuration(now - lastSaidAt)} after it was last said, not acknowledged`;
  return due({ ...base, fresh: open, why, firstP0: false, silent: false }, now);
}

/**
 * When anything of the group was said last, as far as its alerts remember. What seems to have been said later than now
 * was said by a clock that was set back since: it counts as long ago, so that nothing waits until the clock has caught up.
 */
function lastSaid(alerts: readonly Alert[], now: number): number | null {
  const times = alerts.flatMap((alert) => {
    const { notifications, notifiedAt } = memoryOf(alert);
    return [notifiedAt, ...notifications.map((one) => one.at)].filter((at) => at !== null);
  });
  const known = times.filter((at) => !isAhead(at, now));
  return latest(known) ?? (times.length > 0 ? 0 : null);
}

/** A storm is said by its first alert, and then brought up to date without a sound. */
function saidOfStorm(alerting: readonly Alert[], now: number): number | null {
  const times = alerting.flatMap((one) => memoryOf(one).notifiedAt ?? []).filter((at) => !isAhead(at, now));
  return latest(times);
}

/** One by one: a storm has more alerts than a call may have arguments. */
function latest(times: readonly number[]): number | null {
  return times.reduce<number | null>((best, at) => (best === null || at > best ? at : best), null);
}

function isSaidP0(alert: Alert): boolean {
  const { notifiedAt, notifiedPriority } = memoryOf(alert);
  return notifiedAt !== null && notifiedPriority === 'P0';
}

function dueAtOf(
  unsaid: readonly Alert[],
  joins: boolean,
  lastSaidAt: number | null,
  timing: GroupTiming,
  now: number,
): number {
  const fired = unsaid.flatMap(({ firedAt }) => firedAt ?? []).filter((at) => !isAhead(at, now));
  const firstAt = fired.length > 0 ? fired.reduce((first, at) => Math.min(first, at)) : 0;
  const waited = firstAt + timing.groupWaitMs;
  if (lastSaidAt === null) return waited;
  const interval = lastSaidAt + timing.groupIntervalMs;
  return joins ? Math.max(interval, firstAt) : Math.max(interval, waited);
}

function waitReason(dueAt: number, lastSaidAt: number | null, timing: GroupTiming): string {
  const rule =
    lastSaidAt === null
      ? `group_wait ${formatDuration(timing.groupWaitMs)}, so that related alerts come as one page`
      : `group_interval ${formatDuration(timing.groupIntervalMs)} since the group was last heard`;
  // The instant and not what is left: a reason that changes each second would be written each second.
  return `Waits until ${formatInstant(dueAt)}: ${rule}.`;
}

function overReason(over: readonly Alert[], alerting: readonly Alert[]): string {
  const left = alerting.length === 0 ? 'the group is quiet' : `${alerting.length} still firing`;
  return `${over.length === 1 ? 'one alert is' : `${over.length} alerts are`} over, ${left}`;
}

function isFirstP0(alert: Alert): boolean {
  const { notifications, notifiedPriority } = memoryOf(alert);
  return alert.priority === 'P0' && !(notifications.length > 0 && notifiedPriority === 'P0');
}

function isSilent(alert: Alert): boolean {
  return memoryOf(alert).renotify?.silent ?? false;
}

function due(dispatch: Dispatch, now: number): GroupAnswer {
  const size = dispatch.alerting.length + dispatch.over.length;
  const reason = `Group ${dispatch.groupKey} (${size} ${size === 1 ? 'alert' : 'alerts'}): ${dispatch.why}.`;
  return { kind: 'due', dispatch, verdict: verdictOf('group', 'pass', reason, now) };
}

function wait(alerts: readonly Alert[], reason: string, now: number): GroupAnswer {
  return { kind: 'wait', alerts, verdict: verdictOf('group', 'held', reason, now) };
}
