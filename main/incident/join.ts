import type { AlertChange } from '../../shared/model/alert-change.ts';
import type { Incident, NewTimelineEntry } from '../../shared/model/incident.ts';
import { type Priority, priorityRank } from '../../shared/model/priority.ts';
import type { Service } from '../../shared/model/service.ts';
import { stormOf } from '../../shared/model/storm.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import type { Change } from './book.ts';
import { isOver, MIDWATCH, step } from './lifecycle.ts';
import { immediateActions, unique } from './opening.ts';
import { type BusinessDeadline, deadlines, type Impact, suggestSeverity } from './severity.ts';
import { alertEntry } from './words.ts';

/** Alerts of connected services this close to the opening share the incident. */
export const GROUP_INTERVAL_MS = 5 * MINUTE_MS;

/** Connected: the same service, or one depends directly on the other. */
export function isConnected(a: string, b: string, services: readonly Service[]): boolean {
  if (a === b) return true;
  const dependsOn = (from: string, to: string) =>
    services.some((service) => service.id === from && service.dependsOn.includes(to));
  return dependsOn(a, b) || dependsOn(b, a);
}

/** A storm is one incident of its own, whatever its services are connected with. */
export function sharesStorm(a: string | null, b: string | null): boolean {
  return (stormOf(a) === null && stormOf(b) === null) || a === b;
}

const held = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether an alert is one of the incident's; of a storm's there are thousands, and each is asked for each. */
export function holds({ alertIds }: Incident, alertId: string): boolean {
  const ids = held.get(alertIds) ?? new Set(alertIds);
  held.set(alertIds, ids);
  return ids.has(alertId);
}

/** The open incident that an alert belongs to: its own, its group's, that of its cause, or one of connected services just opened. */
export function belongsTo(
  change: AlertChange,
  incidents: readonly Incident[],
  services: readonly Service[],
): Incident | undefined {
  const open = incidents.filter((incident) => !isOver(incident.phase));
  const { id, groupKey, service } = change.alert;
  return (
    open.find((incident) => holds(incident, id)) ??
    open.find((incident) => incident.groupKey === groupKey) ??
    open.find((incident) => change.causeId && holds(incident, change.causeId)) ??
    open.find(
      (incident) =>
        sharesStorm(groupKey, incident.groupKey) &&
        Math.abs(change.at - incident.openedAt) <= GROUP_INTERVAL_MS &&
        incident.services.some((other) => isConnected(service, other, services)),
    )
  );
}

export interface JoinFacts {
  readonly now: number;
  /** The impact of all its alerts that are not resolved, the new one included. */
  readonly impacts: readonly Impact[];
  readonly services: readonly Service[];
  readonly business: BusinessDeadline | undefined;
  /** Whether this alert is known to be firing in this incident already: a repeat after a crash. */
  readonly isRepeat: (change: AlertChange) => boolean;
}

/**
 * What further alerts make of an open incident: they join, may raise the severity, and break a recovery. Those that come
 * together are one change: in a storm each would otherwise write an incident of thousands of alerts anew.
 */
export function joinChange(
  incident: Incident,
  changes: readonly AlertChange[],
  facts: JoinFacts,
): Change | null {
  const held = new Set(incident.alertIds);
  const news = changes.filter((change) => !(facts.isRepeat(change) && held.has(change.alert.id)));
  const [first] = news;
  if (!first) return null;
  const { alert } = first;
  const joined: Partial<Incident> = {
    alertIds: unique([...incident.alertIds, ...news.map((one) => one.alert.id)]),
    services: unique([...incident.services, ...news.map((one) => one.alert.service)]),
    objectiveIds: unique([...incident.objectiveIds, ...news.flatMap((one) => one.objectiveId ?? [])]),
    priority: mostUrgentOf([
      ...(incident.priority === null ? [] : [incident.priority]),
      ...news.map((one) => one.alert.priority),
    ]),
    resolvedAt: null,
  };
  const relapse =
    incident.recoveredAt === null
      ? null
      : step(
          incident,
          { kind: 'relapsed', reason: `${alert.title} fired again: ${alert.reason}` },
          facts.now,
        );
  const raised = raisedSeverity(incident, facts);
  return {
    incident: { ...joined, ...raised.incident, ...(relapse?.ok ? relapse.value.state : {}) },
    entries: [...news.map(alertEntry), ...raised.entries, ...(relapse?.ok ? relapse.value.effects : [])],
  };
}

function mostUrgentOf(priorities: readonly Priority[]): Priority | null {
  const [first = null, ...others] = priorities;
  return others.reduce<Priority | null>(
    (best, one) => (best === null || priorityRank(one) < priorityRank(best) ? one : best),
    first,
  );
}

/** A higher suggestion is followed until a person has confirmed or changed the severity; a lower one never is. */
function raisedSeverity(
  incident: Incident,
  { impacts, services, now, business }: JoinFacts,
): { incident: Partial<Incident>; entries: NewTimelineEntry[] } {
  const suggestion = suggestSeverity([...impacts, ...unmeasured(incident)], services);
  if (!suggestion || suggestion.severity >= incident.suggestion.severity)
    return { incident: {}, entries: [] };
  if (incident.severityConfirmedAt !== null || suggestion.severity >= incident.severity)
    return { incident: { suggestion }, entries: [] };
  return {
    incident: {
      suggestion,
      severity: suggestion.severity,
      ...deadlines(suggestion.severity, incident.openedAt, business),
    },
    entries: [
      {
        at: now,
        kind: 'severity',
        actor: MIDWATCH,
        title: `${incident.severity} → ${suggestion.severity} suggested and taken`,
        detail: suggestion.arithmetic,
      },
      ...(suggestion.severity === 'SEV-1' ? immediateActions(now) : []),
    ],
  };
}

/** Services it has hit stay in the reach even where their alerts are not in memory any more. */
function unmeasured(incident: Incident): Impact[] {
  const { priority } = incident;
  if (priority === null) return [];
  return incident.services.map((service) => ({ priority, service, failingShare: null }));
}
