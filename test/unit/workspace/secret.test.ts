import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveSecret } from '../../../main/workspace/index.ts';
import { workspaceFolder } from '../../support/workspace.ts';

const ENVIRONMENT = { TOKEN: 'canary-41', EMPTY: '' };

describe('a secret', () => {
  it('comes from the environment by its name', async () => {
    expect(await resolveSecret('env:TOKEN', ENVIRONMENT)).toEqual({ ok: true, value: 'canary-41' });
    for (const name of ['env:NONE', 'env:EMPTY', 'env:toString'])
      expect(await resolveSecret(name, ENVIRONMENT)).toMatchObject({
        ok: false,
        error: { code: 'secret-missing' },
      });
  });

  it('comes from a file that only its owner may read, without its last line break', async () => {
    await using folder = await workspaceFolder();
    const path = join(folder.path, 'token');
    await writeFile(path, 'canary-42\n', { mode: 0o600 });
    expect(await resolveSecret(`file:${path}`, {})).toEqual({ ok: true, value: 'canary-42' });
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(path, mode);
      const refused = await resolveSecret(`file:${path}`, {});
      expect(refused).toMatchObject({ ok: false, error: { code: 'secret-exposed' } });
      expect(JSON.stringify(refused)).not.toContain('canary');
    }
    const link = join(folder.path, 'link');
    await symlink(path, link);
    expect(await resolveSecret(`file:${link}`, {})).toMatchObject({
      ok: false,
      error: { code: 'secret-exposed' },
    });
  });

  it('that is a certificate is public: others may read its file, and it may be long', async () => {
    await using folder = await workspaceFolder();
    const path = join(folder.path, 'ca.pem');
    const bundle = `${'x'.repeat(300_000)}\n`;
    await writeFile(path, bundle, { mode: 0o644 });
    expect(await resolveSecret(`file:${path}`, {}, 'certificate')).toEqual({
      ok: true,
      value: bundle.trimEnd(),
    });
    expect(await resolveSecret(`file:${path}`, {})).toMatchObject({ ok: false });
    await writeFile(path, 'x'.repeat(1_100_000));
    const long = await resolveSecret(`file:${path}`, {}, 'certificate');
    expect(long).toMatchObject({ ok: false, error: { message: expect.stringContaining('1024 KiB') } });
    const none = await resolveSecret(`file:${path}.none`, {}, 'certificate');
    expect(none.ok ? '' : none.error.message).toContain('so the certificate is missing');
  });

  it('is missing where the file is empty, too large, a folder or not there', async () => {
    await using folder = await workspaceFolder();
    const path = join(folder.path, 'token');
    await writeFile(path, '\n', { mode: 0o600 });
    expect(await resolveSecret(`file:${path}`, {})).toMatchObject({ ok: false });
    await writeFile(path, 'x'.repeat(70_000));
    for (const one of [path, folder.path, join(folder.path, 'none')])
      expect(await resolveSecret(`file:${one}`, {})).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/^secret-/) },
      });
  });

  it('says clearly that there is no keychain here, and refuses a literal without repeating it', async () => {
    expect(await resolveSecret('keychain:prom', {})).toMatchObject({
      ok: false,
      error: { code: 'secret-unsupported' },
    });
    const literal = await resolveSecret('canary-43', {});
    expect(literal.ok ? '' : literal.error.message).not.toContain('canary');
  });
});
