import type { Incident } from '../../shared/model/incident.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';

const LEAST_BEFORE_MS = 10 * MINUTE_MS;

/**
 * The time that the charts of an incident show at first: as long before its start as it lasts, and at least ten minutes,
 * so that both what was ordinary and the break can be seen; up to now while it is open, else a while past its end.
 */
export function incidentView(incident: Incident, now: number): { fromAt: number; toAt: number } {
  const endedAt = incident.closedAt ?? incident.resolvedAt;
  const lastsMs = Math.max(0, (endedAt ?? now) - incident.startedAt);
  const beforeMs = Math.max(LEAST_BEFORE_MS, lastsMs);
  const toAt = endedAt === null ? now : Math.min(now, endedAt + beforeMs / 2);
  return { fromAt: incident.startedAt - beforeMs, toAt: Math.max(toAt, incident.startedAt + MINUTE_MS) };
}
