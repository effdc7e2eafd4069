import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDesktop, until } from './support/desktop.ts';
import { runPlainly } from './support/plain-run.ts';
import { runtime } from './support/runtime.ts';
import { startTarget, type Target } from './support/target.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

const SECRET = 'canary-5f1c9e';
let target: Target;
let workspace: TestWorkspace;
let userData: string;
const file = () => join(userData, 'secrets.json');
const keep = (keyring: string, name = 'shop', input = `${SECRET}\n`) =>
  runPlainly([`--user-data-dir=${userData}`, 'secret', name], { input, env: { STAND_IN_KEYRING: keyring } });

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address, '    auth: { kind: bearer, token: "keychain:shop" }\n');
  userData = mkdtempSync(join(tmpdir(), 'midwatch-secret-'));
});
afterAll(async () => {
  await target.close();
  workspace.remove();
  rmSync(userData, { recursive: true, force: true });
});

// Which keyring a desktop has cannot be chosen on the real runtime; there the machine's own decides.
describe.runIf(runtime.kind === 'stand-in')('a secret', () => {
  it.each(['basic_text', 'unknown', 'locked'])(
    'is not kept where the keyring is %s, and that is said',
    async (keyring) => {
      const run = await keep(keyring);
      expect(run.status).toBe(1);
      expect(run.err).toMatch(/Nothing was kept.*keyring/s);
      expect(run.out + run.err).not.toContain(SECRET);
      expect(existsSync(file())).toBe(false);
    },
  );

  it.each(['gnome_libsecret', 'kwallet6'])(
    'is sealed with %s, and stands nowhere in plain',
    async (keyring) => {
      const run = await keep(keyring);
      expect(run).toMatchObject({ status: 0, out: expect.stringContaining('keychain:shop') });
      const text = readFileSync(file(), 'utf8');
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
    },
  );

  it('has a name and a length that are checked', async () => {
    expect((await keep('gnome_libsecret', 'a/b')).err).toContain('letters, digits');
    expect((await keep('gnome_libsecret', 'empty', '\n')).status).toBe(1);
  });

  it('reaches the source that names it, and no log', async () => {
    const desktop = await startDesktop({
      args: ['start', workspace.path],
      userData,
      env: { STAND_IN_KEYRING: 'gnome_libsecret' },
    });
    try {
      await until('the target is asked with it', () => target.authorization() === `Bearer ${SECRET}`);
      expect(desktop.said()).not.toContain(SECRET);
    } finally {
      await desktop.close();
    }
  });

  it('that cannot be read leaves the source unauthorised, and the window says why', async () => {
    const desktop = await startDesktop({
      args: ['start', workspace.path, '#/settings'],
      userData,
      env: { STAND_IN_KEYRING: 'basic_text' },
    });
    try {
      const before = target.scrapes();
      await desktop.page.evaluate(() => void location.assign('#/settings'));
      await until(
        'the window says it',
        async () => /keyring that can be trusted|cannot be read/.test(await desktop.text()),
        30_000,
      );
      expect(target.scrapes()).toBe(before);
    } finally {
      await desktop.close();
    }
  });
});
