import type { Incident } from '../../shared/model/incident.ts';

/** A derived time with its place on a common scale, both as shares of the whole; `ms` null: not yet. */
export interface IncidentTime {
  readonly label: string;
  readonly ms: number | null;
  readonly from: number;
  readonly width: number;
}

/** Time to detect counts from the start of the trouble, all others from detection. */
export function incidentTimes(incident: Incident): IncidentTime[] {
  const { startedAt, openedAt } = incident;
  const ends = [
    openedAt,
    incident.acknowledgedAt,
    incident.mitigatedAt,
    incident.resolvedAt,
    incident.recoveredAt,
  ];
  const whole = Math.max(1, ...ends.map((at) => (at ?? startedAt) - startedAt));
  const time = (label: string, fromAt: number, toAt: number | null): IncidentTime => ({
    label,
    ms: toAt === null ? null : Math.max(0, toAt - fromAt),
    from: (fromAt - startedAt) / whole,
    width: toAt === null ? 0 : Math.max(0, toAt - fromAt) / whole,
  });
  return [
    time('Detect', startedAt, openedAt),
    time('Acknowledge', openedAt, incident.acknowledgedAt),
    time('Mitigate', openedAt, incident.mitigatedAt),
    time('Recover', openedAt, incident.recoveredAt),
    time('Resolve', openedAt, incident.resolvedAt),
  ];
}
