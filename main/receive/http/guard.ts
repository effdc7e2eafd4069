import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PushSender } from '../receive-api.ts';

/** What is known of a request before a byte of its body is read. */
export interface RequestFacts {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly authorization: string | undefined;
}

export interface GuardRefusal {
  readonly status: 401 | 403 | 405;
  readonly message: string;
}

const SECRET_LENGTH_MAX = 4_096;

/**
 * Whether a browser stands behind a request. No page may send anything here: neither one of another site, nor one under
 * a name that its owner points at 127.0.0.1 (DNS rebinding). Senders are no browsers and name us by our address.
 */
export function refusePages(facts: RequestFacts, port: number): GuardRefusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (facts.host === undefined || !hosts.includes(facts.host.toLowerCase()))
    return { status: 403, message: `Send to 127.0.0.1:${port}: the Host header names another server.` };
  if (facts.origin !== undefined || facts.fetchSite !== undefined)
    return { status: 403, message: 'Nothing is taken from web pages. Send from a program.' };
  if (facts.method !== 'POST') return { status: 405, message: 'Only POST is served here.' };
  return undefined;
}

/** Finds the sender of a token. Each token is compared, and each in constant time, so that a wrong one learns nothing. */
export interface Doorkeeper {
  senderOf(authorization: string | undefined): PushSender | undefined;
}

export function createDoorkeeper(senders: readonly PushSender[]): Doorkeeper {
  // Digests under a key of this process: of the same length whatever the token's is, and of no use to anybody else.
  const processKey = randomBytes(32);
  const digest = (token: string) => createHmac('sha256', processKey).update(token).digest();
  const known = senders.map((sender) => ({ sender, digest: digest(sender.token) }));
  return {
    senderOf(authorization) {
      const token = tokenOf(authorization);
      if (token === undefined) return undefined;
      const given = digest(token);
      let found: PushSender | undefined;
      for (const one of known) if (timingSafeEqual(one.digest, given)) found = one.sender;
      return found;
    },
  };
}

/** The token of `Bearer TOKEN`, or of `Basic` as its password, whatever the user is called. */
function tokenOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > SECRET_LENGTH_MAX) return undefined;
  const [, scheme = '', secret = ''] = /^(bearer|basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return secret;
  if (scheme === '') return undefined;
  const pair = Buffer.from(secret, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const password = colon < 0 ? '' : pair.slice(colon + 1);
  return password === '' ? undefined : password;
}
