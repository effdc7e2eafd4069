import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, startDesktop } from './support/desktop.ts';
import { type Mutant, mutate } from './support/mutant.ts';
import { runPlainly } from './support/plain-run.ts';
import { root, runtime } from './support/runtime.ts';
import { startTarget, type Target } from './support/target.ts';
import { shellRecord, watchShell } from './support/watch-shell.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

const SHELL = 'out/main/electron.js';
let target: Target;
let workspace: TestWorkspace;
let mutant: Mutant | undefined;
let desktop: Desktop | undefined;

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
});
afterEach(async () => {
  await desktop?.close().catch(() => undefined);
  mutant?.remove();
  desktop = undefined;
  mutant = undefined;
});
afterAll(async () => {
  await target.close();
  workspace.remove();
});

async function start(file?: string, from?: RegExp, to = ''): Promise<Desktop> {
  mutant = file !== undefined && from ? mutate(file, from, to) : undefined;
  const application = mutant ? { application: mutant.path } : {};
  desktop = await startDesktop({ args: ['start', workspace.path], ...application });
  await watchShell(desktop.app);
  return desktop;
}

/** True where a page at an address of its own is handed a port. The driver plays the page: the shell sees only its word. */
async function foreignPageGetsPort({ app }: Desktop): Promise<boolean> {
  return app.evaluate(({ ipcMain }) => {
    const sent: string[] = [];
    const sender = { isDestroyed: () => false, postMessage: (channel: string) => void sent.push(channel) };
    ipcMain.emit('midwatch:ready', {
      sender,
      senderFrame: { url: 'https://elsewhere.example/', parent: null },
    });
    return sent.length > 0;
  });
}

async function inlineScriptRuns({ page }: Desktop): Promise<boolean> {
  return page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.ranInline = true';
    document.body.append(script);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return 'ranInline' in globalThis;
  });
}

async function scriptLeavesHome(one: Desktop): Promise<boolean> {
  const refused = one.said().includes('and did not');
  await one.page.evaluate(() => void location.assign('https://elsewhere.example/')).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 800));
  return !refused && !one.said().includes('and did not');
}

async function unaskedLinkOpens({ app, page }: Desktop): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  await page.evaluate(() => void window.open('https://example.org/unasked'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  return (await shellRecord(app)).opened.length > 0;
}

async function permissionIsGranted({ page }: Desktop): Promise<boolean> {
  return page.evaluate(async () => {
    const { state } = await navigator.permissions.query({ name: 'geolocation' });
    return state === 'granted';
  });
}

async function pathLeavesFolder({ page }: Desktop): Promise<boolean> {
  return page.evaluate(async () => (await fetch('/..%2f..%2fpackage.json')).status === 200);
}

/** Each guard: how it is broken in the built bundle, and the breach that must then be seen, and only then. */
const guards: readonly [
  name: string,
  breach: (one: Desktop) => Promise<boolean>,
  file: string,
  from: RegExp,
  to: string,
][] = [
  [
    'the sender of a request for a port',
    foreignPageGetsPort,
    SHELL,
    /return senderFrame !== null[^;]*;/,
    'return true;',
  ],
  [
    'the content security policy',
    inlineScriptRuns,
    '',
    /"Content-Security-Policy": policyOf\(connect\),/,
    '',
  ],
  [
    'the guard of navigation',
    scriptLeavesHome,
    SHELL,
    /if \(isOwnAddress\(event\.url\)\) return;/,
    'return;',
  ],
  [
    'the guard of new windows',
    unaskedLinkOpens,
    SHELL,
    /if \(isAsked && mayOpenOutside\(url\)\)/,
    'if (true)',
  ],
  ['the permission handlers', permissionIsGranted, SHELL, /guardSession\(session\.defaultSession[^;]*;/, ''],
  [
    'the folder of the window’s files',
    pathLeavesFolder,
    '',
    /!full\.startsWith\(folder\.endsWith\(sep\) \? folder : folder \+ sep\) \|\|/,
    'false ||',
  ],
];

describe('each guard is needed', () => {
  it.each(guards)('%s: whole, nothing gets through', async (_name, breach) => {
    expect(await breach(await start())).toBe(false);
  });

  it.each(guards)('%s: broken, the breach is seen', async (_name, breach, file, from, to) => {
    expect(await breach(await start(file || bundleWith(from), from, to))).toBe(true);
  });

  // The real runtime would start, unsandboxed: there the security checklist reads the flag.
  it.runIf(runtime.kind === 'stand-in').each([
    ['sandbox', /sandbox: true/, 'sandbox: false'],
    ['context isolation', /contextIsolation: true/, 'contextIsolation: false'],
    ['no Node in the page', /nodeIntegration: false/, 'nodeIntegration: true'],
    ['the same-origin policy', /webSecurity: true/, 'webSecurity: false'],
  ] as const)('%s: switched off, the start fails', async (_name, from, to) => {
    mutant = mutate(SHELL, from, to);
    const run = await runPlainly(['start', workspace.path], { application: mutant.path });
    expect(run.status).not.toBe(0);
    expect(run.err).toContain('The stand-in shows');
  });
});

/** Shared parts are in a chunk whose name carries a hash. */
function bundleWith(pattern: RegExp): string {
  const holds = (path: string) => pattern.test(readFileSync(join(root, path), 'utf8'));
  const [file, ...more] = globSync('out/main/*.js', { cwd: root }).filter(holds);
  if (file === undefined || more.length > 0)
    throw new Error(`Not one bundle matches ${pattern}, but ${more.length + (file ? 1 : 0)}.`);
  return file;
}
