/** An incident's identifier as it may stand in a link: nothing that a path or an address could mean otherwise. */
const INCIDENT = /^[A-Za-z0-9_-]{1,100}$/;

/** The window's address for `midwatch://incident/<id>`; undefined for any other link, which is then not followed. */
export function hashOfLink(link: string): string | undefined {
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return undefined;
  }
  const id = url.pathname.replace(/^\//, '');
  const isOurs = url.protocol === 'midwatch:' && url.hostname === 'incident' && url.search === '';
  return isOurs && INCIDENT.test(id) ? hashOfIncident(id) : undefined;
}

export function hashOfIncident(id: string | null): string {
  return id === null ? '#/triage' : `#/incident/${encodeURIComponent(id)}`;
}
