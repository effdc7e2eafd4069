import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCore, type TestCore } from '../support/core.ts';
import { buildWindow, openChromium, openWindow, type Window } from '../support/window/browser.ts';

const missing = existsSync('/usr/bin/chromium') ? null : '/usr/bin/chromium is not installed';
if (missing) console.log(`Skipping traces on the demo: ${missing}.`);

let core: TestCore;
let window: Window;
let ends: (() => Promise<void> | void)[] = [];

describe.skipIf(missing !== null)('traces of the demo', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    const built = await buildWindow();
    const browser = await openChromium();
    ends = [built.remove, () => browser.close()];
    core = await startTestCore({ windowFolder: built.folder });
    ends.push(() => core.stop());
    window = await openWindow(browser, core.server.launchAddress());
    ends.push(() => window.close());
  }, 180_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  it('lead from a request to its stages with all that they carry, and from a sample of a chart to its trace', async () => {
    const { page, complaints } = window;
    await page.getByText('Nothing is firing').waitFor({ timeout: 60_000 });
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    const rows = page.getByRole('list', { name: 'Traces found' }).getByRole('listitem');
    await rows.first().waitFor({ timeout: 60_000 });
    const requestId =
      /req-[0-9a-f]{12}/.exec((await rows.first().textContent()) ?? '')?.[0] ?? 'no request id';
    await page.getByLabel('Search traces').fill(`request_id=${requestId}`);
    await page.getByText('1 trace', { exact: true }).waitFor();
    await rows.first().getByRole('button').click();
    const waterfall = page.getByRole('table', { name: 'Waterfall' });
    for (const [stage, attribute] of [
      ['preprocessing', 'features_extracted'],
      ['model_inference', 'prediction_confidence'],
      ['postprocessing', 'result_size_bytes'],
    ]) {
      await waterfall.getByRole('button', { name: stage ?? '' }).click();
      for (const shown of [attribute ?? '', 'request_id', 'model_version'])
        await page.getByText(shown, { exact: true }).waitFor();
    }
    const origin = new URL(page.url()).origin;
    const panel = new URLSearchParams({
      expr: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{service="ranking-model"}[30s])))',
    });
    await page.goto(`${origin}/#/signals?${new URLSearchParams({ range: '5m', panel: panel.toString() })}`);
    await page.getByText(/exemplars? in this range/).click({ timeout: 60_000 });
    await page.getByRole('list', { name: 'Exemplars' }).getByRole('link').first().click();
    await page.getByRole('table', { name: 'Waterfall' }).getByRole('button', { name: 'rank' }).waitFor();
    await page.getByText('samples that name this trace').waitFor();
    expect(complaints).toEqual([]);
  });
});
