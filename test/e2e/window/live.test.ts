import { describe, expect, it } from 'vitest';
import type { View } from '../../support/window/browser.ts';
import { INCIDENT_ID } from '../../support/window/fleet.ts';
import { alert, incident } from '../../support/window/fleet-incident.ts';
import { windowTest } from '../../support/window/window-test.ts';

const { missing, core, window, open } = windowTest('windows that stay open');

async function begin(view: View = {}) {
  const page = await open({ scene: 'quiet', hash: '#/triage', view });
  await page.getByText('Nothing is firing').waitFor();
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  return page;
}

const fresh = (id: string, title: string) =>
  incident({ id, name: id.toUpperCase(), title, service: 'gateway', openedAt: Date.now() });
const neverReloaded = () => window().page.evaluate(() => 'sameDocument' in globalThis);

describe.skipIf(missing !== null)('a window that stays open', () => {
  it('shows a new incident at once, in the queue, the rail and the title, and says it aloud', async () => {
    const page = await begin();
    core().state.put('incidents', fresh('inc-1', 'gateway fails'));
    await page.getByRole('option', { name: /gateway fails/ }).waitFor();
    expect(await page.title()).toBe('(1) Midwatch');
    expect(await page.getByRole('log', { name: 'New pages' }).textContent()).toContain(
      'New incident, SEV-2: gateway fails',
    );
  });

  it('is right again after the core was started anew, without a reload', async () => {
    const page = await begin();
    core().setReachable(false);
    await page.getByText('Offline since').waitFor();
    core().state.restart();
    core().state.put('incidents', fresh('inc-2', 'opened meanwhile'));
    core().setReachable(true);
    await page.getByRole('option', { name: /opened meanwhile/ }).waitFor();
    await page.getByText('Offline since').waitFor({ state: 'detached' });
    expect(await neverReloaded()).toBe(true);
  });

  it('notices a patch that never came, and fetches everything', async () => {
    const page = await begin();
    core().state.putUnsaid('incidents', fresh('inc-3', 'the lost one'));
    core().state.put('incidents', fresh('inc-4', 'the one after'));
    await page.getByRole('option', { name: /the lost one/ }).waitFor();
    await page.getByRole('option', { name: /the one after/ }).waitFor();
    expect(await neverReloaded()).toBe(true);
  });

  it('calls its numbers stale when the core falls silent, and live when it speaks', async () => {
    const page = await begin();
    core().state.silent = true;
    await page.getByText(/Stale since \d\d:\d\d:\d\d UTC/).waitFor({ timeout: 9_000 });
    expect(await page.locator('.top').textContent()).toContain('answered when last heard');
    core().state.silent = false;
    await page.getByText('Stale since').waitFor({ state: 'detached' });
  });

  it('says loudly that nobody watches, and names configuration that was not taken over', async () => {
    const page = await begin();
    const health = core().state.collections.health.get('core');
    if (!health) throw new Error('no health');
    core().state.put('health', {
      ...health,
      blind: 'No source answers since 05:40 UTC. Nothing here will page you.',
      workspace: { ...health.workspace, problems: ['slos/a.yaml:14 target: expected a number below 1'] },
    });
    await page.getByRole('alert').filter({ hasText: 'Not watching' }).waitFor();
    await page.getByText('Configuration not taken over').first().waitFor();
  });

  it('draws only the rows in sight of fifteen thousand', async () => {
    const page = await begin();
    const now = Date.now();
    const many = Array.from({ length: 15_000 }, (_, index) =>
      alert(
        {
          id: `storm-${index}`,
          title: `storm ${index}`,
          service: 'gateway',
          priority: 'P1',
          phase: 'firing',
        },
        now,
      ),
    );
    core().state.put('alerts', ...many);
    await page.getByText('15000 open, by severity and age').waitFor();
    expect(await page.getByRole('option').count()).toBeLessThan(60);
    for (let i = 0; i < 5; i += 1) await page.keyboard.press('j');
    await page.waitForFunction(() =>
      document.querySelector('[role="option"][aria-selected="true"]')?.textContent?.includes('storm 10000'),
    );
  });
});

describe.skipIf(missing !== null)('notifications', () => {
  const message = {
    title: 'SEV-2 gateway fails',
    body: 'Burn 35.7×',
    priority: 'P0' as const,
    incidentId: INCIDENT_ID,
    groupKey: 'gateway',
    sound: true,
    resolved: false,
  };

  it('are shown with the group as their tag, and answered', async () => {
    const page = await begin();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    core().state.page('d1', message);
    await expect
      .poll(() => core().state.shown)
      .toEqual([{ deliveryId: 'd1', outcome: 'shown', problem: '' }]);
    const shown = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map((one) => [one.title, one.tag]);
    });
    expect(shown).toEqual([['SEV-2 gateway fails', 'gateway']]);
  });

  it('are answered as denied where they are not allowed, and the window asks in one line', async () => {
    const page = await begin({ notifications: false });
    await page.getByText(/May this browser wake you\?|This browser refuses notifications/).waitFor();
    core().state.page('d2', message);
    await expect
      .poll(() =>
        core()
          .state.shown.filter((one) => one.deliveryId === 'd2')
          .map((one) => one.outcome),
      )
      .toContain('denied');
  });
});

describe.skipIf(missing !== null)('the demo', () => {
  it('breaks what is asked, shows how long it lasts, and ends it on demand', async () => {
    const page = await begin();
    await page.getByRole('button', { name: 'Deploy a bad model' }).click();
    await page.getByText(/ends in 9:5/).waitFor();
    expect(core().state.asked).toContainEqual({ name: 'demo.inject', input: { kind: 'bad-model' } });
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByText(/ends in/).waitFor({ state: 'detached' });
  });
});
