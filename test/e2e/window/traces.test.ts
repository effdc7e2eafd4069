import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { FakeCore } from '../../support/fake-core.ts';
import type { FleetScene } from '../../support/window/fleet.ts';
import { fleetRequestId, fleetTraceId } from '../../support/window/fleet-spans.ts';
import { look } from '../../support/window/look.ts';
import { windowTest } from '../../support/window/window-test.ts';

const shown = windowTest('the Traces screen');
const open = (scene: FleetScene, hash: string, prepare?: (state: FakeCore['state']) => void) =>
  shown.open({ scene, hash, heading: 'Traces', prepare });

const HOSTILE = '<img src=x onerror="globalThis.ran=1">';

const rows = (page: Page) => page.getByRole('list', { name: 'Traces found' }).getByRole('listitem');

describe.skipIf(shown.missing !== null)('the Traces screen', () => {
  it('sums up the stages, finds a request by its id, and shows it stage by stage', async () => {
    const page = await open('page', '#/traces');
    const stages = page.getByRole('table', { name: 'Stages' });
    await stages.getByRole('button', { name: /model_inference/ }).waitFor();
    await expect.poll(() => rows(page).count()).toBe(50);
    await look(page, 'traces');
    await page.setViewportSize({ width: 1_440, height: 900 });
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => rows(page).count()).toBe(60);
    await page.keyboard.press('/');
    await page.keyboard.type(fleetRequestId(10));
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByText('1 trace', { exact: true }).waitFor();
    await rows(page).first().getByRole('button').press('Enter');
    const waterfall = page.getByRole('table', { name: 'Waterfall' });
    await waterfall.getByRole('button', { name: /postprocessing/ }).click();
    await page.getByText('result_size_bytes').waitFor();
    const names = await waterfall.getByRole('row').getByRole('button').allTextContents();
    expect(names.map((one) => one.trim())).toEqual([
      'rank',
      'preprocessing',
      'model_inference',
      'postprocessing',
    ]);
    await look(page, 'trace');
    expect(shown.window().complaints).toEqual([]);
  });

  it('goes through failed requests by the keyboard and begins with the span that failed', async () => {
    const page = await open('page', '#/traces');
    await page.getByLabel('Result').selectOption('failed');
    await expect.poll(() => rows(page).count()).toBe(8);
    await page.locator('main').focus();
    await page.keyboard.press('j');
    await expect.poll(() => page.url()).toContain(`trace=${fleetTraceId(6)}`);
    await page.keyboard.press('j');
    await expect.poll(() => page.url()).toContain(`trace=${fleetTraceId(13)}`);
    await page.getByRole('heading', { name: 'model_inference' }).waitFor();
    await page.keyboard.press('k');
    await expect.poll(() => page.url()).toContain(`trace=${fleetTraceId(6)}`);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('heading', { name: 'Stages' }).waitFor();
  });

  it('opens a trace whose identifier is pasted, and says where one is not kept', async () => {
    const page = await open('page', '#/traces?range=5m');
    await page.getByLabel('Search traces').fill(fleetTraceId(59));
    await page.getByRole('table', { name: 'Waterfall' }).waitFor();
    await page.getByText('No trace fits').waitFor();
    await page.getByLabel('Search traces').fill('4bf92f3577b34da6a3ce929d0e0e4736');
    await page.getByText('This trace is not kept').waitFor();
    await page.getByRole('button', { name: 'Clear the conditions' }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(10);
  });

  it('says what to do while no span was ever sent, and that an old list is old', async () => {
    const page = await open('empty', '#/traces');
    await page.getByText('No spans yet').waitFor();
    shown.core().setReachable(false);
    await page.getByText('Offline since').waitFor();
  });

  it('shows hostile attributes and exemplars as the text that they are', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const page = await open('page', `#/traces?trace=${traceId}`, (state) => {
      state.spans.push({
        ...{ traceId, spanId: '00f067aa0ba902b7', parentSpanId: 'ffffffffffffffff', service: HOSTILE },
        ...{ name: HOSTILE, kind: 'server', startAt: Date.now() - 1_000, durationMs: 0.25, status: 'error' },
        attributes: { [HOSTILE]: HOSTILE, long: 'x'.repeat(3_000) },
      });
      state.exemplars.push({
        series: { __name__: 'http_request_duration_seconds_bucket', le: HOSTILE },
        labels: { trace_id: traceId },
        value: 0.25,
        at: Date.now() - 500,
      });
    });
    await page.getByText('which is not kept here').waitFor();
    await page.getByText('samples that name this trace').waitFor();
    expect(await page.getByText(HOSTILE).count()).toBeGreaterThan(3);
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    await look(page, 'trace-hostile');
  });
});
