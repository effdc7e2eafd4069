import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { TestCore } from './core.ts';
import { until } from './scraping-prometheus.ts';

const root = join(import.meta.dirname, '..', '..');
const RESULTS = join(root, 'test-results', 'screenshots');
/** Where screenshots go: beside the documentation when they are to be renewed, else to a folder that git ignores. */
const SHOTS = process.env.UPDATE_SCREENSHOTS === '1' ? join(root, 'docs', 'screenshots') : RESULTS;

export interface Journey {
  readonly page: Page;
  readonly core: TestCore;
  /** Begins the names of the screenshots. */
  readonly name: string;
  /** Breaks the model for real; answers when it has been asked for. */
  readonly breakModel: () => Promise<void>;
}

export async function shoot({ page, name }: Journey, what: string, both = true): Promise<void> {
  // The settings name folders of the machine that runs this: they are looked at, not published.
  const folder = what === 'settings' ? RESULTS : SHOTS;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}-${what}.png`) });
  if (!both) return;
  const size = page.viewportSize();
  await page.setViewportSize({ width: 1024, height: 640 });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(SHOTS, `${name}-${what}-small.png`) });
  if (size) await page.setViewportSize(size);
  await page.waitForTimeout(300);
}

/** Journey 1 from healthy objectives to the finished postmortem, by keys, as a person at 3 a.m. would do it. */
export async function walk(journey: Journey): Promise<{ notifiedMs: number; recoveredMs: number }> {
  const { page } = journey;
  await page.getByText('Nothing is firing').waitFor({ timeout: 20_000 });
  await go(page, 'o');
  await page.getByText('Gateway availability').first().waitFor();
  await until(() => objectiveState(journey) === 'ok', 30_000, 'gateway-availability was not evaluated as ok');
  await shoot(journey, 'objectives-healthy', false);
  await go(page, 't');

  const brokenAt = Date.now();
  await journey.breakModel();
  await page.getByText('Needs you').waitFor({ timeout: 60_000 });
  const notifiedMs = (await notifiedAt(journey)) - brokenAt;
  await page
    .getByText(/burn rate/i)
    .first()
    .waitFor();
  await page.waitForTimeout(3_000);
  await shoot(journey, 'triage');

  await page.keyboard.press('a');
  await page.getByText('Someone has it').waitFor();
  await page.keyboard.press('Enter');
  await page
    .getByRole('heading', { name: /timeline/i })
    .first()
    .waitFor();
  await runPlaybook(journey);
  const recoveredAt = await recovery(journey);
  await page
    .getByText(/^Recovered after/)
    .first()
    .waitFor();
  await page.waitForTimeout(1_000);
  await shoot(journey, 'incident');
  await go(page, 'o');
  await page.waitForTimeout(1_000);
  await shoot(journey, 'objectives');
  await writePostmortem(journey);
  await go(page, 's');
  await page.waitForTimeout(500);
  await shoot(journey, 'settings', false);
  await go(page, 'h');
  await page.getByRole('heading', { name: 'Loop delay, p99' }).waitFor();
  await shoot(journey, 'health', false);
  return { notifiedMs, recoveredMs: recoveredAt - brokenAt };
}

async function go(page: Page, letter: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(letter);
}

function objectiveState({ core }: Journey): string | undefined {
  return core.app.hub.get('objectives').find((one) => one.objective.id === 'gateway-availability')?.state;
}

function incident({ core }: Journey) {
  const [newest] = [...core.app.hub.get('incidents')].sort((a, b) => b.openedAt - a.openedAt);
  if (!newest) throw new Error('There is no incident.');
  return newest;
}

async function notifiedAt({ core }: Journey): Promise<number> {
  const sent = () =>
    core.app.hub
      .get('deliveries')
      .find((one) => one.kind === 'browser' && one.state === 'sent' && !one.page.resolved);
  await until(() => sent() !== undefined, 30_000, 'no browser notification was shown');
  return sent()?.sentAt ?? Number.POSITIVE_INFINITY;
}

/** `r` until the playbook has nothing left, typing the name that production asks for after reading the request. */
async function runPlaybook(journey: Journey): Promise<void> {
  const { page, core } = journey;
  const run = () => core.app.hub.get('runs').find((one) => one.incidentId === incident(journey).id);
  let typed = false;
  const isOver = () => run()?.nextStep === null;
  for (let step = 0; step < 12 && !isOver(); step += 1) {
    const before = JSON.stringify(run()?.steps.map((step) => step.phase));
    const dialog = page.getByRole('dialog');
    const moved = async () =>
      isOver() ||
      (await dialog.count()) > 0 ||
      JSON.stringify(run()?.steps.map((step) => step.phase)) !== before;
    // Between two steps the last answer still travels, and the key does nothing until it is there: press again, as people do.
    for (let press = 0; press < 10 && !(await moved()); press += 1) {
      await page.keyboard.press('r');
      await until(moved, 3_000, 'nothing moved').catch(() => undefined);
    }
    await until(
      moved,
      1_000,
      () => `a step neither ran nor asked: ${JSON.stringify(core.app.hub.get('runs'))}`,
    );
    // A step that was being verified as the last one is over without anybody's doing.
    if (isOver()) break;
    if ((await dialog.count()) > 0) {
      await dialog.getByText('/control/roll-back').waitFor();
      await shoot(journey, 'confirm', false);
      await dialog.getByRole('textbox').fill('ranking-model');
      await page.keyboard.press('Enter');
      typed = true;
      await dialog.waitFor({ state: 'detached' });
    }
    const phases = () => run()?.steps.map((step) => step.phase) ?? [];
    await until(
      () => JSON.stringify(phases()) !== before && !phases().includes('running'),
      90_000,
      `a step did not end (${phases().join(', ')})`,
    );
  }
  const steps = run()?.steps ?? [];
  expect(steps.find((step) => step.stepId === 'compare-versions')?.phase).toBe('found');
  expect(steps.find((step) => step.stepId === 'roll-back')?.phase).toBe('done');
  expect(typed).toBe(true);
}

async function recovery(journey: Journey): Promise<number> {
  await until(() => incident(journey).recoveredAt !== null, 90_000, 'the incident did not recover');
  return incident(journey).recoveredAt ?? Number.POSITIVE_INFINITY;
}

async function writePostmortem(journey: Journey): Promise<void> {
  const { page, core } = journey;
  const { id } = incident(journey);
  await page.goto(`${new URL(page.url()).origin}/#/incident/${id}/postmortem`);
  const words = 'A version went out whose feature was missing online; it was rolled back.';
  await page.getByRole('button', { name: 'Write: Summary' }).click({ timeout: 10_000 });
  const summary = page.getByRole('textbox', { name: /summary/i }).first();
  await summary.fill(words);
  await page
    .getByText(/^saved/i)
    .first()
    .waitFor({ timeout: 10_000 });
  await page.reload();
  await page.getByText(words).first().waitFor({ timeout: 10_000 });
  await shoot(journey, 'postmortem');
  await page.locator('body').press('x');
  const folder = join(core.dataFolder, 'exports');
  await until(
    () => markdownIn(folder).some((text) => text.includes(words)),
    10_000,
    'no postmortem was written to disk',
  );
  await page.getByRole('button', { name: 'Dismiss' }).first().click();
}

function markdownIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return globSync('**/*.md', { cwd: folder }).map((path) => readFileSync(join(folder, path), 'utf8'));
}
