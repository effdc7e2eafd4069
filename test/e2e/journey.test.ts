import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFleetServer } from '../../main/demo/index.ts';
import { createWindowClient } from '../../main/host/node/index.ts';
import { silentLogger, systemClock } from '../../main/platform/index.ts';
import { startTestCore, type TestCore } from '../support/core.ts';
import { shoot, walk } from '../support/journey.ts';
import { missingForPrometheus, startScrapingPrometheus } from '../support/scraping-prometheus.ts';
import { buildWindow, openChromium, openWindow } from '../support/window/browser.ts';

const CHROMIUM = '/usr/bin/chromium';
const SERVICES = ['gateway', 'ranking-model', 'feature-store', 'embedding', 'vector-index'];
const noChromium = existsSync(CHROMIUM) ? null : `${CHROMIUM} is not installed`;
const noPrometheus = missingForPrometheus();
for (const reason of [noChromium, noPrometheus]) if (reason) console.log(`Skipping journeys: ${reason}.`);

/** From an alert to every stage's reason within a time, each with the file and line that decided. */
async function askWhy(page: Page, core: TestCore): Promise<void> {
  const alert = core.app.hub.get('alerts').find((one) => one.kind === 'burn' && one.firedAt !== null);
  if (!alert) throw new Error('no objective has burned');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Search or run').fill('why');
  await page.getByText('Go to Why').click();
  await page.getByLabel('Search verdicts').fill(alert.id);
  await page.getByLabel('Time').selectOption('last hour');
  const rows = page.getByRole('list', { name: 'Verdicts' }).getByRole('listitem');
  const fired = rows
    .filter({ hasText: 'state' })
    .filter({ hasText: /failed|slower|budget/ })
    .first();
  await fired.getByText(alert.definedAt).waitFor();
  expect(alert.definedAt).toMatch(/^slos\/.*\.yaml:\d+$/);
  await rows
    .filter({ hasText: 'route' })
    .first()
    .getByText(/midwatch\.yaml(:\d+)?/)
    .waitFor();
  await page.getByRole('radio', { name: 'Deliveries' }).check();
  await page.getByLabel('Search deliveries').fill(alert.service);
  await page.locator('[data-delivery]').first().waitFor();
}

let browser: Browser;
let window: Awaited<ReturnType<typeof buildWindow>>;
describe.skipIf(noChromium !== null)('the first five minutes', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    window = await buildWindow();
    browser = await openChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await window?.remove();
  });

  it('lead from a broken model to its postmortem, on the demo', async () => {
    const core = await startTestCore({ windowFolder: window.folder });
    try {
      const { page, complaints, close } = await openWindow(browser, core.server.launchAddress());
      const journey = {
        page,
        core,
        name: 'demo',
        breakModel: () => page.getByText('Deploy a bad model').click(),
      };
      await page.getByText('Nothing is firing').waitFor({ timeout: 60_000 });
      await shoot(journey, 'quiet');
      const { notifiedMs } = await walk(journey);
      console.log(JSON.stringify({ name: 'journey-demo', notifiedMs }));
      await askWhy(page, core);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(`${new URL(page.url()).origin}/#/triage`);
      await page.waitForTimeout(1_500);
      await shoot({ ...journey, name: 'demo-light' }, 'triage', false);
      expect(complaints).toEqual([]);
      await close();
    } finally {
      await core.stop();
    }
  });

  it.skipIf(noPrometheus !== null)(
    'lead there over a real Prometheus that scrapes a real node and the fleet',
    async () => {
      const fleet = await startFleetServer({ port: 0, seed: 11, clock: systemClock() });
      const prometheus = await startScrapingPrometheus(fleet.url, SERVICES);
      const workspace = workspaceOver(prometheus.url, fleet.url);
      const core = await startTestCore({ workspace, windowFolder: window.folder });
      try {
        expect(prometheus.version).toMatch(/^\d+\.\d+/);
        const { page, complaints, close } = await openWindow(browser, core.server.launchAddress());
        const breakModel = async () => {
          const answer = await fetch(`${fleet.url}/control/fault`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ kind: 'bad-model' }),
          });
          expect(answer.status).toBe(201);
        };
        const { notifiedMs } = await walk({ page, core, name: 'prometheus', breakModel });
        console.log(
          JSON.stringify({ name: 'journey-prometheus', prometheus: prometheus.version, notifiedMs }),
        );
        const client = await createWindowClient(core.server, silentLogger(), () => undefined);
        const load = await client.call.series.instant({ source: 'prometheus', expression: 'node_load1' });
        expect(load.map((sample) => sample.labels.job)).toEqual(['node']);
        await client.close();
        expect(complaints).toEqual([]);
        await close();
      } finally {
        await core.stop();
        await prometheus.stop();
        await fleet.close();
        rmSync(workspace, { recursive: true, force: true });
      }
    },
  );
});

/** The demo's configuration with a Prometheus as its source, and one rule over the real node's own metrics. */
function workspaceOver(prometheusUrl: string, fleetUrl: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-workspace-'));
  cpSync(join(import.meta.dirname, '../../assets/demo-workspace'), folder, { recursive: true });
  writeFileSync(
    join(folder, 'midwatch.yaml'),
    `name: fleet on prometheus\nvars:\n  fleet: ${fleetUrl}\nsources:\n  - id: prometheus\n    kind: prometheus\n    url: ${prometheusUrl}\n    poll_every: 1s\n`,
  );
  mkdirSync(join(folder, 'alerts'), { recursive: true });
  writeFileSync(
    join(folder, 'alerts', 'node.yaml'),
    [
      'groups:',
      '  - name: node',
      '    rules:',
      '      - alert: NodeOverloaded',
      '        expr: node_load1 > 100000',
      '        labels: { priority: P2, service: gateway }',
      '        annotations: { summary: The node is overloaded }',
      '',
    ].join('\n'),
  );
  return folder;
}
