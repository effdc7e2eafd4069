import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const ROOT = resolve(import.meta.dirname, '../../..');
/** Ignored by git; one build for all the test files that need it. */
const BUILDS = join(ROOT, 'test-results');

/** The window as the application's build makes it; built once for what is in its sources now, and used by all tests. */
export async function buildWindow(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = join(BUILDS, `window-${sourcesHash()}`);
  if (!existsSync(folder)) {
    await mkdir(BUILDS, { recursive: true });
    const fresh = await mkdtemp(join(BUILDS, 'building-'));
    await buildInto(fresh);
    // Another worker may have been faster: its build is the same, and this one is thrown away.
    await rename(fresh, folder).catch(async (thrown: NodeJS.ErrnoException) => {
      if (!existsSync(folder)) throw thrown;
      await rm(fresh, { recursive: true, force: true });
    });
  }
  return { folder, remove: () => removeOthers(folder) };
}

async function buildInto(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: join(ROOT, 'renderer'),
    base: './',
    logLevel: 'error',
    plugins: [react()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'chrome140',
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = globSync('{renderer,shared}/**/*.{ts,tsx,css,html,svg,js,json}', { cwd: ROOT }).sort();
  for (const file of [...files, 'package-lock.json'])
    hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Old builds are of no use; a young one may be another process's. */
async function removeOthers(mine: string): Promise<void> {
  for (const folder of globSync('{window,building}-*', { cwd: BUILDS }).map((name) => join(BUILDS, name))) {
    if (folder === mine) continue;
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
  }
}

const KEPT_MS = 15 * 60_000;

export async function openChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
}

export interface View {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'dark' | 'light';
  readonly zoom?: number;
  readonly notifications?: boolean;
  readonly forcedColors?: boolean;
  readonly timezone?: string;
}

/** A page of the window, with everything the browser complained about in `complaints`. */
export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openWindow(browser: Browser, url: string, view: View = {}): Promise<Window> {
  const { width = 1_440, height = 900, zoom = 1 } = view;
  const context = await browser.newContext({
    // Zoom shrinks the page's own pixels, which is what a media query and a layout see of it.
    viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
    deviceScaleFactor: zoom,
    colorScheme: view.theme ?? 'dark',
    reducedMotion: 'reduce',
    forcedColors: view.forcedColors ? 'active' : 'none',
    timezoneId: view.timezone ?? 'Europe/Paris',
    permissions: view.notifications === false ? [] : ['notifications'],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, context, complaints, close: () => context.close() };
}
