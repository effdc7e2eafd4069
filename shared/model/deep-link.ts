import type { Page } from './notification.ts';

/** `midwatch://incident/<id>`, and nothing that a path or an address could mean otherwise. */
const INCIDENT_LINK = /^midwatch:\/\/incident\/([A-Za-z0-9_-]{1,100})\/?$/i;

/** The window's address for `midwatch://incident/<id>`; undefined for any other link, which is then not followed. */
export function hashOfLink(link: string): string | undefined {
  const id = INCIDENT_LINK.exec(link)?.[1];
  return id === undefined ? undefined : hashOfIncident(id);
}

/** Where a pressed notification leads: to its incident, with *Acknowledge* under the next press of Enter while it is not over. */
export function hashOfPage({ incidentId, resolved }: Pick<Page, 'incidentId' | 'resolved'>): string {
  const place = hashOfIncident(incidentId);
  return incidentId === null || resolved ? place : `${place}/acknowledge`;
}

export function hashOfIncident(id: string | null): string {
  return id === null ? '#/triage' : `#/incident/${encodeURIComponent(id)}`;
}
