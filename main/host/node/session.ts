import { createHmac, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, secretToken } from '../../platform/index.ts';

/** How long a launch address may lie unused in a terminal. */
const LAUNCH_LIFE_MS = 10 * 60_000;
const SESSION_LIFE_MS = 30 * 24 * 60 * 60_000;

/**
 * Launch tokens work once and become a cookie; cookies are signed with a key of this data folder, so a window that was
 * open before a crash may go on after it, and nothing secret is kept in memory alone or in the database.
 */
export interface Sessions {
  /** A fresh token for a launch address. */
  launchToken(): string;
  /** Takes a launch token; the value for the cookie, or undefined where it is unknown, used or too old. */
  redeem(token: string): string | undefined;
  isValid(cookie: string | undefined): boolean;
}

export function createSessions(dataFolder: string, clock: Clock): Sessions {
  const key = readKey(join(dataFolder, 'session-key'));
  const open = new Map<string, number>();
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  return {
    launchToken() {
      const token = secretToken();
      open.set(token, clock.now() + LAUNCH_LIFE_MS);
      return token;
    },
    redeem(token) {
      const expiresAt = open.get(token);
      open.delete(token);
      if (expiresAt === undefined || expiresAt < clock.now()) return undefined;
      const body = `${secretToken(16)}.${clock.now() + SESSION_LIFE_MS}`;
      return `${body}.${sign(body)}`;
    },
    isValid(cookie) {
      const [id, expiry, signature, ...rest] = (cookie ?? '').split('.');
      if (!id || !expiry || !signature || rest.length > 0) return false;
      const expected = Buffer.from(sign(`${id}.${expiry}`));
      const given = Buffer.from(signature);
      return (
        given.length === expected.length && timingSafeEqual(given, expected) && Number(expiry) > clock.now()
      );
    },
  };
}

/** A secret of this data folder, made where there is none yet. */
export function readKey(path: string): string {
  if (existsSync(path)) {
    const key = readFileSync(path, 'utf8').trim();
    if (key.length >= 40) return key;
  }
  const key = secretToken(48);
  writeFileSync(path, key, { mode: 0o600 });
  chmodSync(path, 0o600);
  return key;
}

/** One cookie out of a Cookie header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}
