import type { Alert } from '../../shared/model/alert.ts';
import type { Incident } from '../../shared/model/incident.ts';

/** A time by which something must have happened, or when it did. */
export interface Deadline {
  readonly key: 'respond' | 'acknowledgement' | 'resolve';
  readonly state: 'running' | 'soon' | 'late' | 'met' | 'met-late';
  /** When it ends, or when it was met. */
  readonly at: number;
  /** Time left, or time taken where it is met; negative where it is late. */
  readonly ms: number;
  /** Share of the time that is left, 0 to 1. */
  readonly left: number;
}

const SOON = 0.25;

/** The deadlines of an incident that count now, the next one first. */
export function deadlinesOf(incident: Incident, alerts: readonly Alert[], now: number): Deadline[] {
  if (incident.phase === 'merged' || incident.phase === 'cancelled') return [];
  const found = [
    deadline('respond', incident.openedAt, incident.respondByAt, incident.acknowledgedAt, now),
    ...acknowledgementEnd(incident, alerts, now),
    deadline('resolve', incident.openedAt, incident.resolveByAt, incident.resolvedAt, now),
  ];
  return found.sort((a, b) => order(a) - order(b));
}

/** The deadline a row of the queue counts down to: the next that is not met. */
export function nextDeadline(deadlines: readonly Deadline[]): Deadline | null {
  return deadlines.find((one) => one.state !== 'met' && one.state !== 'met-late') ?? null;
}

function order(one: Deadline): number {
  return one.state === 'met' || one.state === 'met-late' ? -1 : one.ms;
}

function deadline(
  key: Deadline['key'],
  fromAt: number,
  byAt: number,
  metAt: number | null,
  now: number,
): Deadline {
  if (metAt !== null)
    return { key, state: metAt > byAt ? 'met-late' : 'met', at: metAt, ms: metAt - fromAt, left: 1 };
  const ms = byAt - now;
  const left = byAt > fromAt ? Math.min(1, Math.max(0, ms / (byAt - fromAt))) : 0;
  return { key, state: ms < 0 ? 'late' : left < SOON ? 'soon' : 'running', at: byAt, ms, left };
}

// An acknowledgement that ends by itself is a deadline too: then the alert needs a person again.
function acknowledgementEnd(incident: Incident, alerts: readonly Alert[], now: number): Deadline[] {
  if (incident.resolvedAt !== null) return [];
  const ends = alerts
    .filter((alert) => alert.incidentId === incident.id && alert.phase === 'firing')
    .flatMap((alert) => (alert.acknowledgement?.untilAt ? [alert.acknowledgement] : []))
    .sort((a, b) => (a.untilAt ?? 0) - (b.untilAt ?? 0))[0];
  return ends?.untilAt ? [deadline('acknowledgement', ends.at, ends.untilAt, null, now)] : [];
}
