/**
 * What both bootstrap scripts need before anything is installed: plain JavaScript that an old Node can run.
 * Installs the dependencies once for each lock file and builds once for each state of the sources.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
export const nodePath = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** What the core becomes by itself otherwise (main/host/cli/lean-process.ts, which says why), by beginning anew. */
export const lean = {
  args: ['--max-semi-space-size=2'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144', MALLOC_TRIM_THRESHOLD_: '262144' },
};

/** The environment of every child: our Node and tools first on the path. */
export function environment(extra = {}) {
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...extra };
}

export function fail(message) {
  console.error(`\nmidwatch: ${message}`);
  process.exit(1);
}

/** Runs a program to its end; answers its exit status. Arguments are never given to a shell. */
export function run(command, args, { env = environment(), quiet = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let tail = '';
    const keep = (chunk) => {
      tail = (tail + chunk).slice(-8000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => resolve({ status: 127, tail: error.message }));
    child.on('exit', (status, signal) =>
      resolve({ status: status ?? (signal === 'SIGINT' ? 130 : 1), tail }),
    );
  });
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    fail(
      `this Node is ${process.version}; Midwatch's scripts need Node 20 or newer.\nInstall a current Node from https://nodejs.org and run the command again.`,
    );
  }
}

/** Installs the dependencies, unless this lock file's are there. The lock file is never rewritten. */
export async function install() {
  checkNode();
  const stamp = join(root, 'node_modules', '.midwatch-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package.json')))
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && existsSync(nodePath) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing dependencies (once; about a minute) …');
  const npm = process.env.npm_execpath;
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = npm
    ? await run(process.execPath, [npm, ...args], { env: process.env, quiet: true })
    : await run('npm', args, { env: process.env, quiet: true });
  if (result.status !== 0) {
    fail(
      `the dependencies could not be installed, so nothing was started. npm said:\n${result.tail}\nCheck the network and the npm registry setting, then run the command again.`,
    );
  }
  if (!existsSync(nodePath))
    fail(
      'npm left out the bundled Node runtime (package "node"). Run: npm install-scripts approve node && npm install',
    );
  writeFileSync(stamp, wanted);
}

const sources = [
  'main',
  'shared',
  'preload',
  'renderer',
  'assets',
  'electron.vite.config.ts',
  'package-lock.json',
];

function fingerprint() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const info = statSync(path, { throwIfNoEntry: false });
    if (!info) return;
    if (info.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
  };
  for (const name of sources) visit(join(root, name));
  return hash.digest('hex');
}

const stamp = join(root, 'out', '.stamp');

/** Whether the bundles are of these sources. */
export function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Builds the bundles, unless they are of these sources. */
export async function build() {
  if (isBuilt()) return;
  const wanted = fingerprint();
  console.log('Building …');
  const result = await run(
    nodePath,
    [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'],
    { quiet: true },
  );
  if (result.status !== 0) fail(`the build failed:\n${result.tail}`);
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, wanted);
}
