import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FakeCore, startFakeCore } from '../../support/fake-core.ts';
import { buildWindow, openChromium, openWindow, type Window } from '../../support/window/browser.ts';
import { waves } from '../../support/window/fake-answer.ts';
import { fleetState } from '../../support/window/fleet.ts';

const SERIES = 10_000;
/** In all two million; a thousand make it ten million, which takes a loaded machine two minutes. */
const POINTS = Number(process.env.MIDWATCH_SIGNAL_POINTS ?? 200);

// A browser shares its machine: what is slow there is not wrong here.
vi.setConfig({ testTimeout: 240_000 });

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
let core: FakeCore;
let window: Window;

beforeAll(async () => {
  [built, browser] = await Promise.all([buildWindow(), openChromium()]);
  core = await startFakeCore(built.folder, fleetState('page'));
  window = await openWindow(browser, `${core.url}#/signals`);
});
afterAll(async () => {
  await browser?.close();
  await core?.stop();
  await built?.remove();
});

async function show(expression: string, more = 'range=5m'): Promise<void> {
  await window.page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    `#/signals?${more}&panel=${encodeURIComponent(`expr=${encodeURIComponent(expression)}`)}`,
  );
}

describe('an answer on the Signals screen', () => {
  it('that came in part says how much is missing, what the source warned of, and when nobody watched', async () => {
    const { page } = window;
    core.state.answers.set('part', {
      ...waves([{ zone: 'a' }]),
      seriesTotal: 12_001,
      notes: [{ severity: 'warning', message: 'one of two stores did not answer' }],
      unwatched: (fromAt, toAt) => [
        { fromAt, toAt: fromAt + (toAt - fromAt) / 2, causes: ['asleep' as const], filledAt: null },
      ],
    });
    await show('part');
    await page.getByText('12,000 more series did not come').waitFor();
    await page.getByText('one of two stores did not answer').waitFor();
    await page.getByRole('img', { name: /part/ }).waitFor();
    expect(window.complaints).toEqual([]);
  });

  it('that cannot be renewed stays, with its age and the reason, until it can', async () => {
    const { page } = window;
    const answer = waves([{ zone: 'kept' }]);
    core.state.answers.set('renewed', answer);
    await show('renewed', 'range=1m');
    await page.getByRole('button', { name: /zone="kept"/ }).waitFor();
    answer.failure = 'The store took too long.';
    await page.getByText('Not renewed', { exact: true }).waitFor();
    await page.getByText('The store took too long.').waitFor();
    await page.getByText(/^as of .* not renewed since/).waitFor();
    expect(await page.getByRole('button', { name: /zone="kept"/ }).count()).toBe(1);
    expect(await page.locator('.u-over').count()).toBe(1);
    delete answer.failure;
    await page.getByText('Not renewed', { exact: true }).waitFor({ state: 'detached' });
    await page.getByText(/not renewed since/).waitFor({ state: 'detached' });
    expect(window.complaints).toEqual([]);
  });

  it('stays while the core is away and says that it is old; the line comes back by itself', async () => {
    const { page } = window;
    await show('away', 'range=1m');
    await page.getByRole('button', { name: /zone="a"/ }).waitFor();
    core.setReachable(false);
    await page.getByText(/^as of .* not renewed since/).waitFor();
    expect(await page.locator('.u-over').count()).toBe(1);
    core.setReachable(true);
    await page.getByText(/not renewed since/).waitFor({ state: 'detached' });
  });

  it('of ten thousand series and millions of points is drawn, searched and read while the window answers keys', async () => {
    const { page } = window;
    core.state.answers.set('millions', {
      series: (fromAt, toAt) => {
        const times = Float64Array.from(
          { length: POINTS },
          (_, i) => fromAt + Math.round((i * (toAt - fromAt)) / (POINTS - 1)),
        );
        return Array.from({ length: SERIES }, (_, id) => ({
          labels: { id: String(id) },
          times,
          values: Float64Array.from({ length: POINTS }, (_, i) => id + (i % 7)),
        }));
      },
    });
    await show('millions', 'range=1h');
    // The answer is under way: the window takes keys, opens a form and closes it again.
    await page.keyboard.press('b');
    await page.getByRole('complementary').getByRole('button', { name: 'infrastructure' }).click();
    await page
      .getByText(`10,000 series, ${(SERIES * POINTS).toLocaleString('en-US')} points`)
      .waitFor({ timeout: 180_000 });
    await page.getByText(/40 drawn, those with the highest values/).waitFor();
    await page.getByLabel('Search the series').fill('"4711"');
    await page.getByRole('button', { name: /id="4711"/ }).waitFor();
    expect(await page.getByRole('region', { name: 'Series' }).getByRole('button').count()).toBe(1);
    await page.getByLabel('Search the series').fill('');
    await page.getByRole('button', { name: /id="9999"/ }).waitFor();
    expect(await page.getByRole('region', { name: 'Series' }).getByRole('button').count()).toBeLessThan(80);
    expect(window.complaints).toEqual([]);
  });
});
