import { existsSync, readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCore, type TestCore } from '../support/core.ts';
import { buildWindow, openChromium, openWindow, type Window } from '../support/window/browser.ts';
import { look } from '../support/window/look.ts';

const CHROMIUM = '/usr/bin/chromium';
const missing = existsSync(CHROMIUM) ? null : `${CHROMIUM} is not installed`;
if (missing) console.log(`Skipping the Objectives screen: ${missing}.`);

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
let core: TestCore;
let window: Window;

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
}

describe.skipIf(missing !== null)('the Objectives screen over the demo', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildWindow(), openChromium()]);
    core = await startTestCore({ windowFolder: built.folder });
    window = await openWindow(browser, core.server.launchAddress());
    await window.page.getByText('Nothing is firing').waitFor({ timeout: 60_000 });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await core?.stop();
    await built?.remove();
  });

  it('shows what an objective alerted on, who spent its budget, and what another policy would have done', async () => {
    const { page } = window;
    await go(page, '#/objectives/ranking-latency/alerts');
    await page
      .getByText(/pages? in /)
      .first()
      .waitFor({ timeout: 60_000 });
    await go(page, '#/objectives/ranking-availability/spent');
    await page.getByText(/nobody spent anything|Share of what was spent/).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Alert history' }).click();
    expect(await page.evaluate(() => location.hash)).toBe('#/objectives/ranking-availability/alerts');
    await page.keyboard.press('w');
    await page.getByLabel('Target, %').fill('99.999');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByText(/would have come, \d+ would have gone/).waitFor({ timeout: 120_000 });
    await page.getByText('Would have come', { exact: true }).waitFor();
    await look(page, 'objectives-what-if');
    await page.getByLabel('Target, %').fill('98');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('button', { name: 'Save this change' }).click({ timeout: 120_000 });
    const saving = page.getByRole('dialog', { name: /^Save this change of/ });
    await saving.getByText(/^\+.*98/m).waitFor();
    await look(page, 'objectives-what-if-save');
    await saving.getByRole('button', { name: 'Save change' }).click();
    await saving.waitFor({ state: 'hidden' });
    await expect
      .poll(
        () =>
          core.app.hub.get('objectives').find((one) => one.objective.id === 'ranking-availability')?.objective
            .target,
        { timeout: 30_000 },
      )
      .toBe(0.98);
    await page.getByLabel('Target, %').fill('100');
    await page.getByText('Write the target as a percentage').waitFor();
    expect(await page.getByRole('button', { name: 'Replay' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('takes planned time out of a budget with a reason, and takes that back', async () => {
    const { page } = window;
    await go(page, '#/objectives/gateway-latency/corrections');
    await page.getByText('Nothing was taken out').waitFor();
    await page.getByLabel('Why', { exact: true }).fill('Planned failover');
    await page.getByRole('button', { name: 'Take out' }).click();
    await page.getByText('Planned failover').waitFor();
    await expect
      .poll(
        () =>
          core.app.hub.get('objectives').find((one) => one.objective.id === 'gateway-latency')?.uncorrected ??
          null,
        {
          timeout: 30_000,
        },
      )
      .not.toBeNull();
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByLabel('Why it is revoked').fill('It was another day');
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText(/Revoked by tester .*It was another day/).waitFor();
  });

  it('reports compliance to read and to keep', async () => {
    const { page } = window;
    await page.keyboard.press('Escape');
    await go(page, '#/objectives');
    await page.keyboard.press('x');
    const dialog = page.getByRole('dialog', { name: /Compliance/ });
    await dialog.getByText('Gateway availability').waitFor({ timeout: 60_000 });
    await look(page, 'objectives-report');
    await dialog.getByRole('button', { name: 'Save as HTML' }).click();
    const path = await dialog.getByText(/compliance-.*\.html$/).textContent();
    expect(readFileSync(path ?? '', 'utf8')).toContain('Gateway availability');
    await page.keyboard.press('Escape');
  });

  it('makes an objective from what a source has, with what it would have been, in under a minute', async () => {
    const { page, complaints } = window;
    const startedAt = performance.now();
    await go(page, '#/objectives');
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'New objective' });
    await dialog.getByRole('button', { name: /Look at it/ }).click();
    await dialog
      .getByRole('radio', { name: /vector-index.*within/i })
      .first()
      .check({ timeout: 60_000 });
    await look(page, 'objectives-proposals');
    await dialog.getByRole('button', { name: /Begin with this/ }).click();
    await dialog.getByLabel('Name').fill('Vector search is fast');
    await dialog.getByText(/, (kept|missed)$/).waitFor({ timeout: 60_000 });
    await look(page, 'objectives-wizard');
    await dialog.getByRole('button', { name: 'Save objective' }).click();
    await page.getByText('Saved and evaluated from now on').waitFor({ timeout: 30_000 });
    await page.getByText('Vector search is fast').first().waitFor({ timeout: 30_000 });
    const seconds = (performance.now() - startedAt) / 1_000;
    console.log(JSON.stringify({ name: 'wizard', seconds: Number(seconds.toFixed(1)) }));
    await expect
      .poll(
        () =>
          core.app.hub.get('objectives').find((one) => one.objective.id === 'vector-search-is-fast')?.state,
        { timeout: 30_000 },
      )
      .toBe('ok');
    expect(complaints).toEqual([]);
  });
});
