import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCore, type TestCore } from '../support/core.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { until } from '../support/scraping-prometheus.ts';
import { buildWindow, openChromium, openWindow, type Window } from '../support/window/browser.ts';

const CHROMIUM = '/usr/bin/chromium';
const missing = existsSync(CHROMIUM) ? null : `${CHROMIUM} is not installed`;
if (missing) console.log(`Skipping the Signals screen: ${missing}.`);

const ROOT = join(import.meta.dirname, '..', '..');
const SHOTS =
  process.env.UPDATE_SCREENSHOTS === '1'
    ? join(ROOT, 'docs', 'screenshots')
    : join(ROOT, 'test-results', 'screenshots');
const HOSTILE = '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>';
const MANY = 600;

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
let target: TestServer;
let workspace: string;
let core: TestCore;
let window: Window;

/** A target with a hostile label, a histogram, a counter and many series. */
function exposition(): string {
  const seconds = Date.now() / 1_000;
  const bucket = (le: string, share: number) =>
    `wait_seconds_bucket{service="shop",le="${le}"} ${Math.round(seconds * share * 10)}`;
  return [
    '# HELP jobs_total Jobs that were done.',
    '# TYPE jobs_total counter',
    `jobs_total{service="shop",code="200"} ${Math.round(seconds * 20)}`,
    `jobs_total{service="shop",code="500"} ${Math.round(seconds)}`,
    '# TYPE hostile gauge',
    `hostile{name="${HOSTILE.replaceAll('"', '\\"')}"} ${seconds % 60}`,
    '# TYPE http_requests_total counter',
    `http_requests_total{service="shop",code="200"} ${Math.round(seconds * 5)}`,
    '# HELP wait_seconds How long jobs waited.',
    '# TYPE wait_seconds histogram',
    bucket('0.1', 0.5),
    bucket('0.5', 0.9),
    bucket('2', 0.98),
    bucket('+Inf', 1),
    `wait_seconds_sum{service="shop"} ${seconds * 2}`,
    `wait_seconds_count{service="shop"} ${Math.round(seconds * 10)}`,
    '# TYPE many gauge',
    ...Array.from({ length: MANY }, (_, at) => `many{id="${at}"} ${at}`),
    '',
  ].join('\n');
}

function writeWorkspace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-signals-'));
  writeFileSync(
    join(folder, 'midwatch.yaml'),
    `name: shop\nsources:\n  - id: shop\n    kind: exposition\n    poll_every: 1s\n    targets:\n      - { id: shop, url: "${target.url}/metrics" }\n`,
  );
  writeFileSync(join(folder, 'services.yaml'), 'services:\n  - id: shop\n    tier: 1\n');
  mkdirSync(join(folder, 'detectors'));
  writeFileSync(
    join(folder, 'detectors', 'jobs.yaml'),
    [
      'detectors:',
      '  - { id: jobs, title: Jobs done, service: shop, source: shop, query: "sum(rate(jobs_total[30s]))",',
      '      algorithm: zscore, window: 3, rebase_after: 3, priority: P3 }',
      '',
    ].join('\n'),
  );
  mkdirSync(join(folder, 'dashboards'));
  writeFileSync(
    join(folder, 'dashboards', 'jobs.yaml'),
    [
      '# kept by hand',
      'title: Jobs',
      'range: 5m',
      'panels:',
      '  - { title: Jobs by code, expression: "sum by (code) (rate(jobs_total[30s]))", unit: jobs/s, compare: true }',
      '  - { title: Waiting, expression: "sum by (le) (rate(wait_seconds_bucket[30s]))", unit: s, draw: heatmap }',
      '',
    ].join('\n'),
  );
  return folder;
}

const expressionOf = (page: Page, panel: number) =>
  page.locator('[data-expression]').nth(panel).locator('[contenteditable]');

async function show(panels: readonly string[], more = ''): Promise<void> {
  const text = panels.map((one) => `&panel=${encodeURIComponent(one)}`).join('');
  await window.page.evaluate((hash) => {
    location.hash = hash;
  }, `#/signals?range=5m${more}${text}`);
}

const panelText = (expression: string, more = '') => `expr=${encodeURIComponent(expression)}${more}`;

/** Each chart fills its place, and has been asked for at the width that it has now. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const hosts = [...document.querySelectorAll<HTMLElement>('[data-panel] [role="img"]')];
    const fits = hosts.every((one) => {
      const canvas = one.querySelector('canvas');
      return canvas && Math.abs(canvas.clientWidth - one.clientWidth) <= 1;
    });
    return hosts.length > 0 && fits && document.querySelectorAll('.sk').length === 0;
  });
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null))),
  );
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

async function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

describe.skipIf(missing !== null)('the Signals screen over a real core', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    target = await startServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(exposition());
    });
    workspace = writeWorkspace();
    [built, browser] = await Promise.all([buildWindow(), openChromium()]);
    core = await startTestCore({ workspace, windowFolder: built.folder });
    window = await openWindow(browser, core.server.launchAddress());
    await window.page.getByText(/1 of 1 source/).waitFor();
    // Two scrapes and a rate over them.
    await until(() => (core.app.hub.get('sources')[0]?.polls ?? 0) > 3, 60_000, 'the target was not scraped');
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await core?.stop();
    await target?.close();
    await built?.remove();
    if (workspace) rmSync(workspace, { recursive: true, force: true });
  });

  it('completes a metric, says what a function is, and runs what was written', async () => {
    const { page } = window;
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.getByText('Ask for a signal').waitFor();
    await page.keyboard.press('e');
    await page.keyboard.type('sum by (code) (rate(jobs_t', { delay: 30 });
    await page.getByRole('option', { name: /jobs_total/ }).waitFor();
    // The list takes no key in its first moment, so that nobody accepts what they have not seen.
    await expect
      .poll(async () => {
        if ((await page.getByRole('option').count()) > 0) await page.keyboard.press('Enter');
        return expressionOf(page, 0).textContent();
      })
      .toContain('rate(jobs_total');
    await page.keyboard.type('[30s]');
    await page.keyboard.press('Control+Enter');
    await page.locator('.u-over').waitFor();
    await page.getByRole('button', { name: /code="500"/ }).waitFor();
    expect(await expressionOf(page, 0).textContent()).toBe('sum by (code) (rate(jobs_total[30s]))');
    await expressionOf(page, 0).getByText('rate').hover();
    await page.getByText(/per-second/i).waitFor();
    await page.mouse.move(5, 5);
    expect(window.complaints).toEqual([]);
  });

  it('points at a mistake, and says what the core says of what it cannot answer', async () => {
    const { page } = window;
    await show([panelText('sum(rate(jobs_total))')]);
    await page.getByText('No answer').waitFor();
    await page.locator('.cm-lintRange-error').first().waitFor();
    await show([panelText('nothing_at_all')]);
    await page.getByText('No data is not zero').waitFor();
    expect(window.complaints).toEqual([]);
  });

  it('reads all panels at one instant, zooms where it is dragged and back on a double click', async () => {
    const { page } = window;
    await show([panelText('sum(rate(jobs_total[30s]))'), panelText('many{id="7"}')]);
    await page.locator('.u-over').nth(1).waitFor();
    const box = await page.locator('.u-over').first().boundingBox();
    if (!box) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 });
    await page.getByText('Here').nth(1).waitFor();
    // One of them may just have been renewed, and the other not yet.
    await expect
      .poll(async () => {
        const times = await page
          .locator('section[data-panel]')
          .evaluateAll((all) => all.map((one) => /\d\d:\d\d:\d\d UTC/.exec(one.textContent ?? '')?.[0]));
        return times.length === 2 && times[0] !== undefined && times[0] === times[1];
      })
      .toBe(true);
    // The end of the chart, where there is something: the core watches only since this file began.
    await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 4 });
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.995, box.y + 40, { steps: 6 });
    await page.mouse.up();
    await page.waitForFunction(() => /range=20\d\d-/.test(location.hash));
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
    // Another range is another answer: the charts come back with it, maybe at another place.
    await page.locator('.u-over').nth(1).waitFor();
    await page
      .locator('.u-over')
      .first()
      .dblclick({ position: { x: box.width * 0.4, y: 40 } });
    await page.waitForFunction(() => location.hash.includes('range=5m'));
    expect(window.complaints).toEqual([]);
  });

  it('says what a detector of the expression expected, however the expression is written, until that is not wanted', async () => {
    const { page } = window;
    await show([panelText('sum( rate(jobs_total[30s]) )')]);
    await page.getByText(/Shaded: what the detector Jobs done expected, \|z\| up to/).waitFor();
    await page.getByLabel('Bounds').uncheck();
    await page.getByText(/Shaded/).waitFor({ state: 'detached' });
    await page.getByLabel('Bounds').check();
    await page.getByText(/Shaded/).waitFor();
    expect(window.complaints).toEqual([]);
  });

  it('opens a saved board, saves it under another title with its comment, and draws the same from its link', async () => {
    const { page } = window;
    await show([]);
    await page.getByLabel('Board').selectOption('jobs');
    await page.getByRole('button', { name: /code="500"/ }).waitFor();
    const link = page.url();
    await page.keyboard.press('Shift+S');
    await page.getByLabel('Title', { exact: true }).fill('Jobs of the shop');
    await page.getByText('dashboards/jobs.yaml changed').waitFor();
    await page.getByRole('complementary').getByRole('button', { name: 'Save board' }).click();
    await page.getByText(/Saved in dashboards\/jobs\.yaml/).waitFor();
    const file = readFileSync(join(workspace, 'dashboards', 'jobs.yaml'), 'utf8');
    expect(file).toMatch(/^# kept by hand\ntitle: Jobs of the shop\n/);
    await page.getByRole('option', { name: 'Jobs of the shop' }).waitFor({ state: 'attached' });
    const second = await openWindow(browser, core.server.launchAddress());
    await second.page.getByText(/1 of 1 source/).waitFor();
    await second.page.goto(link);
    await second.page.getByRole('button', { name: /code="500"/ }).waitFor();
    expect(await second.page.locator('section[data-panel]').count()).toBe(2);
    await second.close();
  });

  it('makes a rule of a panel and refuses one that would not load, with its place', async () => {
    const { page } = window;
    await show([panelText('sum(rate(jobs_total{code="500"}[30s]))', '&title=Failing+jobs')]);
    await page.getByRole('button', { name: 'Save as…' }).click();
    const form = page.getByRole('complementary');
    await form.getByText('Write the threshold as a number.').waitFor();
    await form.getByLabel('Threshold').fill('5');
    await form.getByLabel('For').fill('soon');
    await form.getByText('The workspace would not load').waitFor();
    await form.getByLabel('For').fill('1m');
    await form.getByText('alerts/failing-jobs.yaml created').waitFor();
    await form.getByRole('button', { name: 'Save rule' }).click();
    await page.getByText(/taken over: alerts\/failing-jobs\.yaml/).waitFor();
    expect(readFileSync(join(workspace, 'alerts', 'failing-jobs.yaml'), 'utf8')).toContain('for: 1m');
  });

  it('draws forty of many series, says so, and finds any other', async () => {
    const { page } = window;
    await show([panelText('many')]);
    await page.getByText(/600 series/).waitFor({ timeout: 60_000 });
    await page.getByText(/40 drawn, those with the highest values/).waitFor();
    await page.getByLabel('Search the series').fill('"471"');
    await page.getByRole('button', { name: /^{id="471"}/ }).waitFor();
    expect(await page.getByRole('region', { name: 'Series' }).getByRole('button').count()).toBe(1);
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByText(/600 of 600 series/).waitFor({ timeout: 60_000 });
    expect(await page.locator('tbody tr').count()).toBeLessThan(80);
    await page.getByRole('button', { name: 'id', exact: true }).click();
    await page.getByRole('cell', { name: '0', exact: true }).first().waitFor();
    expect(window.complaints).toEqual([]);
  });

  it('shows hostile labels as text', async () => {
    const { page } = window;
    await show([panelText('hostile')]);
    await page.getByText(HOSTILE.slice(0, 12)).first().waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('cell', { name: /onerror/ }).waitFor();
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(await page.locator('main img[onerror], main script').count()).toBe(0);
    expect(window.complaints).toEqual([]);
  });

  it('builds an expression from a metric, and browses the taxonomy with live values', async () => {
    const { page } = window;
    await show([]);
    await page.keyboard.press('n');
    const form = page.getByRole('complementary');
    await form.getByRole('button', { name: /^wait_seconds/ }).click();
    await form.getByRole('button', { name: 'P95' }).click();
    await form.getByRole('button', { name: 'service', exact: true }).click();
    expect(await form.locator('[data-built]').textContent()).toBe(
      'histogram_quantile(0.95, sum by (service, le) (rate(wait_seconds_bucket[5m])))',
    );
    await form.getByRole('button', { name: 'Add as a panel' }).click();
    await page
      .getByRole('button', { name: 'service="shop"' })
      .or(page.getByRole('button', { name: /shop/ }))
      .first()
      .waitFor();
    await page.keyboard.press('b');
    await form.getByRole('button', { name: 'infrastructure' }).click();
    const server = form.getByRole('region', { name: 'HTTP servers' });
    await server.getByText('Requests that are being answered now.').waitFor();
    await server.getByText('not measured by shop').first().waitFor();
    await form.getByRole('button', { name: 'business' }).click();
    await server.getByText('Requests that were answered, by status code.').waitFor();
    await server.getByRole('button', { name: /http_requests_total.* req\/s/ }).waitFor();
    await form.getByText(/Nothing was found of .*vLLM/).waitFor();
    await form.getByRole('button', { name: 'historical' }).click();
    await form.getByText(/no business signal that the catalogue knows of that freshness/).waitFor();
    await form.getByRole('button', { name: 'not in the catalogue' }).click();
    await form.getByRole('button', { name: /wait_seconds.* s$/ }).waitFor();
    await form.getByRole('button', { name: /^jobs_total/ }).click();
    await page.waitForFunction(() => location.hash.includes('jobs_total'));
  });

  it('has no barrier and nothing cut off at both sizes in both themes', async () => {
    const { page } = window;
    await show([]);
    await page.getByLabel('Board').selectOption('jobs');
    await page.getByRole('button', { name: /code="500"/ }).waitFor();
    await page.locator('.u-over').nth(1).waitFor();
    mkdirSync(SHOTS, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      for (const [name, width, height] of [
        ['', 1_440, 900],
        ['-small', 1_024, 640],
      ] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize({ width, height });
        await settled(page);
        await page.screenshot({ path: join(SHOTS, `signals-${theme}${name}.png`) });
        expect({ theme, width, barriers: await barriers(page) }).toEqual({ theme, width, barriers: [] });
        expect(await sideways(page)).toBeLessThanOrEqual(0);
      }
    await page.setViewportSize({ width: 1_440, height: 900 });
    await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('b');
    await page.getByRole('complementary').getByRole('button', { name: 'business' }).click();
    await page.getByRole('button', { name: /http_requests_total.* req\/s/ }).waitFor();
    await settled(page);
    await page.screenshot({ path: join(SHOTS, 'signals-catalogue.png') });
    expect(await barriers(page)).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
});
