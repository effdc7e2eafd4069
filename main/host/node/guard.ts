/**
 * Who may speak to the loopback server. A page of another origin can make a browser send requests here, and a name
 * it owns can be pointed at 127.0.0.1 (DNS rebinding): so both `Host` and `Origin` must be ours.
 */
export interface RequestFacts {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, where the browser sends it. */
  readonly fetchSite: string | undefined;
  readonly upgrade: boolean;
}

export type GuardVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 403 | 405; readonly reason: string };

/** The names under which this server may be asked. */
export function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

export function guard(request: RequestFacts, port: number): GuardVerdict {
  const hosts = ownHosts(port);
  if (request.host === undefined || !hosts.includes(request.host.toLowerCase())) {
    return refuse('the Host header names another server');
  }
  if (!['GET', 'HEAD'].includes(request.method))
    return { ok: false, status: 405, reason: 'only GET is served here' };
  if (request.origin !== undefined && request.origin !== `http://${request.host.toLowerCase()}`) {
    return refuse('the request comes from another origin');
  }
  if (request.upgrade && request.origin === undefined)
    return refuse('a WebSocket without an Origin is not from a browser page of ours');
  // `none` is the address bar or a link from outside the browser; anything else must be ours.
  if (request.fetchSite !== undefined && !['same-origin', 'none'].includes(request.fetchSite)) {
    return refuse('the request comes from another site');
  }
  return { ok: true };
}

function refuse(reason: string): GuardVerdict {
  return { ok: false, status: 403, reason };
}
