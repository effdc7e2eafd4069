import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessions, readCookie } from '../../../main/host/node/session.ts';
import { VirtualClock } from '../../../main/platform/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-session-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('launch tokens', () => {
  it('work once', () => {
    const sessions = createSessions(folder, new VirtualClock(0));
    const token = sessions.launchToken();
    expect(sessions.isValid(sessions.redeem(token))).toBe(true);
    expect(sessions.redeem(token)).toBeUndefined();
  });

  it('are refused when missing, made up or too old', async () => {
    const clock = new VirtualClock(0);
    const sessions = createSessions(folder, clock);
    expect(sessions.redeem('')).toBeUndefined();
    expect(sessions.redeem('x'.repeat(43))).toBeUndefined();
    const token = sessions.launchToken();
    await clock.advance(10 * MINUTE + 1);
    expect(sessions.redeem(token)).toBeUndefined();
  });
});

describe('session cookies', () => {
  it('outlive a restart of the core, for thirty days', async () => {
    const clock = new VirtualClock(1_000);
    const first = createSessions(folder, clock);
    const cookie = first.redeem(first.launchToken());
    const second = createSessions(folder, clock);
    expect(second.isValid(cookie)).toBe(true);
    await clock.advance(30 * DAY + 1);
    expect(second.isValid(cookie)).toBe(false);
  });

  it('are refused when changed in any part, and under another key', () => {
    const sessions = createSessions(folder, new VirtualClock(0));
    const cookie = sessions.redeem(sessions.launchToken()) ?? '';
    const [id, expiry, signature] = cookie.split('.');
    for (const forged of [
      undefined,
      '',
      'a.b',
      `${id}.${Number(expiry) + 1}.${signature}`,
      `x${cookie}`,
      `${cookie}.x`,
      `${id}.${expiry}.`,
      `${id}.${expiry}.${'A'.repeat(43)}`,
    ]) {
      expect(sessions.isValid(forged), String(forged)).toBe(false);
    }
    const other = mkdtempSync(join(tmpdir(), 'midwatch-session-'));
    expect(createSessions(other, new VirtualClock(0)).isValid(cookie)).toBe(false);
    rmSync(other, { recursive: true });
  });

  it('are signed with a key that only the owner can read', () => {
    createSessions(folder, new VirtualClock(0));
    expect(statSync(join(folder, 'session-key')).mode & 0o777).toBe(0o600);
  });
});

describe('reading a cookie', () => {
  it('finds it by its whole name', () => {
    expect(readCookie('a=1; midwatch_80=x=y; midwatch_8=no', 'midwatch_80')).toBe('x=y');
    expect(readCookie('xmidwatch_80=1', 'midwatch_80')).toBeUndefined();
    expect(readCookie(undefined, 'midwatch_80')).toBeUndefined();
  });
});
