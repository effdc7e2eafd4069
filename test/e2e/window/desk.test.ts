import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FakeCore, startFakeCore } from '../../support/fake-core.ts';
import { buildWindow, openChromium, openWindow } from '../../support/window/browser.ts';
import { fleetState, INCIDENT_ID } from '../../support/window/fleet.ts';

vi.setConfig({ testTimeout: 60_000 });
const noChromium = existsSync('/usr/bin/chromium') ? null : '/usr/bin/chromium is not installed';
if (noChromium) console.log(`Skipping the desk's part of the window: ${noChromium}.`);

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
let core: FakeCore;
beforeAll(async () => {
  if (noChromium) return;
  [built, browser] = await Promise.all([buildWindow(), openChromium()]);
  core = await startFakeCore(built.folder, fleetState('page'));
});
afterAll(async () => {
  await browser?.close();
  await core?.stop();
  await built?.remove();
});

describe.skipIf(noChromium !== null)('the settings of this machine', () => {
  it('send a test page of each priority', async () => {
    const { page, close } = await openWindow(browser, `${core.url}#/settings`);
    for (const priority of ['P0', 'P1', 'P2', 'P3'])
      await page.getByRole('button', { name: `Send ${priority}` }).click();
    await page.getByText('Shown by desktop.').first().waitFor();
    await expect
      .poll(() =>
        core.state.asked.filter((one) => one.name === 'system.sendTestPage').map((one) => one.input),
      )
      .toEqual(['P0', 'P1', 'P2', 'P3'].map((priority) => ({ priority })));
    await close();
  });

  it('keep a secret, say its reference and where it is, and hold it no longer than the field does', async () => {
    const { page, close } = await openWindow(browser, `${core.url}#/settings`);
    await page.getByText('kept in this system’s keyring').waitFor();
    const button = page.getByRole('button', { name: 'Keep secret' });
    await page.getByLabel('Secret', { exact: true }).fill('canary-in-the-window');
    await page.getByLabel(/^Name/).fill('a name');
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel(/^Name/).fill('pager');
    await button.click();
    await page.getByText('Kept. Name it in midwatch.yaml as').waitFor();
    expect(await page.getByText('keychain:pager').count()).toBe(1);
    expect(await page.getByLabel('Secret', { exact: true }).inputValue()).toBe('');
    const held = await page.evaluate(() => JSON.stringify([{ ...localStorage }, document.body.outerHTML]));
    expect(held).not.toContain('canary-in-the-window');
    await close();
  });
});

describe.skipIf(noChromium !== null)('a notification that was pressed', () => {
  it('leads to its incident with Acknowledge under Enter, from another screen and at the start', async () => {
    const { page, close } = await openWindow(browser, `${core.url}#/health`);
    await page.getByText('Workers').first().waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.evaluate((hash) => {
      dispatchEvent(new CustomEvent('midwatch:go', { detail: hash }));
    }, `#/incident/${INCIDENT_ID}/acknowledge`);
    await expect.poll(focused).toMatch(/^Acknowledge/);
    expect(await page.evaluate(() => location.hash)).toBe(`#/incident/${INCIDENT_ID}`);
    await page.goto('about:blank');
    await page.goto(`${core.url}#/incident/${INCIDENT_ID}/acknowledge`);
    await expect.poll(focused).toMatch(/^Acknowledge/);
    await close();
  });
});

describe.skipIf(noChromium !== null)('the sound of a page in the window', () => {
  it('is played by what the window computes, and nothing is loaded for it', async () => {
    const { page, complaints, close } = await openWindow(browser, `${core.url}#/settings`);
    await page.mouse.click(400, 300);
    const heard = await page.evaluate(async () => {
      const seconds: number[] = [];
      const start = AudioBufferSourceNode.prototype.start;
      AudioBufferSourceNode.prototype.start = function (...args) {
        seconds.push(this.buffer?.duration ?? 0);
        start.apply(this, args);
      };
      const ask = (priority: string) =>
        new Promise((answer) => {
          dispatchEvent(new CustomEvent('midwatch:sound', { detail: { priority, answer } }));
          setTimeout(() => answer('nobody answered'), 3_000);
        });
      // In one instant, as in a storm: how long a device takes to open is not for this test to know.
      const instant = performance.now();
      performance.now = () => instant;
      const answers = await Promise.all(['P1', 'P3', 'P0', 'P9'].map(ask));
      return { answers, seconds };
    });
    expect(heard.answers).toEqual([true, true, true, 'nobody answered']);
    expect(heard.seconds).toHaveLength(2);
    expect(complaints).toEqual([]);
    await close();
  });
});
