import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { createWindowClient } from '../../main/host/node/index.ts';
import { silentLogger } from '../../main/platform/index.ts';
import { buildWindow } from '../support/window/browser.ts';
import {
  type AlertCore,
  quantile,
  serviceId,
  startAlertCore,
  until,
  type WebhookAlert,
} from './support/alert-core.ts';
import { type Benchmark, type Measured, type Options, UsageError } from './support/benchmark.ts';
import { startBrowser } from './support/browser.ts';

/** From the change to the screen, as promised. */
const SHOWN_MAX_MS = 100;
/** Only then is the first of a group told. */
const GROUP_WAIT_MS = 30_000;
/** For the stores and the windows to be done with it. */
const QUIET_MS = 5_000;
const SERVICES = 500;
const A_REQUEST = 1_000;

export const benchmark: Benchmark = {
  about:
    'many active alerts, and one of them changes: until Chromium shows it, over the real core in the Node host',
  options: {
    alerts: { kind: 'number', about: 'active alerts', default: 15_000, min: 10, max: 50_000 },
    changes: { kind: 'number', about: 'changes that are measured', default: 30, min: 5, max: 500 },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const browser = await startBrowser();
  if (!browser) throw new UsageError('Chromium is not installed: nothing can be measured here.');
  const window = await buildWindow();
  const alerts = await startAlertCore(SERVICES, { windowFolder: window.folder, dependent: false });
  try {
    const count = options.number('alerts');
    const tookMs = await fill(alerts, count);
    say(`${count} alerts fire after ${(tookMs / 1_000).toFixed(1)} s`);
    await settled();
    say('all is said that they have set going');
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const openedAt = performance.now();
    await page.goto(alerts.core.server.launchAddress());
    await page.locator('[role=option]').first().waitFor({ timeout: 60_000 });
    const listMs = performance.now() - openedAt;
    say(`the list is there after ${listMs.toFixed(0)} ms`);
    await page.getByText(/open, by severity/).waitFor({ timeout: 60_000 });
    const wholeMs = performance.now() - openedAt;
    say(`all of them are there after ${wholeMs.toFixed(0)} ms`);
    // The page is done with them as well.
    await sleep(QUIET_MS);
    const keys = await press(page, options.number('changes'));
    const shown = await change(alerts, page, options.number('changes'));
    return {
      figures: [
        {
          name: 'shown_p50_ms',
          label: 'acknowledged to shown, median',
          value: quantile(shown, 0.5),
          unit: 'ms',
        },
        {
          name: 'shown_p95_ms',
          label: 'acknowledged to shown, p95',
          value: quantile(shown, 0.95),
          unit: 'ms',
          atMost: SHOWN_MAX_MS,
        },
        {
          name: 'key_p75_ms',
          label: 'key pressed to the next picture, p75',
          value: quantile(keys, 0.75),
          unit: 'ms',
          atMost: SHOWN_MAX_MS,
        },
        {
          name: 'list_ms',
          label: 'page opened to a list in it',
          value: listMs,
          unit: 'ms',
        },
        { name: 'whole_ms', label: 'page opened to all alerts in it', value: wholeMs, unit: 'ms' },
        { name: 'taken_s', label: 'all alerts taken in and decided', value: tookMs / 1_000, unit: 's' },
      ],
      notes: [
        `Chromium ${browser.version()}, ${count} alerts that fire, after all is said that they have set going. Measured from the core's answer that the acknowledgement is stored to the frame after the row in the page says who acknowledged.`,
        'Promised, and not asserted here: a usable list within 1 s of 10 000 alerts. Most of it is the page itself: compare with --alerts 20.',
      ],
    };
  } finally {
    await browser.close();
    await alerts.end();
  }
}

/** P3: they wake nobody and open no incident, so each stands in the list by itself. */
async function fill(alerts: AlertCore, count: number): Promise<number> {
  const beganAt = performance.now();
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  const all = Array.from(
    { length: count },
    (_, i): WebhookAlert => ({
      status: 'firing',
      labels: { alertname: `Full ${i}`, service: serviceId(i % SERVICES), severity: 'info', disk: String(i) },
      startsAt,
    }),
  );
  for (let from = 0; from < all.length; from += A_REQUEST)
    await alerts.send(all.slice(from, from + A_REQUEST));
  await until('the alerts', () => {
    const firing = alerts.core.app.hub.get('alerts').filter((one) => one.phase === 'firing').length;
    return firing >= count ? firing : undefined;
  });
  return performance.now() - beganAt;
}

/** What the alerts have set going is done: their groups have been told, and that is stored and shown. */
async function settled(): Promise<void> {
  await sleep(GROUP_WAIT_MS + QUIET_MS);
}

/** Moves the selection; how long each press took to be on the screen, as the browser itself measures it. */
async function press(page: Page, presses: number): Promise<number[]> {
  await page.evaluate(() => {
    const took: number[] = [];
    // The DOM's types do not know the threshold yet.
    const watched: PerformanceObserverInit & { durationThreshold: number } = {
      type: 'event',
      durationThreshold: 16,
    };
    Object.assign(globalThis, { took });
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) if (one.name === 'keydown') took.push(one.duration);
    }).observe(watched);
  });
  for (let i = 0; i < presses; i += 1) {
    await page.keyboard.press('j');
    await sleep(100);
  }
  const took = await page.evaluate(() => (globalThis as unknown as { took: number[] }).took);
  // What is painted within a picture of the display is not reported: it took at most that.
  return [...took, ...Array.from({ length: Math.max(0, presses - took.length) }, () => 16)];
}

/** Acknowledges alerts whose rows are in sight, one after the other. */
async function change({ core }: AlertCore, page: Page, changes: number): Promise<number[]> {
  const client = await createWindowClient(core.server, silentLogger(), () => undefined);
  const shown: number[] = [];
  const done = new Set<string>();
  try {
    for (let i = 0; i < changes; i += 1) {
      const inSight = await page.locator('[role=option]').evaluateAll((rows) => rows.map((row) => row.id));
      const rowId = inSight.find((id) => id.startsWith('row-') && !done.has(id));
      if (rowId === undefined) throw new Error('No row of an alert that was not acknowledged is in sight.');
      done.add(rowId);
      const alertId = core.app.hub.get('alerts').find((one) => rowId.endsWith(one.id))?.id;
      if (alertId === undefined) continue;
      const seen = page.evaluate(watchRow, rowId);
      // Where the request fails, that is the news, and not that the page was closed for it.
      seen.catch(() => undefined);
      await client.call.alert.acknowledge({ alertId });
      const acceptedAt = Date.now();
      shown.push(Math.max(0, (await seen) - acceptedAt));
    }
    return shown;
  } finally {
    await client.close();
  }
}

/** In the page: when the row says that it is acknowledged, or has moved away from where it was for that. */
function watchRow(rowId: string): Promise<number> {
  const isDone = () => {
    const row = document.getElementById(rowId);
    return row === null || (row.textContent ?? '').includes('tester');
  };
  return new Promise((resolve) => {
    const look = () => {
      if (isDone()) requestAnimationFrame(() => resolve(Date.now()));
      else requestAnimationFrame(look);
    };
    look();
  });
}
