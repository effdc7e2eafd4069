import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeCore, startFakeCore } from '../../support/fake-core.ts';
import { buildWindow, openChromium, openWindow, type Window } from '../../support/window/browser.ts';
import { fleetState, INCIDENT_ID } from '../../support/window/fleet.ts';
import { alert, incident } from '../../support/window/fleet-incident.ts';

// A browser shares its machine: what is slow there is not wrong here.
vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
let core: FakeCore;
let window: Window;

beforeAll(async () => {
  [built, browser] = await Promise.all([buildWindow(), openChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});
beforeEach(async () => {
  core = await startFakeCore(built.folder, fleetState('quiet'));
  window = await openWindow(browser, `${core.url}#/triage`);
  await window.page.getByText('Nothing is firing').waitFor();
  await window.page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
});
afterEach(async () => {
  await window.close();
  await core.stop();
});

const fresh = (id: string, title: string) =>
  incident({ id, name: id.toUpperCase(), title, service: 'gateway', openedAt: Date.now() });
const neverReloaded = () => window.page.evaluate(() => 'sameDocument' in globalThis);

describe('a window that stays open', () => {
  it('shows a new incident at once, in the queue, the rail and the title, and says it aloud', async () => {
    core.state.put('incidents', fresh('inc-1', 'gateway fails'));
    await window.page.getByRole('option', { name: /gateway fails/ }).waitFor();
    expect(await window.page.title()).toBe('(1) Midwatch');
    expect(await window.page.getByRole('log', { name: 'New pages' }).textContent()).toContain(
      'New incident, SEV-2: gateway fails',
    );
  });

  it('is right again after the core was started anew, without a reload', async () => {
    core.setReachable(false);
    await window.page.getByText('Offline since').waitFor();
    core.state.restart();
    core.state.put('incidents', fresh('inc-2', 'opened meanwhile'));
    core.setReachable(true);
    await window.page.getByRole('option', { name: /opened meanwhile/ }).waitFor();
    await window.page.getByText('Offline since').waitFor({ state: 'detached' });
    expect(await neverReloaded()).toBe(true);
  });

  it('notices a patch that never came, and fetches everything', async () => {
    core.state.putUnsaid('incidents', fresh('inc-3', 'the lost one'));
    core.state.put('incidents', fresh('inc-4', 'the one after'));
    await window.page.getByRole('option', { name: /the lost one/ }).waitFor();
    await window.page.getByRole('option', { name: /the one after/ }).waitFor();
    expect(await neverReloaded()).toBe(true);
  });

  it('calls its numbers stale when the core falls silent, and live when it speaks', async () => {
    core.state.silent = true;
    await window.page.getByText(/Stale since \d\d:\d\d:\d\d UTC/).waitFor({ timeout: 9_000 });
    expect(await window.page.locator('.top').textContent()).toContain('answered when last heard');
    core.state.silent = false;
    await window.page.getByText('Stale since').waitFor({ state: 'detached' });
  });

  it('says loudly that nobody watches, and names configuration that was not taken over', async () => {
    const health = core.state.collections.health.get('core');
    if (!health) throw new Error('no health');
    core.state.put('health', {
      ...health,
      blind: 'No source answers since 05:40 UTC. Nothing here will page you.',
      workspace: { ...health.workspace, problems: ['slos/a.yaml:14 target: expected a number below 1'] },
    });
    await window.page.getByRole('alert').filter({ hasText: 'Not watching' }).waitFor();
    await window.page.getByText('Configuration not taken over').first().waitFor();
  });

  it('draws only the rows in sight of fifteen thousand', async () => {
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
    core.state.put('alerts', ...many);
    await window.page.getByText('15000 open, by severity and age').waitFor();
    expect(await window.page.getByRole('option').count()).toBeLessThan(60);
    for (let i = 0; i < 5; i += 1) await window.page.keyboard.press('j');
    await window.page.waitForFunction(() =>
      document.querySelector('[role="option"][aria-selected="true"]')?.textContent?.includes('storm 10000'),
    );
  });
});

describe('notifications', () => {
  const page = {
    title: 'SEV-2 gateway fails',
    body: 'Burn 35.7×',
    priority: 'P0' as const,
    incidentId: INCIDENT_ID,
    groupKey: 'gateway',
    sound: true,
    resolved: false,
  };

  it('are shown with the group as their tag, and answered', async () => {
    await window.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    core.state.page('d1', page);
    await expect.poll(() => core.state.shown).toEqual([{ deliveryId: 'd1', outcome: 'shown', problem: '' }]);
    const shown = await window.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map((one) => [one.title, one.tag]);
    });
    expect(shown).toEqual([['SEV-2 gateway fails', 'gateway']]);
  });

  it('are answered as denied where they are not allowed, and the window asks in one line', async () => {
    const refused = await openWindow(browser, `${core.url}#/triage`, { notifications: false });
    await refused.page.getByText(/May this browser wake you\?|This browser refuses notifications/).waitFor();
    core.state.page('d2', page);
    await expect
      .poll(() => core.state.shown.filter((one) => one.deliveryId === 'd2').map((one) => one.outcome))
      .toContain('denied');
    await refused.close();
  });
});

describe('the demo', () => {
  it('breaks what is asked, shows how long it lasts, and ends it on demand', async () => {
    await window.page.getByRole('button', { name: 'Deploy a bad model' }).click();
    await window.page.getByText(/ends in 9:5/).waitFor();
    expect(core.state.asked).toContainEqual({ name: 'demo.inject', input: { kind: 'bad-model' } });
    await window.page.getByRole('button', { name: 'End now' }).click();
    await window.page.getByText(/ends in/).waitFor({ state: 'detached' });
  });
});
