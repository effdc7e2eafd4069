import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { INCIDENT_ID } from '../../support/window/fleet.ts';
import { look } from '../../support/window/look.ts';
import { windowTest } from '../../support/window/window-test.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOSTILE = `<img src=x onerror="globalThis.ran=1"> \u202e${'x'.repeat(200)} 🔥`;
const ID = '00112233445566ff';

const shown = windowTest('the ways to Why');
const verdicts = (page: Page) => page.getByRole('list', { name: 'Verdicts' }).getByRole('listitem');

/** An alert of a week ago whose name is no friend. */
function put(state: ReturnType<ReturnType<typeof windowTest>['core']>['state']) {
  const alert = [...state.collections.alerts.values()][0];
  if (!alert) throw new Error('the fleet has no alert');
  const at = state.now() - 7 * DAY_MS;
  const said = (stage: 'route' | 'state', reason: string, after: number) => ({
    stage,
    outcome: 'pass' as const,
    reason,
    at: at + after,
    definedAt: 'midwatch.yaml:4',
  });
  state.put('alerts', {
    ...alert,
    id: ID,
    title: HOSTILE,
    service: 'gateway',
    incidentId: INCIDENT_ID,
    verdicts: [said('state', 'the burn is over both thresholds', 0), said('route', 'to nobody', HOUR_MS)],
  });
  const incident = state.collections.incidents.get(INCIDENT_ID);
  if (incident)
    state.put('incidents', { ...incident, alertIds: [...incident.alertIds, ID, 'ffffffffffffffff'] });
}

describe.skipIf(shown.missing !== null)('the ways to Why', () => {
  it('an incident names its alerts, each leads to all that was said of it, however old', async () => {
    const page = await shown.open({
      scene: 'page',
      hash: `#/incident/${INCIDENT_ID}`,
      heading: 'Timeline',
      prepare: put,
    });
    await page.getByRole('button', { name: /^Alerts 3/ }).press('Enter');
    const alerts = page.getByRole('list', { name: 'Alerts of the incident' });
    await alerts.getByText('is over and no longer kept').waitFor();
    expect(await alerts.getByRole('listitem').count()).toBe(3);
    await look(page, 'incident-alerts');
    await alerts.getByRole('link', { name: `Why ${HOSTILE}` }).press('Enter');
    await expect.poll(() => page.url()).toContain(`#/why/${ID}/13mo`);
    await expect.poll(() => verdicts(page).count()).toBe(2);
    await page.getByRole('region', { name: 'The alert' }).getByRole('link', { name: 'INC-0147' }).waitFor();
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    await look(page, 'why-alert');
  });

  it('a time between two instants is searched, with what each stage had said before it began', async () => {
    const page = await shown.open({ scene: 'page', hash: `#/why/${ID}/13mo`, heading: 'Why', prepare: put });
    await expect.poll(() => verdicts(page).count()).toBe(2);
    await page.getByLabel('Time').selectOption('between two times');
    const at = (after: number) =>
      new Date(shown.core().state.now() - 7 * DAY_MS + after).toISOString().slice(0, 16).replace('T', ' ');
    await page.getByLabel('From, UTC').fill('yesterday');
    await page.getByText('Write both times as 2026-01-31 23:59, in UTC.').waitFor();
    await page.getByLabel('From, UTC').fill(at(HOUR_MS / 2));
    await page.getByLabel('To', { exact: true }).fill(at(2 * HOUR_MS));
    await expect.poll(() => verdicts(page).first().textContent()).toContain('to nobody');
    await expect.poll(() => verdicts(page).last().textContent()).toContain('over both thresholds');
    await page.reload();
    await expect.poll(() => verdicts(page).count()).toBe(2);
  });

  it('what is typed is one place in the history of the window, and nothing is asked of a core that is away', async () => {
    const page = await shown.open({ scene: 'page', hash: '#/triage', heading: 'Triage' });
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.getByLabel('Search verdicts').pressSequentially('nothing of this');
    await page.getByText('No verdict in this time holds these words.').waitFor();
    shown.core().setReachable(false);
    await page.getByText('The core does not answer').first().waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Triage' }).first().waitFor();
  });

  it('deliveries and silences name alerts that lead there, too', async () => {
    const page = await shown.open({
      scene: 'page',
      hash: '#/why//deliveries',
      heading: 'Why',
      prepare: (state) => {
        const [first] = state.collections.deliveries.values();
        if (first) state.put('deliveries', { ...first, alertIds: [ID, 'b', 'c', 'd', 'e'] });
      },
    });
    const row = page.locator('[data-delivery]').filter({ hasText: 'and 2 more alerts' });
    await row.getByRole('link', { name: `Why ${ID}` }).click();
    await expect.poll(() => page.url()).toContain(`#/why/${ID}/13mo`);
  });
});
