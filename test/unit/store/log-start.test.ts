import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogApi, openLog } from '../../../main/store/index.ts';
import { backups } from '../../../main/store/log-backup.ts';
import { assertDurable } from '../../../main/store/log-open.ts';
import { entry, incidentDraft, NOW } from '../../support/incident.ts';

let folder: string;
let path: string;
let now: number;
let open: LogApi[];
const start = () => {
  const api = openLog(path, { clock: { now: () => now } });
  open.push(api);
  return api;
};
const stop = () => {
  for (const api of open.splice(0)) api.close();
};
/** Breaks the pages behind the first one, as a bad disk would. */
const damage = () => {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096, bytes.length);
  writeFileSync(path, bytes);
};
const quarantined = () => readdirSync(folder).filter((name) => /\.damaged-[^.]*$/.test(name));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-start-'));
  path = join(folder, 'midwatch.db');
  now = NOW;
  open = [];
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('durability', () => {
  it('is FULL after a first write, not only after it was asked for', () => {
    start();
    const plain = new Database(path);
    plain.pragma('foreign_keys = ON');
    // What the library would do by itself, and why it is set and asserted.
    expect(() => assertDurable(plain, NOW)).toThrow(expect.objectContaining({ code: 'store-not-durable' }));
    plain.pragma('synchronous = FULL');
    expect(() => assertDurable(plain, NOW)).not.toThrow();
    plain.close();
  });
});

describe('a damaged midwatch.db', () => {
  it('is set aside by renaming, and the newest backup is put in its place, and both are said', async () => {
    const log = start();
    log.openIncident(incidentDraft(), [entry()], []);
    await log.backup();
    log.putSetting('after the backup', 'lost');
    stop();
    damage();
    const before = readFileSync(path);
    now += 1000;
    const again = start();
    expect(again.loadIncidents()).toHaveLength(1);
    expect(again.getSetting('after the backup')).toBeNull();
    expect(again.notices()[0]?.text).toMatch(/damaged .* set aside .* backup midwatch-.* in its place/);
    const [kept] = quarantined();
    expect(readFileSync(join(folder, kept ?? '')).equals(before)).toBe(true);
  });

  it('without a backup leaves an empty log and the file set aside', () => {
    start().putSetting('a', 'b');
    stop();
    damage();
    const again = start();
    expect(again.getSetting('a')).toBeNull();
    expect(again.notices()[0]?.text).toMatch(/no whole backup/);
    expect(quarantined()).toHaveLength(1);
  });

  it('that is no database at all is set aside too', () => {
    writeFileSync(path, 'not a database, but long enough to be looked at'.repeat(50));
    expect(start().notices()).toHaveLength(1);
    expect(quarantined()).toHaveLength(1);
  });

  it('that is suddenly empty is not taken for a fresh start where there is a backup', async () => {
    const log = start();
    log.putSetting('a', 'b');
    await log.backup();
    stop();
    truncateSync(path, 0);
    expect(start().getSetting('a')).toBe('b');
  });

  it('does not take a damaged backup while an older one is whole', async () => {
    const log = start();
    log.putSetting('a', 'old');
    await log.backup();
    log.putSetting('a', 'new');
    now += 1000;
    const { path: newest } = await log.backup();
    stop();
    writeFileSync(newest, 'torn');
    damage();
    expect(start().getSetting('a')).toBe('old');
  });

  it('is finished restoring at the next start if a crash came between setting aside and putting in place', async () => {
    const log = start();
    log.putSetting('a', 'b');
    stop();
    renameSync(path, `${path}.restoring`);
    expect(start().getSetting('a')).toBe('b');
    expect(existsSync(`${path}.restoring`)).toBe(false);
  });
});

describe('backups', () => {
  it('are whole copies, and only the newest three are kept', async () => {
    const log = start();
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      log.putSetting('n', String(i));
      now += 60_000;
      made.push((await log.backup()).path);
    }
    expect(backups(path)).toEqual(made.slice(-3).reverse());
    expect(readdirSync(join(folder, 'backup')).sort()).toEqual(made.slice(-3).map((one) => basename(one)));
    const copy = new Database(made.at(-1) ?? '', { readonly: true });
    expect(copy.prepare("SELECT value FROM setting WHERE key = 'n'").pluck().get()).toBe('4');
    copy.close();
  });

  it('that cannot be made are a coded error, and the log goes on', async () => {
    const log = start();
    writeFileSync(join(folder, 'backup'), 'in the way');
    await expect(log.backup()).rejects.toMatchObject({ code: 'backup-failed', retryable: true });
    log.putSetting('a', 'b');
    expect(log.getSetting('a')).toBe('b');
  });
});
