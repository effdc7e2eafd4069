import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../shared/unit/time.ts';
import { type FakeCore, startFakeCore } from '../../support/fake-core.ts';
import { buildWindow, openChromium, openWindow, type Window } from '../../support/window/browser.ts';
import { fleetState } from '../../support/window/fleet.ts';
import { look } from '../../support/window/look.ts';

vi.setConfig({ testTimeout: 120_000 });
const noChromium = existsSync('/usr/bin/chromium') ? null : '/usr/bin/chromium is not installed';
if (noChromium) console.log(`Skipping silences in the window: ${noChromium}.`);

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
let core: FakeCore;
let window: Window;
beforeAll(async () => {
  if (noChromium) return;
  [built, browser] = await Promise.all([buildWindow(), openChromium()]);
  const state = fleetState('page');
  const now = state.now();
  const span = (startsAt: number) => ({ startsAt, endsAt: startsAt + HOUR_MS });
  state.put('maintenance', {
    ...{ id: 'index', title: 'Index rebuild', services: ['vector-index'], matchers: ['zone="eu"'] },
    ...{ includeDependents: true, timeZone: 'Europe/Berlin', schedule: '30 2 * * sun' },
    durationMs: HOUR_MS,
    from: null,
    to: null,
    ...{ current: null, next: span(now + DAY_MS), definedAt: 'midwatch.yaml:31' },
    upcoming: [span(now + DAY_MS), span(now + 8 * DAY_MS), span(now + 15 * DAY_MS)],
  });
  core = await startFakeCore(built.folder, state);
  window = await openWindow(browser, `${core.url}#/triage`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await core?.stop();
  await built?.remove();
});

describe.skipIf(noChromium !== null)('silences in the window', () => {
  it('begin with the alert in hand, say what they would hold, and need a reason', async () => {
    const { page } = window;
    await page.getByText('What changed').first().waitFor();
    await page.keyboard.press('z');
    const dialog = page.getByRole('dialog', { name: 'Silence alerts' });
    await dialog.getByText(/It would hold \d+ now|No alert that is active now/).waitFor();
    const matchers = dialog.getByLabel(/Matchers/);
    expect(await matchers.inputValue()).toMatch(/^service="/);
    const make = dialog.getByRole('button', { name: 'Silence', exact: true });
    expect(await make.getAttribute('aria-disabled')).toBe('true');
    await matchers.fill('service=');
    await matchers.fill('service');
    await dialog.getByText(/expected =/).waitFor();
    await matchers.fill('service="gateway"');
    await dialog.getByText(/It would hold \d+ now/).waitFor();
    await dialog.getByLabel(/Why/).fill('Canary is rolled back by hand');
    await dialog.getByLabel('For', { exact: true }).fill('soon');
    await dialog.getByText('Write how long').waitFor();
    await dialog.getByRole('button', { name: '2 h' }).click();
    await look(page, 'silence-new');
    await make.click();
    await dialog.waitFor({ state: 'hidden' });
    expect(core.state.asked.filter((one) => one.name === 'silence.create').map((one) => one.input)).toEqual([
      { matchers: 'service="gateway"', comment: 'Canary is rolled back by hand', durationMs: 2 * HOUR_MS },
    ]);
  });

  it('are listed with what they hold and until when, renewed, and ended only after a second word', async () => {
    const { page, complaints } = window;
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search or run').fill('silences');
    await page.getByText('Go to Silences').click();
    await page.getByRole('heading', { name: 'Silences and maintenance' }).waitFor();
    const row = page.locator('[data-silence]').first();
    await row.getByText(/ends in (2 h|1 h 59 m)/).waitFor();
    await row.getByText('Canary is rolled back by hand').waitFor();
    await page.getByText('Index rebuild').waitFor();
    await page.getByText('Europe/Berlin').waitFor();
    expect(await page.locator('[data-maintenance] li').count()).toBe(3);
    await look(page, 'silences');
    // By keyboard: what takes the place of a button takes its focus, and gives it back.
    await row.getByRole('button', { name: 'Renew' }).press('Enter');
    await row.getByLabel('From now').selectOption({ label: '8 h' });
    await row.getByLabel('From now').press('Tab');
    await page.keyboard.press('Enter');
    await row.getByText(/ends in (8 h|7 h 59 m)/).waitFor();
    await page.keyboard.press('Enter');
    await row.getByLabel('From now').waitFor();
    await page.keyboard.press('Enter');
    await row.getByText(/ends in (1 h|59 m|8 h)/).waitFor();
    await row.getByRole('button', { name: 'End now' }).waitFor();
    await row.getByRole('button', { name: 'End now' }).click();
    expect(core.state.asked.some((one) => one.name === 'silence.expire')).toBe(false);
    await row.getByRole('button', { name: 'End it' }).click();
    await row.getByText(/ended by You/).waitFor();
    expect(complaints).toEqual([]);
  });

  it('plan maintenance: fields say what is wrong, the next times are shown, and files are seen before', async () => {
    const { page, complaints } = window;
    await page.getByRole('button', { name: 'Plan maintenance' }).click();
    const dialog = page.getByRole('dialog', { name: 'Plan maintenance' });
    await dialog.getByText(/once it says what it is for/).waitFor();
    // Nothing is wrong yet with what nobody has touched; who wants to save hears what is missing.
    expect(await dialog.locator('[aria-invalid="true"]').count()).toBe(0);
    const save = dialog.getByRole('button', { name: 'Plan it' });
    expect(await save.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel('What is done').press('Control+Enter');
    await dialog.getByText(/expected services or matchers/).waitFor();
    await dialog.getByLabel('What is done').fill('Database upgrade');
    await dialog.getByLabel(/^Services/).fill('gateway, ranking');
    await dialog.getByLabel('Time zone').fill('Europe/Berlin');
    await dialog.getByLabel(/^Minute, hour/).fill('30 2 * sun');
    await dialog.getByText(/expected five fields/).waitFor();
    await dialog.getByLabel(/^Minute, hour/).fill('30 2 * * sun');
    await dialog.getByText('The first after the clocks change:').waitFor();
    await dialog.getByText('midwatch.yaml').waitFor();
    await look(page, 'maintenance-new');
    await dialog.getByLabel(/^Minute, hour/).press('Control+Enter');
    await dialog.waitFor({ state: 'hidden' });
    const [applied] = core.state.asked.filter((one) => one.name === 'workspace.apply');
    expect(applied?.input).toMatchObject({
      edits: [
        {
          kind: 'insert',
          path: ['maintenance'],
          value: { id: 'database-upgrade', services: ['gateway', 'ranking'], schedule: '30 2 * * sun' },
        },
      ],
    });
    const row = page.locator('[data-maintenance="index"]');
    await row.getByRole('button', { name: 'Change' }).click();
    const change = page.getByRole('dialog', { name: 'Change Index rebuild' });
    await change.getByLabel('Once').check();
    await change
      .getByText(/expected a local time|expected schedule|expected from/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await row.getByRole('button', { name: 'Remove' }).click();
    const removal = page.getByRole('dialog', { name: 'Remove Index rebuild' });
    await removal.getByText('Nothing it would have covered is held any more.').waitFor();
    await removal.getByRole('button', { name: 'Remove window' }).click();
    await removal.waitFor({ state: 'hidden' });
    expect(core.state.asked.filter((one) => one.name === 'workspace.apply').at(-1)?.input).toMatchObject({
      edits: [{ kind: 'remove', path: ['maintenance', { where: 'id', is: 'index' }] }],
    });
    expect(complaints).toEqual([]);
  });

  it('lead to the log of what was sent: when, to whom, how often tried, and what to do', async () => {
    const { page, complaints } = window;
    const [known] = core.state.collections.deliveries.values();
    if (!known) throw new Error('nothing was sent');
    core.state.put('deliveries', {
      ...known,
      id: 'late',
      kind: 'slack',
      channel: 'https://chat.example/…',
      state: 'failed',
      attempts: 4,
      sentAt: null,
      createdAt: core.state.now(),
      problem: 'The webhook answered 404.',
    });
    await page.evaluate(() => {
      location.hash = '#/settings';
    });
    await page.getByRole('button', { name: 'Delivery log' }).click();
    await page.getByRole('radio', { name: 'Deliveries' }).waitFor();
    const failed = page.locator('[data-delivery="failed"]');
    await failed.getByText(/The webhook answered 404\. It is not tried again/).waitFor();
    await failed.getByText(/by slack.*tried 4 times/).waitFor();
    await look(page, 'deliveries');
    await page.getByLabel('Outcome').selectOption('failed');
    await page.getByText('1, the newest first').waitFor();
    await page.getByLabel('Search deliveries').fill('no such word');
    await page.getByText('No delivery fits').waitFor();
    expect(complaints).toEqual([]);
  });
});
