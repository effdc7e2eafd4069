import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FakeCore, startFakeCore } from '../../support/fake-core.ts';
import {
  buildWindow,
  openChromium,
  openWindow,
  type View,
  type Window,
} from '../../support/window/browser.ts';
import { type FleetScene, fleetState, INCIDENT_ID } from '../../support/window/fleet.ts';

/** Each screen at a moment at which there is something to see, and a text that is there when it is drawn. */
const SCREENS: readonly { name: string; scene: FleetScene; hash: string; ready: string }[] = [
  { name: 'triage', scene: 'page', hash: '#/triage', ready: 'What changed' },
  { name: 'incident', scene: 'response', hash: `#/incident/${INCIDENT_ID}`, ready: 'Online accuracy' },
  {
    name: 'objectives',
    scene: 'response',
    hash: '#/objectives/ranking-accuracy',
    ready: 'Thresholds that can never fire',
  },
  {
    name: 'postmortem',
    scene: 'after',
    hash: `#/incident/${INCIDENT_ID}/postmortem`,
    ready: 'Where we got lucky',
  },
  {
    name: 'signals',
    scene: 'page',
    hash: '#/signals?range=1h&panel=expr%3Dsum+by+(zone)+(rate(orders_total%5B5m%5D))&panel=expr%3Dqueue',
    ready: 'zone="b"',
  },
  { name: 'traces', scene: 'page', hash: '#/traces?failed=1', ready: 'traces, the newest first' },
  { name: 'why', scene: 'page', hash: '#/why', ready: 'the newest first' },
  { name: 'settings', scene: 'page', hash: '#/settings', ready: 'ops-webhook' },
  { name: 'health', scene: 'page', hash: '#/health', ready: 'Workers' },
  { name: 'quiet', scene: 'quiet', hash: '#/triage', ready: 'Nothing is firing' },
  { name: 'first-run', scene: 'empty', hash: '#/objectives', ready: 'No objectives yet' },
];
const VIEWS: readonly { name: string; view: View }[] = [
  { name: 'dark', view: {} },
  { name: 'light', view: { theme: 'light' } },
  { name: 'small', view: { width: 1_024, height: 640 } },
  { name: 'zoom', view: { width: 1_024, height: 640, zoom: 2 } },
];
/** Where pictures go when somebody wants to look at them. */
const PICTURES = process.env.MIDWATCH_SHOTS;

// A browser shares its machine: what is slow there is not wrong here.
vi.setConfig({ testTimeout: 240_000 });

let browser: Browser;
let built: Awaited<ReturnType<typeof buildWindow>>;
const cores = new Map<FleetScene, FakeCore>();

beforeAll(async () => {
  [built, browser] = await Promise.all([buildWindow(), openChromium()]);
  for (const scene of new Set(SCREENS.map((one) => one.scene)))
    cores.set(scene, await startFakeCore(built.folder, fleetState(scene)));
  if (PICTURES) await mkdir(PICTURES, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  for (const core of cores.values()) await core.stop();
  await built?.remove();
});

/** Goes on in a window that is open, as a reader does; another scene needs a window of its own. */
async function show(window: Window, screen: (typeof SCREENS)[number]): Promise<void> {
  await window.page.evaluate((hash) => {
    location.hash = hash;
  }, screen.hash);
  await drawn(window, screen);
}

async function drawn(window: Window, screen: (typeof SCREENS)[number]): Promise<void> {
  await window.page.getByText(screen.ready).first().waitFor();
  await window.page.waitForFunction(() => document.querySelectorAll('.sk').length === 0);
}

async function eachScreen(
  view: View,
  look: (window: Window, screen: (typeof SCREENS)[number]) => Promise<void>,
): Promise<void> {
  for (const scene of new Set(SCREENS.map((one) => one.scene))) {
    const [first, ...others] = SCREENS.filter((one) => one.scene === scene);
    if (!first) continue;
    const window = await open(first, view);
    await look(window, first);
    for (const screen of others) {
      await show(window, screen);
      await look(window, screen);
    }
    await window.close();
  }
}

async function open(screen: (typeof SCREENS)[number], view: View): Promise<Window> {
  const core = cores.get(screen.scene);
  if (!core) throw new Error(`no core for ${screen.scene}`);
  const window = await openWindow(browser, core.url + screen.hash, view);
  await drawn(window, screen);
  return window;
}

/** What is wider than its place. */
function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const panes = [...document.querySelectorAll<HTMLElement>('main, .pane')].filter(
      (one) => one.scrollWidth > one.clientWidth + 1,
    );
    return [
      ...(wide > 0 ? [`page by ${wide}`] : []),
      ...panes.map((one) => `${one.tagName} ${one.className}`),
    ];
  });
}

/** Serious or critical findings. The markup is the same in all views; only the two themes have colours of their own. */
async function seriousBarriers(page: Page, view: string): Promise<string[]> {
  if (view !== 'dark' && view !== 'light') return [];
  // No frames here: the legacy mode saves a page opened for each look.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (view === 'light' ? axe.withRules(['color-contrast']) : axe).analyze();
  return violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map(({ id, nodes }) => {
      const places = nodes.map((node) => node.target.join(' ')).slice(0, 4);
      return `${id}: ${places.join(' | ')}`;
    });
}

describe('every screen', () => {
  for (const { name, view } of VIEWS)
    it(`fits without scrolling sideways, without a complaint of the browser and without a barrier for anybody: ${name}`, async () => {
      await eachScreen(view, async (window, screen) => {
        if (PICTURES)
          await window.page.screenshot({
            path: join(PICTURES, `${screen.name}-${name}.png`),
            fullPage: name === 'zoom',
          });
        const seen = {
          screen: screen.name,
          sideways: await sideways(window.page),
          serious: await seriousBarriers(window.page, name),
          complaints: window.complaints,
        };
        expect(seen).toEqual({ screen: screen.name, sideways: [], serious: [], complaints: [] });
      });
    });

  it('is usable in colours that the reader chose', async () => {
    const window = await open(SCREENS[0] as (typeof SCREENS)[number], { forcedColors: true });
    const painted = await window.page.evaluate(() => {
      const glyph = document.querySelector('.item .sev');
      return glyph ? getComputedStyle(glyph, '::before').backgroundColor : '';
    });
    if (PICTURES) await window.page.screenshot({ path: join(PICTURES, 'triage-forced.png') });
    expect(painted).not.toBe('rgba(0, 0, 0, 0)');
    await window.close();
  });
});

/** What Tab reaches, in order: its name, the part of the window it stands in, and whether it can be seen to have the focus. */
async function tabStops(page: Page, most: number): Promise<{ name: string; part: string; seen: boolean }[]> {
  const stops: { name: string; part: string; seen: boolean }[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement) || at === document.body) return null;
      // A list has its focus on the row that keys act on.
      const row = document.getElementById(at.getAttribute('aria-activedescendant') ?? '');
      const { boxShadow, outlineStyle } = getComputedStyle(row ?? at);
      const { top, bottom, width } = (row ?? at).getBoundingClientRect();
      const ring = boxShadow !== 'none' || outlineStyle !== 'none';
      const part = at.closest('.rail, .top, .banners, main, .toasts');
      return {
        name: (at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 40),
        part: part?.className.split(' ')[0] === 'rail' ? 'rail' : (part?.tagName.toLowerCase() ?? 'skip'),
        seen: ring && width > 0 && bottom > 0 && top < innerHeight,
      };
    });
    if (!stop) break;
    stops.push(stop);
  }
  return stops;
}

describe('Tab', () => {
  for (const screen of SCREENS.slice(0, 2))
    it(`goes through the window in reading order, and the focus is always in sight: ${screen.name}`, async () => {
      const window = await open(screen, {});
      const stops = await tabStops(window.page, 60);
      expect(stops.filter((one) => !one.seen)).toEqual([]);
      const parts = stops.map((one) => one.part).filter((part, index, all) => part !== all[index - 1]);
      expect(parts).toEqual(['skip', 'rail', 'header', 'main']);
      const names = stops.map((one) => one.name);
      if (screen.name === 'incident') {
        const order = ['Severity', 'Response', 'Note', 'Evidence', 'Run step'];
        const places = order.map((name) => names.findIndex((one) => one.startsWith(name)));
        expect(places).toEqual([...places].sort((a, b) => a - b));
        expect(places[0]).toBeGreaterThan(0);
      }
      await window.close();
    });
});

describe('a small window', () => {
  it('shows what changed and the next step of the page without scrolling', async () => {
    const window = await open(SCREENS[0] as (typeof SCREENS)[number], { width: 1_024, height: 640 });
    for (const text of ['ranking-model v41 → v42', '1 of 7 · Compare P99 by model version', 'Run step'])
      expect(
        await window.page
          .getByText(text)
          .first()
          .evaluate((one) => one.getBoundingClientRect().bottom),
      ).toBeLessThanOrEqual(640);
    await window.close();
  });

  it('shows the running step of the incident without scrolling', async () => {
    const window = await open(SCREENS[1] as (typeof SCREENS)[number], { width: 1_024, height: 640 });
    const step = window.page.locator('[aria-current="step"] button', { hasText: 'Run step' });
    expect(await step.evaluate((one) => one.getBoundingClientRect().bottom)).toBeLessThanOrEqual(640);
    await window.close();
  });
});

describe('a chart', () => {
  it('reads the same instant in all linked charts under the pointer, and gives the latest back when it leaves', async () => {
    const window = await open(SCREENS[1] as (typeof SCREENS)[number], {});
    const overs = window.page.locator('.u-over');
    const captions = window.page.locator('figcaption');
    const box = await overs.first().boundingBox();
    if (!box) throw new Error('no chart');
    await window.page.mouse.move(box.x + box.width * 0.3, box.y + 30, { steps: 3 });
    await window.page.waitForFunction(() => document.querySelectorAll('[data-reading]').length === 5);
    const times = await captions.evaluateAll((all) =>
      all.map((one) => (one.textContent ?? '').match(/\d\d:\d\d:\d\d/)?.[0]),
    );
    expect(new Set(times).size).toBe(1);
    await window.page.mouse.move(5, 5);
    await window.page.waitForFunction(() => document.querySelectorAll('[data-reading]').length === 0);
    await window.close();
  });

  it('shows the time of the incident, all of it after a double click, and the incident again after another', async () => {
    const window = await open(SCREENS[0] as (typeof SCREENS)[number], {});
    const box = await window.page.locator('.u-over').first().boundingBox();
    if (!box) throw new Error('no chart');
    const readAtTheLeft = async () => {
      await window.page.mouse.move(box.x + 200, box.y + 30);
      await window.page.mouse.move(box.x + 4, box.y + 30, { steps: 3 });
      await window.page.waitForTimeout(100);
      const caption = await window.page.locator('figcaption').first().textContent();
      const [hours = 0, minutes = 0, seconds = 0] = (caption?.match(/\d\d:\d\d:\d\d/)?.[0] ?? '')
        .split(':')
        .map(Number);
      return (hours * 60 + minutes) * 60 + seconds;
    };
    const twice = () => window.page.mouse.dblclick(box.x + 4, box.y + 30);
    // A busy machine draws late: read until it is so, and fail on what was read last.
    const readUntil = async (fits: (read: number) => boolean) => {
      let read = await readAtTheLeft();
      for (let tries = 0; tries < 50 && !fits(read); tries += 1) read = await readAtTheLeft();
      return read;
    };
    // Of a very busy machine Chromium takes two clicks as two single ones: then a person clicks twice again.
    const afterTwice = async (fits: (read: number) => boolean) => {
      let read = Number.NaN;
      for (let times = 0; times < 3 && !fits(read); times += 1) {
        await twice();
        read = await readUntil(fits);
      }
      return read;
    };
    const incident = await readUntil((read) => read > 0);
    // The view moves on with the time, by seconds; all that there is begins a minute and more before it.
    expect(incident - (await afterTwice((read) => incident - read > 60))).toBeGreaterThan(60);
    expect(Math.abs((await afterTwice((read) => Math.abs(read - incident) < 45)) - incident)).toBeLessThan(
      45,
    );
    await window.close();
  });

  it('says in words what it shows', async () => {
    const window = await open(SCREENS[0] as (typeof SCREENS)[number], {});
    const label = await window.page.locator('figure [role="img"]').first().getAttribute('aria-label');
    expect(label).toMatch(
      /^Burn rate, ×, ranking-latency\. Latest: 5 m .*×, 1 h .*× at .* UTC; threshold page 13\.44×; .*v42 at/,
    );
    await window.close();
  });
});
