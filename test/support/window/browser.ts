import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

/** Builds the window into a folder of its own, as the application's build does. */
export async function buildWindow(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'midwatch-window-'));
  await build({
    configFile: false,
    root: resolve(import.meta.dirname, '../../../renderer'),
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
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

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
