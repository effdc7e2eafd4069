import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { FakeCore } from '../../support/fake-core.ts';
import { INCIDENT_ID } from '../../support/window/fleet.ts';
import { windowTest } from '../../support/window/window-test.ts';

/** As long as names get, in both directions, with one that never turns back, and as markup. */
const NAME = `<b onmouseover="globalThis.ran=1">שלום</b> \u202e 🔥 ${'x'.repeat(200)}`;
const [OBJECTIVES, ALERTS] = [500, 2_000];

const shown = windowTest('many rows with hostile names');

function fill(state: FakeCore['state']): void {
  const objective = [...state.collections.objectives.values()][0];
  const alert = [...state.collections.alerts.values()][0];
  const incident = state.collections.incidents.get(INCIDENT_ID);
  if (!objective || !alert || !incident) throw new Error('the fleet is empty');
  const id = (at: number) => String(at).padStart(16, '0');
  for (let at = 0; at < OBJECTIVES; at += 1)
    state.put('objectives', {
      ...objective,
      objective: {
        ...objective.objective,
        id: `o-${at}`,
        title: at % 7 === 0 ? NAME : `Objective ${at}`,
        service: NAME,
      },
    });
  for (let at = 0; at < ALERTS; at += 1)
    state.put('alerts', {
      ...alert,
      id: id(at),
      incidentId: at % 2 === 0 ? INCIDENT_ID : null,
      title: NAME,
      service: NAME,
      reason: NAME,
    });
  const alertIds = Array.from({ length: ALERTS / 2 }, (_, at) => id(at * 2));
  state.put('incidents', { ...incident, title: NAME, alertIds });
}

/** What is wider than its place. */
const sideways = (page: Page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll<HTMLElement>('main, .pane')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${one.tagName} ${one.className} ${one.scrollWidth}`),
  );

describe.skipIf(shown.missing !== null)('many rows with hostile names', () => {
  it('fit their places, run nothing, and only those in sight are drawn', async () => {
    const view = { width: 1_024, height: 640 };
    const page = await shown.open({
      scene: 'page',
      hash: '#/triage',
      heading: 'Triage',
      prepare: fill,
      view,
    });
    await page.getByRole('option').first().waitFor();
    expect(await sideways(page)).toEqual([]);
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    const rows = page.locator('[data-objective]');
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(60);
    expect(await sideways(page)).toEqual([]);
    for (let presses = 0; presses < 40; presses += 1) await page.keyboard.press('j');
    const chosen = page.locator('[data-objective][data-selected]');
    await expect
      .poll(() => chosen.evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight))
      .toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Burn-down' }).waitFor();
    expect(await sideways(page)).toEqual([]);
    await page.goto(`${shown.core().url}#/incident/${INCIDENT_ID}`);
    await page.getByRole('button', { name: /^Alerts 1000/ }).press('Enter');
    const alerts = page.getByRole('list', { name: 'Alerts of the incident' });
    await alerts.getByText('The 100 most urgent of 1000').waitFor();
    expect(await sideways(page)).toEqual([]);
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(shown.window().complaints).toEqual([]);
  });
});
