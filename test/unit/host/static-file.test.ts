import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, readStaticFile } from '../../../main/host/node/static-file.ts';

let base = '';
let folder = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'midwatch-static-'));
  folder = join(base, 'window');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), 'export {}');
  writeFileSync(join(folder, 'secret.pem'), 'key');
  writeFileSync(join(base, 'outside.html'), 'outside');
  mkdirSync(join(base, 'window-twin'));
  writeFileSync(join(base, 'window-twin', 'index.html'), 'twin');
});
afterAll(() => rmSync(base, { recursive: true }));

describe('static files', () => {
  it('are the window itself at / and its assets for ever', async () => {
    expect(await readStaticFile(folder, '/')).toMatchObject({
      type: 'text/html; charset=utf-8',
      immutable: false,
    });
    expect(await readStaticFile(folder, '/assets/app-1a2b.js')).toMatchObject({ immutable: true });
  });

  it.each([
    '/../outside.html',
    '/%2e%2e/outside.html',
    '/assets/../../outside.html',
    '/..%2foutside.html',
    '/../window-twin/index.html',
    '/secret.pem',
    '/assets',
    '/nothing.js',
    '/index.html%00.js',
    '/%',
    '/%ff',
  ])('are nothing for %s', async (path) => {
    expect(await readStaticFile(folder, path)).toBeUndefined();
  });
});

describe('the content security policy', () => {
  it('allows no inline or evaluated script and no other host', () => {
    const policy = contentSecurityPolicy('127.0.0.1:7411');
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:7411");
  });
});
