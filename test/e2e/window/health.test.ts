import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../shared/unit/time.ts';
import type { FakeCore } from '../../support/fake-core.ts';
import type { FleetScene } from '../../support/window/fleet.ts';
import { windowTest } from '../../support/window/window-test.ts';

const shown = windowTest('the Health screen');
const open = (scene: FleetScene, prepare?: (state: FakeCore['state']) => void) =>
  shown.open({ scene, hash: '#/health', heading: 'Workers', prepare });

describe.skipIf(shown.missing !== null)('the Health screen', () => {
  it('hatches what was not watched, with the reason for the mouse and in a table', async () => {
    const page = await open('page');
    const row = page.getByRole('img', { name: /^prom-us: 70\.\d+ % watched, 2 unwatched spans/ });
    await row.waitFor();
    const titles = await row
      .locator('i')
      .evaluateAll((spans) => spans.map((one) => one.getAttribute('title')));
    expect(titles[0]).toContain('Unwatched 7 h: the machine slept; backfilled; nothing held in it');
    expect(titles[1]).toContain('Unwatched 12 m: the source did not answer; not backfilled');
    const widths = await row.locator('i').evaluateAll((spans) => spans.map((one) => one.clientWidth));
    expect(widths[0]).toBeGreaterThan(100);
    await page.getByRole('img', { name: /^fleet: 100\.00 % of 6 h, 1 unwatched span/ }).waitFor();
    await page.getByText('4 unwatched spans, newest first').press('Enter');
    const table = page.getByRole('table', { name: 'Unwatched spans' });
    await table.getByRole('cell', { name: 'before the watch began' }).waitFor();
    expect(await table.getByRole('row').count()).toBe(5);
    await page.getByRole('region', { name: 'Watched' }).getByLabel('1 h').check();
    await expect
      .poll(() => shown.core().state.asked.filter((one) => one.name === 'source.watched'))
      .toHaveLength(2);
    const [, second] = shown.core().state.asked.filter((one) => one.name === 'source.watched');
    const { fromAt, toAt } = (second ?? expect.fail('it was not asked again')).input as {
      fromAt: number;
      toAt: number;
    };
    expect(toAt - fromAt).toBe(HOUR_MS);
  });

  it('says what each source suffers from and what to do, and tries it at once', async () => {
    const page = await open('page');
    const table = page.getByRole('table', { name: 'Sources' });
    await table.getByText('cannot be reached').waitFor();
    await table.getByText('88 ms').waitFor();
    await table.getByRole('button', { name: /Try now\s+prom-us/ }).press('Enter');
    await expect
      .poll(() => shown.core().state.asked)
      .toContainEqual({ name: 'source.tryNow', input: { sourceId: 'prom-us' } });
  });

  it('says how the store grows, when it is full, what was dropped and why', async () => {
    const page = await open('page');
    await page.getByText('54.0 MB a day, over 3 d').waitFor();
    const fullAt = new Date(Date.now() + 35 * 24 * HOUR_MS).toISOString().slice(0, 7);
    await page.getByText(new RegExp(`^${fullAt}-\\d\\d$`)).waitFor();
    await page.getByRole('cell', { name: 'over the limit of series' }).waitFor();
    await page.getByRole('cell', { name: /set honor_timestamps: false on the source/ }).waitFor();
    await page.getByText('1,247').waitFor();
  });

  it('draws how it fared, with the worst of each step and the limit, and the account of each source', async () => {
    const page = await open('page');
    await page
      .getByRole('img', { name: /^Loop delay, p99 over 1 h: now [\d.]+ ms, at most 41 ms/ })
      .waitFor();
    await page.getByText('most 41 ms, limit 20 ms').waitFor();
    await page.getByRole('group', { name: 'Span of the curves' }).getByLabel('24 h').check();
    await page.getByRole('img', { name: /^Sample store over 1 d: now 17\d MB/ }).waitFor();
    const table = page.getByRole('table', { name: 'Sources' });
    await table.getByRole('columnheader', { name: 'Left out' }).waitFor();
    expect(await table.getByRole('cell', { name: 'none' }).count()).toBeGreaterThan(0);
  });

  it('keeps old figures and says that they are old, and names what it cannot measure', async () => {
    const page = await open('page', (state) => {
      state.report = 'failing';
    });
    await page.getByText('The stores could not be measured').waitFor();
    await page.getByText('178 MB').waitFor();
    shown.core().state.report = null;
    await page.getByText('54.0 MB a day, over 3 d').waitFor({ timeout: 30_000 });
    shown.core().state.report = 'failing';
    await page.getByText('These figures are old').waitFor({ timeout: 30_000 });
    expect(await page.getByText('54.0 MB a day, over 3 d').count()).toBe(1);
  });

  it('shows what it had while the core is away, and says since when', async () => {
    const page = await open('page');
    await page.getByText('54.0 MB a day').waitFor();
    shown.core().setReachable(false);
    await page.getByText('Offline since').waitFor();
    expect(await page.getByText('54.0 MB a day').count()).toBe(1);
    expect(await page.getByRole('img', { name: /^prom-us/ }).count()).toBe(1);
  });

  it('says what to do where there is no source yet', async () => {
    const page = await open('empty');
    await page.getByText('No source yet').waitFor();
    await page.getByText(/Add a source in Settings/).waitFor();
    expect(await page.getByRole('heading', { name: 'Watched' }).count()).toBe(0);
  });
});
