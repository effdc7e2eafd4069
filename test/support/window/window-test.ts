import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { type FakeCore, startFakeCore } from '../fake-core.ts';
import { buildWindow, openChromium, openWindow, type View, type Window } from './browser.ts';
import { type FleetScene, fleetState } from './fleet.ts';

export interface Opening {
  readonly scene: FleetScene;
  readonly hash: string;
  /** A heading that is there when the screen is drawn; none where the test waits for something else. */
  readonly heading?: string;
  readonly prepare?: ((state: FakeCore['state']) => void) | undefined;
  readonly view?: View;
}

/** For a file of tests: one browser, and for each test a window of its own over a fake core. */
export function windowTest(what: string) {
  const missing = existsSync('/usr/bin/chromium') ? null : '/usr/bin/chromium is not installed';
  if (missing) console.log(`Skipping "${what}": ${missing}.`);
  // A browser shares its machine: what is slow there is not wrong here.
  vi.setConfig({ testTimeout: 90_000 });
  let browser: Browser;
  let built: Awaited<ReturnType<typeof buildWindow>>;
  let core: FakeCore;
  let window: Window;
  beforeAll(async () => {
    if (missing === null) [built, browser] = await Promise.all([buildWindow(), openChromium()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });
  afterEach(async () => {
    await window.close();
    await core.stop();
  });
  return {
    missing,
    /** The core of the window that is open. */
    core: () => core,
    window: () => window,
    async open({ scene, hash, heading, prepare = () => undefined, view }: Opening): Promise<Page> {
      const state = fleetState(scene);
      prepare(state);
      core = await startFakeCore(built.folder, state);
      window = await openWindow(browser, `${core.url}${hash}`, view);
      if (heading !== undefined)
        await window.page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
      return window.page;
    },
  };
}
