import { execFile, execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDesktop, until } from './support/desktop.ts';
import { root } from './support/runtime.ts';
import { startTarget } from './support/target.ts';
import { writeWorkspace } from './support/workspace.ts';

const output = mkdtempSync(join(tmpdir(), 'midwatch-package-'));
const resources = join(output, 'linux-unpacked', 'resources');
const archive = join(resources, 'app.asar');
const extracted = join(output, 'extracted');
let said = '';
let files: string[] = [];

beforeAll(async () => {
  const script = join(root, 'scripts', 'package.mjs');
  const args = [script, '--dir', '--stub-runtime', '--output', output];
  // Offline: the packager must have all it needs.
  const nowhere = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...nowhere, MIDWATCH_PACKAGING: '1' },
  });
  said = stdout;
  files = asar('list', archive)
    .split('\n')
    .filter((path) => path !== '');
}, 120_000);
afterAll(() => rmSync(output, { recursive: true, force: true }));

describe.runIf(process.platform === 'linux')('the package for Linux, on a stub of the runtime', () => {
  it('says where it is, and that a stub cannot be started', () => {
    expect(said).toContain(join(output, 'linux-unpacked'));
    expect(said).toContain('CANNOT BE STARTED');
  });

  it('holds the bundles, each thread’s entry, the window and what they read', () => {
    const entries = [
      'electron',
      'cli',
      'fleet',
      ...globSync('out/main/*.worker.js', { cwd: root }).map(
        (path) => path.split('/').at(-1)?.replace('.js', '') ?? '',
      ),
    ];
    for (const name of entries) expect(files).toContain(`/out/main/${name}.js`);
    for (const path of [
      '/out/preload/preload.cjs',
      '/out/renderer/index.html',
      '/assets/policy/midwatch.yaml',
      '/assets/demo-workspace/midwatch.yaml',
      '/assets/icon/tray-sev-1.png',
      '/package.json',
      '/LICENSE',
    ])
      expect(files).toContain(path);
  });

  it('holds no source, test, map, document, workplace or development dependency', () => {
    const outside = files.filter((path) => !/^\/(out|assets|node_modules|package\.json|LICENSE)/.test(path));
    expect(outside).toEqual([]);
    expect(files.filter((path) => /\.(ts|tsx|map|md|gyp|gypi|h|c|cpp)$/.test(path))).toEqual([]);
    expect(files.filter((path) => /\/(test|tests|docs|examples?|benchmarks?)\//.test(path))).toEqual([]);
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: object;
    };
    const names = Object.keys(devDependencies);
    expect(names.filter((name) => files.includes(`/node_modules/${name}/package.json`))).toEqual([]);
    const manifest = readFileSync(join(extract(), 'package.json'), 'utf8');
    expect(manifest).not.toMatch(/devDependencies|"scripts"/);
  });

  it('keeps the database’s binary outside the archive, where the system can load it, and no other system’s', () => {
    const binaries = globSync('**/*.node', { cwd: join(resources, 'app.asar.unpacked') });
    expect(binaries.toSorted()).toEqual(
      ['arm64', 'x64'].map((arch) => `node_modules/better-sqlite3/prebuilds/linux-${arch}.node`),
    );
    expect(files.some((path) => path.startsWith('/node_modules/@napi-rs'))).toBe(false);
    const sounds = globSync('assets/sound/*.wav', { cwd: join(resources, 'app.asar.unpacked') });
    expect(sounds).toHaveLength(4);
    const need = createRequire(join(resources, 'app.asar.unpacked', 'package.json'));
    const Database = need('./node_modules/better-sqlite3') as new (
      path: string,
    ) => { prepare(sql: string): { get(): unknown }; close(): void };
    const database = new Database(':memory:');
    expect(database.prepare('SELECT 6 * 7 AS answer').get()).toEqual({ answer: 42 });
    database.close();
  });

  it('is smaller than 40 MB without the runtime', () => {
    const unpacked = globSync('app.asar.unpacked/**/*', { cwd: resources }).map((path) =>
      statSync(join(resources, path)),
    );
    const bytes =
      statSync(archive).size + unpacked.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
    expect(bytes).toBeLessThan(40 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(1024 * 1024);
  });

  it('has all it needs to run: what was packed watches a target', async () => {
    const target = await startTarget({ queue: 0, down: 0 });
    const workspace = writeWorkspace(target.address);
    const desktop = await startDesktop({ args: ['start', workspace.path], application: extract() });
    try {
      await until('the target is scraped', () => target.scrapes() > 1);
      expect(await desktop.address()).toBe('app://midwatch/index.html');
    } finally {
      await desktop.close();
      await target.close();
      workspace.remove();
    }
  });
});

/** The archive as plain files, once. */
function extract(): string {
  if (!existsSync(extracted)) asar('extract', archive, extracted);
  return extracted;
}

function asar(...args: string[]): string {
  const tool = join(root, 'node_modules', '@electron', 'asar', 'bin', 'asar.js');
  return execFileSync(process.execPath, [tool, ...args], { encoding: 'utf8' });
}
