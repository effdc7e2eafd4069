import type { Alert, StageVerdict } from '../../shared/model/alert.ts';
import type { Health } from '../../shared/model/health.ts';
import type { Incident } from '../../shared/model/incident.ts';
import { priorityRank } from '../../shared/model/priority.ts';
import { isWatching, type SourceStatus } from '../../shared/model/source.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';

/** A shift: what was resolved longer ago is history. */
export const SHIFT_MS = 12 * HOUR_MS;

export type GroupId = 'needs-you' | 'someone-has-it' | 'suppressed' | 'watch' | 'resolved';

/** One row of the queue. `key` is stable, so that a selection survives changes. */
export type QueueEntry =
  | { readonly key: string; readonly kind: 'incident'; readonly sinceAt: number; readonly incident: Incident }
  | {
      readonly key: string;
      readonly kind: 'alert';
      readonly sinceAt: number;
      readonly alert: Alert;
      readonly verdict: StageVerdict | null;
    }
  | { readonly key: string; readonly kind: 'source'; readonly sinceAt: number; readonly source: SourceStatus }
  | {
      readonly key: string;
      readonly kind: 'self';
      readonly sinceAt: number;
      readonly title: string;
      readonly reason: string;
    };

export interface QueueGroup {
  readonly id: GroupId;
  readonly title: string;
  readonly entries: readonly QueueEntry[];
}

export interface TriageInput {
  readonly incidents: Iterable<Incident>;
  readonly alerts: Iterable<Alert>;
  readonly sources: Iterable<SourceStatus>;
  readonly health: Health | null;
  readonly now: number;
}

const TITLES: Readonly<Record<GroupId, string>> = {
  'needs-you': 'Needs you',
  'someone-has-it': 'Someone has it',
  suppressed: 'Suppressed, with the reason',
  watch: 'The watch itself',
  resolved: 'Resolved this shift',
};
const ORDER: readonly GroupId[] = ['needs-you', 'someone-has-it', 'suppressed', 'watch', 'resolved'];

/**
 * The queue: every incident, alert and source that somebody may have to look at, once each. Empty groups are left out.
 * `before`, the queue that this one follows, changes nothing in it: of many thousand alerts few change at a time, and
 * what is nearly in order is soon in order.
 */
export function triageGroups(input: TriageInput, before: readonly QueueGroup[] = []): QueueGroup[] {
  const found: Record<GroupId, QueueEntry[]> = {
    'needs-you': [],
    'someone-has-it': [],
    suppressed: [],
    watch: [],
    resolved: [],
  };
  const silentSources = new Set<string>();
  for (const source of input.sources) {
    if (isWatching(source.condition) || source.condition === 'starting') continue;
    silentSources.add(source.id);
    found.watch.push({ key: `source:${source.id}`, kind: 'source', sinceAt: source.sinceAt, source });
  }
  const calling = new Set<string>();
  for (const alert of input.alerts) {
    const { group, entry, callsFor } = placeOf(alert, input.now);
    if (callsFor !== null) calling.add(callsFor);
    if (alert.kind === 'source' && silentSources.has(alert.labels.source ?? '')) continue;
    if (group) found[group].push(entry);
  }
  for (const incident of input.incidents) {
    const group = groupOfIncident(incident, calling.has(incident.id), input.now);
    if (group)
      found[group].push({
        key: `incident:${incident.id}`,
        kind: 'incident',
        sinceAt: sinceOf(incident),
        incident,
      });
  }
  found.watch.push(...ownTroubles(input.health));
  return ORDER.map((id) => ({
    id,
    title: TITLES[id],
    entries: asBefore(found[id], before.find((group) => group.id === id)?.entries).sort(
      id === 'resolved' ? latestFirst : urgentFirst,
    ),
  })).filter((group) => group.entries.length > 0);
}

interface Place {
  readonly group: GroupId | null;
  readonly entry: QueueEntry;
  /** The incident that needs a person because of it, whoever has it. */
  readonly callsFor: string | null;
}

const places = new WeakMap<Alert, Place>();

function placeOf(alert: Alert, now: number): Place {
  // What is over leaves the queue with time alone; all else moves only when it changes.
  const known = alert.phase === 'resolved' ? undefined : places.get(alert);
  if (known) return known;
  const verdict = holdingVerdict(alert);
  const entry: QueueEntry = {
    key: `alert:${alert.id}`,
    kind: 'alert',
    sinceAt: alertSince(alert),
    alert,
    verdict,
  };
  const callsFor = callsAgain(alert) ? alert.incidentId : null;
  const place = { group: groupOfAlert(alert, verdict, now), entry, callsFor };
  places.set(alert, place);
  return place;
}

/** The entries in the order that they had, and those that are new behind them. */
function asBefore(entries: QueueEntry[], before: readonly QueueEntry[] | undefined): QueueEntry[] {
  if (before === undefined) return entries;
  const places = new Map(before.map((one, index) => [one.key, index]));
  const kept: QueueEntry[] = Array.from({ length: before.length });
  const fresh: QueueEntry[] = [];
  for (const one of entries) {
    const place = places.get(one.key);
    if (place === undefined) fresh.push(one);
    else kept[place] = one;
  }
  return [...kept.filter((one) => one !== undefined), ...fresh];
}

/** How many rows ask for a person now; the number in the rail. */
export function needsYouCount(groups: readonly QueueGroup[]): number {
  return groups.find((group) => group.id === 'needs-you')?.entries.length ?? 0;
}

export function isOpen(incident: Incident): boolean {
  return !['postmortem', 'closed', 'merged', 'cancelled'].includes(incident.phase);
}

/** Fires, nothing holds it, and nobody has it: also where an acknowledgement broke or was taken back, and others joined. */
export function callsAgain(alert: Pick<Alert, 'phase' | 'acknowledgement' | 'verdicts'>): boolean {
  return (
    alert.phase === 'firing' && alert.acknowledgement === null && alert.verdicts.every((one) => !holds(one))
  );
}

/** Nobody has said of an incident that they have it, or of an alert of it that fires now. */
export function needsWord(incident: Incident, alerts: ReadonlyMap<string, Alert>): boolean {
  if (!isOpen(incident)) return false;
  if (incident.acknowledgedAt === null) return true;
  return incident.alertIds.some((id) => {
    const alert = alerts.get(id);
    return alert !== undefined && callsAgain(alert);
  });
}

function groupOfIncident(incident: Incident, calls: boolean, now: number): GroupId | null {
  if (incident.phase === 'merged' || incident.phase === 'cancelled') return null;
  if (isOpen(incident)) return incident.acknowledgedAt === null || calls ? 'needs-you' : 'someone-has-it';
  const endedAt = incident.closedAt ?? incident.resolvedAt ?? incident.recoveredAt ?? incident.openedAt;
  // A postmortem that is not finished stays in sight, however old; written history never asks for one.
  if (incident.phase === 'postmortem' && !incident.synthetic) return 'resolved';
  return now - endedAt <= SHIFT_MS && !incident.synthetic ? 'resolved' : null;
}

function groupOfAlert(alert: Alert, verdict: StageVerdict | null, now: number): GroupId | null {
  const active = alert.phase === 'firing' || alert.phase === 'no_data' || alert.phase === 'error';
  // Whoever acknowledged it has it, with its incident: that nobody is told again is no news.
  const had = alert.incidentId !== null && alert.acknowledgement !== null;
  if (verdict && !had && (active || alert.phase === 'pending')) return 'suppressed';
  if (alert.incidentId !== null) return null;
  if (alert.phase === 'no_data' || alert.phase === 'error') return 'watch';
  if (alert.phase === 'firing') {
    if (alert.kind === 'source' || alert.kind === 'absence') return 'watch';
    return alert.acknowledgement === null ? 'needs-you' : 'someone-has-it';
  }
  if (alert.phase === 'resolved' && alert.resolvedAt !== null && alert.firedAt !== null)
    return now - alert.resolvedAt <= SHIFT_MS ? 'resolved' : null;
  return null;
}

/** The alerts of an incident that are still known, the most urgent first, and the ids of those that are not. */
export function alertsOf(
  incident: Pick<Incident, 'alertIds'>,
  alerts: ReadonlyMap<string, Alert>,
): { readonly known: readonly Alert[]; readonly gone: readonly string[] } {
  const known = incident.alertIds.flatMap((id) => alerts.get(id) ?? []);
  known.sort(
    (a, b) =>
      Number(a.phase === 'resolved') - Number(b.phase === 'resolved') ||
      priorityRank(a.priority) - priorityRank(b.priority) ||
      alertSince(a) - alertSince(b),
  );
  return { known, gone: incident.alertIds.filter((id) => !alerts.has(id)) };
}

/** The verdict that keeps an alert from paging now, if one does. */
export function holdingVerdict(alert: Alert): StageVerdict | null {
  return alert.verdicts.find(holds) ?? null;
}

function holds({ outcome, stage }: StageVerdict): boolean {
  return outcome === 'suppressed' || (outcome === 'held' && stage !== 'state');
}

function ownTroubles(health: Health | null): QueueEntry[] {
  if (!health) return [];
  const entries: QueueEntry[] = [];
  const add = (key: string, title: string, reason: string) =>
    entries.push({ key: `self:${key}`, kind: 'self', sinceAt: health.startedAt, title, reason });
  if (health.notifierProblem !== null) add('notifier', 'Messages do not go out', health.notifierProblem);
  for (const worker of health.workers)
    if (worker.condition === 'dead')
      add(
        `worker:${worker.name}`,
        `Worker ${worker.name} is dead`,
        worker.lastProblem ?? 'It is being started again.',
      );
  return entries;
}

function sinceOf(incident: Incident): number {
  if (isOpen(incident)) return incident.startedAt;
  return incident.closedAt ?? incident.resolvedAt ?? incident.openedAt;
}

function alertSince(alert: Alert): number {
  if (alert.phase === 'resolved') return alert.resolvedAt ?? alert.lastEvaluatedAt;
  return alert.firedAt ?? alert.activeSinceAt ?? alert.lastEvaluatedAt;
}

function urgency(entry: QueueEntry): number {
  switch (entry.kind) {
    case 'incident':
      return (
        Number(entry.incident.severity.slice(-1)) * 10 +
        (entry.incident.priority ? priorityRank(entry.incident.priority) : 0)
      );
    case 'alert':
      return 40 + priorityRank(entry.alert.priority);
    case 'source':
      return 40 + 1;
    case 'self':
      return 40;
  }
}

const urgencies = new WeakMap<QueueEntry, number>();

/** Asked many times while the queue is put in order. */
function urgencyOf(entry: QueueEntry): number {
  const known = urgencies.get(entry);
  if (known !== undefined) return known;
  const found = urgency(entry);
  urgencies.set(entry, found);
  return found;
}

function urgentFirst(a: QueueEntry, b: QueueEntry): number {
  return urgencyOf(a) - urgencyOf(b) || a.sinceAt - b.sinceAt || byKey(a, b);
}

function latestFirst(a: QueueEntry, b: QueueEntry): number {
  return b.sinceAt - a.sinceAt || byKey(a, b);
}

// Not by the reader's language: that costs a hundred times more, and here only the same order each time matters.
function byKey(a: QueueEntry, b: QueueEntry): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}
