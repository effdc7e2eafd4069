import type { Incident } from '../../shared/model/incident.ts';

/** How long each part took, milliseconds; null while it has not happened. All but the first count from the opening. */
export interface IncidentTimes {
  readonly detectMs: number;
  readonly acknowledgeMs: number | null;
  readonly mitigateMs: number | null;
  readonly recoverMs: number | null;
  readonly resolveMs: number | null;
}

/** Derived, never stored: detection counts from when the condition began, the rest from the opening. */
export function deriveTimes(incident: Incident): IncidentTimes {
  const since = (at: number | null) => (at === null ? null : Math.max(0, at - incident.openedAt));
  return {
    detectMs: Math.max(0, incident.openedAt - incident.startedAt),
    acknowledgeMs: since(incident.acknowledgedAt),
    mitigateMs: since(incident.mitigatedAt),
    recoverMs: since(incident.recoveredAt),
    resolveMs: since(incident.resolvedAt),
  };
}
