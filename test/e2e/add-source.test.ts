import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFleetServer } from '../../main/demo/index.ts';
import { systemClock } from '../../main/platform/index.ts';
import { startTestCore } from '../support/core.ts';
import { shoot } from '../support/journey.ts';
import { missingForPrometheus, startScrapingPrometheus } from '../support/scraping-prometheus.ts';
import { buildWindow, openChromium, openWindow } from '../support/window/browser.ts';

const missing = existsSync('/usr/bin/chromium')
  ? missingForPrometheus()
  : '/usr/bin/chromium is not installed';
if (missing) console.log(`Skipping "add a source": ${missing}.`);

describe.skipIf(missing !== null)('my own Prometheus', { timeout: 300_000 }, () => {
  let browser: Browser;
  let window: Awaited<ReturnType<typeof buildWindow>>;
  beforeAll(async () => {
    window = await buildWindow();
    browser = await openChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await window?.remove();
  });

  it('is watched with objectives of its own, from a pasted address, by keys', async () => {
    const fleet = await startFleetServer({ port: 0, seed: 11, clock: systemClock() });
    const prometheus = await startScrapingPrometheus(fleet.url, ['gateway', 'ranking-model']);
    const workspace = mkdtempSync(join(tmpdir(), 'midwatch-workspace-'));
    mkdirSync(join(workspace, 'slos'));
    writeFileSync(join(workspace, 'midwatch.yaml'), '# ours\nname: production # kept\nsources: []\n');
    const core = await startTestCore({ workspace, windowFolder: window.folder });
    try {
      const { page, complaints, close } = await openWindow(browser, core.server.launchAddress());
      const journey = { page, core, name: 'add-source', breakModel: async () => undefined };
      const startedAt = Date.now();
      await page.goto(`${new URL(page.url()).origin}/#/settings`);
      await page.getByRole('button', { name: 'Add a source' }).press('Enter');
      await page.getByLabel('Address').fill(`${fleet.url}/nothing-here`);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('Neither a Prometheus API').waitFor({ timeout: 30_000 });
      await shoot(journey, 'problem');
      await inLight(page, async () => {
        await shoot(journey, 'problem-light');
        expect(await barriers(page)).toEqual([]);
      });
      expect(await barriers(page)).toEqual([]);
      await page.getByLabel('Address').fill(`${prometheus.url}/graph`);
      await page.keyboard.press('Enter');
      await page.getByText('objectives and').waitFor({ timeout: 60_000 });
      await shoot(journey, 'proposals');
      await inLight(page, async () => {
        await shoot(journey, 'proposals-light');
        expect(await barriers(page)).toEqual([]);
      });
      expect(await barriers(page)).toEqual([]);
      // Machines are grouped by their job, no service is named after an address.
      await page.getByText('node: Load').waitFor();
      expect(await page.getByText(/127-0-0-1|127\.0\.0\.1-/).count()).toBe(0);
      await page.getByRole('button', { name: 'Show the files' }).press('Enter');
      await page.getByText('slos/').first().waitFor({ timeout: 30_000 });
      await shoot(journey, 'files');
      await inLight(page, async () => {
        await shoot(journey, 'files-light');
        expect(await barriers(page)).toEqual([]);
      });
      await page.getByRole('button', { name: 'Write and watch' }).press('Enter');
      await page.getByLabel('Source prometheus').getByText('answers').waitFor({ timeout: 60_000 });
      const tookMs = Date.now() - startedAt;
      expect(tookMs).toBeLessThan(180_000);
      console.log(JSON.stringify({ name: 'add-source', prometheus: prometheus.version, tookMs }));
      expect(readFileSync(join(workspace, 'midwatch.yaml'), 'utf8')).toContain(
        '# ours\nname: production # kept\n',
      );
      await page.getByLabel('Source prometheus').getByRole('button', { name: 'Look again' }).press('Enter');
      const again = page.getByRole('dialog', { name: 'What prometheus has' });
      await again.getByText('are proposed').waitFor({ timeout: 60_000 });
      await again.getByText('0 objectives').waitFor();
      await again.getByRole('button', { name: 'Back' }).press('Enter');
      await again.waitFor({ state: 'detached' });
      await page.goto(`${new URL(page.url()).origin}/#/objectives`);
      await page
        .getByText(/availability/)
        .first()
        .waitFor({ timeout: 30_000 });
      await shoot(journey, 'objectives', false);
      expect(complaints).toEqual([]);
      await close();
    } finally {
      await core.stop();
      await prometheus.stop();
      await fleet.close();
      rmSync(workspace, { recursive: true, force: true });
    }
  });
});

/** The same moment in the light theme. */
async function inLight(page: Page, look: () => Promise<void>): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await look();
  await page.emulateMedia({ colorScheme: 'dark' });
}

/** Serious or critical findings for people who cannot see, or not well. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}
