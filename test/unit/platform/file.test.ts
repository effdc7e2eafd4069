import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createVault, freedesktopAutostart, type Seal, smallFile } from '../../../main/platform/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a small file', () => {
  const schema = z.object({ count: z.number() });

  it('gives back what was written, for its owner alone, and leaves no half of it', () => {
    const file = smallFile(join(folder, 'a.json'), schema);
    expect(file.read()).toEqual({ ok: true, value: undefined });
    expect(file.write({ count: 3 })).toMatchObject({ ok: true });
    expect(file.read()).toEqual({ ok: true, value: { count: 3 } });
    expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('says what is wrong with it, whether it is read or written', () => {
    writeFileSync(join(folder, 'a.json'), '{"count": "three"}');
    expect(smallFile(join(folder, 'a.json'), schema).read()).toMatchObject({
      ok: false,
      error: expect.stringContaining('cannot be read'),
    });
    mkdirSync(join(folder, 'dir.json.new'));
    expect(smallFile(join(folder, 'dir.json'), schema).write({ count: 1 })).toMatchObject({ ok: false });
  });
});

/** Seals by turning the text round, which is enough to see what lies on disk. */
function seal(problem: string | null, key = 'k'): Seal {
  const turn = (text: string) => [...text].reverse().join('');
  return {
    problem: async () => problem,
    close: async (text) => Buffer.from(`${key}${turn(text)}`),
    open: async (bytes) => {
      if (bytes.toString()[0] !== key) throw new Error('another key');
      return turn(bytes.toString().slice(1));
    },
  };
}

describe('the vault', () => {
  const path = () => join(folder, 'secrets.json');

  it('keeps a secret sealed, beside those that are there', async () => {
    const vault = createVault(path(), seal(null));
    expect(await vault.keep('pager', 'canary')).toEqual({ ok: true, value: 'sealed' });
    expect(await vault.keep('mail', 'other')).toEqual({ ok: true, value: 'sealed' });
    expect(readFileSync(path(), 'utf8')).not.toContain('canary');
    expect(await createVault(path(), seal(null)).read('pager')).toEqual({ ok: true, value: 'canary' });
    expect(await vault.read('mail')).toEqual({ ok: true, value: 'other' });
  });

  it('keeps it for this session only where the seal cannot be trusted, and says so', async () => {
    const vault = createVault(path(), seal('There is no keyring.'));
    expect(await vault.problem()).toBe('There is no keyring.');
    expect(await vault.keep('pager', 'canary')).toEqual({ ok: true, value: 'session' });
    expect(await vault.read('pager')).toEqual({ ok: true, value: 'canary' });
    expect(readdirSync(folder)).toEqual([]);
    expect(await createVault(path(), seal('There is no keyring.')).read('pager')).toMatchObject({
      ok: false,
      error: expect.stringContaining('There is no keyring.'),
    });
  });

  it('refuses odd names and sizes, and says which secret is missing or sealed with another key', async () => {
    const vault = createVault(path(), seal(null));
    for (const name of ['', 'a/b', '../x', 'a b', 'x'.repeat(101)])
      expect((await vault.keep(name, 's')).ok).toBe(false);
    for (const secret of ['', 's'.repeat(70_000)]) expect((await vault.keep('a', secret)).ok).toBe(false);
    expect(await vault.read('__proto__')).toMatchObject({
      ok: false,
      error: expect.stringContaining('no secret named'),
    });
    await vault.keep('pager', 'canary');
    const other = await createVault(path(), seal(null, 'z')).read('pager');
    expect(other).toMatchObject({ ok: false, error: expect.stringContaining('another key') });
    expect(JSON.stringify(other)).not.toContain('canary');
  });

  it('does not write over a file that it cannot read', async () => {
    writeFileSync(path(), 'damaged');
    expect(await createVault(path(), seal(null)).keep('a', 's')).toMatchObject({
      ok: false,
      error: expect.stringContaining('Move it away'),
    });
    expect(readFileSync(path(), 'utf8')).toBe('damaged');
  });
});

describe('starting at login', () => {
  it('is an entry in the desktop’s folder, with the path quoted for it', () => {
    const autostart = freedesktopAutostart('Midwatch', '/opt/my "apps"/100%/midwatch', {
      XDG_CONFIG_HOME: folder,
    });
    expect(autostart.isOn()).toBe(false);
    autostart.set(true);
    expect(autostart.isOn()).toBe(true);
    const entry = readFileSync(join(folder, 'autostart', 'midwatch.desktop'), 'utf8');
    expect(entry).toContain('Exec="/opt/my \\"apps\\"/100%%/midwatch"\n');
    autostart.set(false);
    autostart.set(false);
    expect(autostart.isOn()).toBe(false);
  });
});
