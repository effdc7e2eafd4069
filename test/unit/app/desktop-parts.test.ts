import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWindowFile, windowHeaders } from '../../../main/app/index.ts';
import { secretReader } from '../../../main/app/secret.ts';
import { err, ok } from '../../../shared/error/result.ts';

let base: string;
let folder: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'midwatch-window-'));
  folder = join(base, 'window');
  mkdirSync(join(folder, 'dir.js'), { recursive: true });
  mkdirSync(join(base, 'window-beside'));
  writeFileSync(join(folder, 'index.html'), '<p>window</p>');
  writeFileSync(join(base, 'secret.json'), '{}');
  writeFileSync(join(base, 'window-beside', 'a.js'), '');
  writeFileSync(join(folder, 'key.pem'), '');
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), 'export {}');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('the window’s files', () => {
  it('are answered with their kind and a strict policy', async () => {
    for (const path of ['/', '', '/index.html']) {
      const file = await readWindowFile(folder, path);
      expect(Buffer.from(file?.body ?? []).toString()).toBe('<p>window</p>');
      expect(file?.headers).toMatchObject({
        'Content-Type': 'text/html; charset=utf-8',
        'X-Content-Type-Options': 'nosniff',
      });
      expect(file?.headers['Content-Security-Policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    }
  });

  it('are kept by the browser only where their names change with them', async () => {
    const cacheOf = async (path: string) => (await readWindowFile(folder, path))?.headers['Cache-Control'];
    expect(await cacheOf('/')).toBe('no-store');
    expect(await cacheOf('/assets/app-1a2b.js')).toMatch(/immutable/);
  });

  it('carry the headers that their host gives', async () => {
    const file = await readWindowFile(folder, '/', windowHeaders("'self' ws://127.0.0.1:7411"));
    const policy = file?.headers['Content-Security-Policy'] ?? '';
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:7411;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*/);
    expect(file?.headers['Permissions-Policy']).toContain('microphone=()');
  });

  it('are all there is: nothing above, beside, unknown or broken', async () => {
    for (const path of [
      '/../secret.json',
      '/assets/../../secret.json',
      '/assets',
      '/%ff',
      '/..%2fsecret.json',
      '/%2e%2e/secret.json',
      '/..%2fwindow-beside/a.js',
      '/key.pem',
      '/missing.js',
      '/dir.js',
      '/%',
      '/index.html%00.js',
      '/index.html/x.js',
    ])
      expect(await readWindowFile(folder, path), path).toBeUndefined();
  });
});

describe('a secret by its reference', () => {
  it('comes from the host’s keychain where it has one', async () => {
    const read = secretReader(
      { read: async (name) => (name === 'pager' ? ok('s3') : err(`There is no ${name}.`)) },
      {},
    );
    expect(await read('keychain:pager')).toEqual({ ok: true, value: 's3' });
    expect(await read('keychain:mail')).toMatchObject({
      ok: false,
      error: { code: 'secret-missing', message: 'There is no mail.' },
    });
  });

  it('comes from elsewhere as the workspace defines it', async () => {
    const read = secretReader(undefined, { PAGER: 's3' });
    expect(await read('env:PAGER')).toEqual({ ok: true, value: 's3' });
    expect(await read('keychain:pager')).toMatchObject({ ok: false, error: { code: 'secret-unsupported' } });
    expect((await read('plain text')).ok).toBe(false);
  });
});
