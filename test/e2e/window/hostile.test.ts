import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { collectionNames, collectionSchemas } from '../../../shared/contract/state.ts';
import { type FakeCore, startFakeCore } from '../../support/fake-core.ts';
import { buildWindow, openChromium, openWindow } from '../../support/window/browser.ts';
import { waves } from '../../support/window/fake-answer.ts';
import type { FakeState } from '../../support/window/fake-state.ts';
import { fleetState, INCIDENT_ID } from '../../support/window/fleet.ts';

/** Each would run something, load something or break out of its place, if it were ever taken for markup. */
const PAYLOADS = [
  '<script>globalThis.ran=1</script>',
  '<img src=x onerror="globalThis.ran=1">',
  '"><svg onload=globalThis.ran=1>',
  "javascript:globalThis.ran=1//'",
  '[go](javascript:globalThis.ran=1)',
  '![x](https://evil.example/pixel.png)',
  '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
  '<style>*{display:none}</style>',
  '<a href="data:text/html,<script>opener.ran=1</script>">x</a>',
  '$' + '{globalThis.ran=1}{{constructor.constructor("globalThis.ran=1")()}}',
];
const HOSTILE = PAYLOADS.join(' ');

// A browser shares its machine: what is slow there is not wrong here.
vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
let core: FakeCore;

beforeAll(async () => {
  [built, browser] = await Promise.all([buildWindow(), openChromium()]);
  const state = fleetState('after');
  poison(state);
  core = await startFakeCore(built.folder, state);
});
afterAll(async () => {
  await browser?.close();
  await core?.stop();
  await built?.remove();
});

/** Puts the payloads into every text that a person reads; ids and enumerations stay, as the contract checks those. */
function poison(state: FakeState): void {
  const KEEP = new Set([
    'id',
    'kind',
    'phase',
    'state',
    'condition',
    'severity',
    'priority',
    'stage',
    'outcome',
    'incidentId',
    'runId',
    'playbookId',
    'objectiveIds',
    'alertIds',
    'stepId',
    'section',
    'holding',
    'is',
    'method',
    'origin',
    'algorithm',
    'groupKey',
    'source',
    'service',
    'services',
    'dependsOn',
    'name',
    'hours',
    'op',
    'freshness',
  ]);
  const rewrite = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return KEEP.has(key) ? value : `${value} ${HOSTILE}`;
    if (Array.isArray(value)) return value.map((one) => rewrite(one, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rewrite(one, name)]));
    return value;
  };
  for (const name of collectionNames) {
    const collection: Map<string, unknown> = state.collections[name];
    for (const [id, thing] of collection) {
      const poisoned = rewrite(thing, '');
      // What the contract refuses would never reach the window, and nothing would be tried.
      collectionSchemas[name].parse(poisoned);
      collection.set(id, poisoned);
    }
  }
  for (const [id, entries] of state.timelines)
    state.timelines.set(id, rewrite(entries, '') as typeof entries);
  for (const [id, postmortem] of state.postmortems)
    state.postmortems.set(id, rewrite(postmortem, '') as typeof postmortem);
  for (const list of state.evidence.values())
    for (const one of list) Object.assign(one, { chart: rewrite(one.chart, '') });
  state.anyAnswer = {
    ...waves(PAYLOADS.map((text) => ({ __name__: text, [text]: text }))),
    notes: [{ severity: 'warning', message: HOSTILE }],
  };
  state.workspace = HOSTILE;
}

describe('text from metrics, labels and files', () => {
  it('is shown as text on every screen: nothing runs, nothing is loaded', async () => {
    const window = await openWindow(browser, `${core.url}#/triage`);
    const foreign: string[] = [];
    window.page.on('request', (request) => {
      if (!request.url().startsWith(core.url) && !request.url().startsWith('data:image/svg+xml'))
        foreign.push(request.url());
    });
    window.page.on('dialog', (dialog) => foreign.push(`dialog ${dialog.message()}`));
    for (const hash of [
      '#/triage',
      `#/incident/${INCIDENT_ID}`,
      `#/incident/${INCIDENT_ID}/postmortem`,
      '#/incident',
      '#/postmortems',
      '#/objectives/ranking-accuracy',
      `#/signals?range=1h&panel=${encodeURIComponent(`expr=${encodeURIComponent(HOSTILE)}&title=${encodeURIComponent(HOSTILE)}`)}`,
      '#/settings',
      '#/health',
      `#/incident/${encodeURIComponent(HOSTILE)}`,
    ]) {
      await window.page.evaluate((next) => {
        location.hash = next;
      }, hash);
      await window.page.waitForTimeout(350);
      const planted = await window.page.evaluate(
        () =>
          document.querySelectorAll(
            'main script, main iframe, main img, main style, main a[href^="javascript"], main a[href^="data"], [onerror], [onload]',
          ).length,
      );
      expect({ hash, planted }).toEqual({ hash, planted: 0 });
    }
    await window.page.keyboard.press('Control+k');
    await window.page.waitForTimeout(200);
    await window.page.keyboard.press('Escape');
    expect(await window.page.evaluate(() => ('ran' in globalThis ? 'it ran' : 'nothing ran'))).toBe(
      'nothing ran',
    );
    await expect.poll(() => window.page.locator('main').textContent()).not.toBe('');
    expect(foreign).toEqual([]);
    expect(window.complaints).toEqual([]);
    await window.close();
  });

  it('is shown whole, not stripped: what a label says can be read', async () => {
    const window = await openWindow(browser, `${core.url}#/settings`);
    await window.page
      .getByText(PAYLOADS[1] as string)
      .first()
      .waitFor();
    await window.close();
  });
});

describe('the window’s own policy', () => {
  it('runs no inline script and no text as code', async () => {
    const window = await openWindow(browser, `${core.url}#/triage`);
    const evil = await window.page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const script = document.createElement('script');
          script.textContent = 'globalThis.ran = 1';
          document.body.append(script);
          setTimeout(() => resolve('ran' in globalThis ? 'it ran' : 'refused'), 50);
        }),
    );
    expect(evil).toBe('refused');
    await window.close();
  });
});
