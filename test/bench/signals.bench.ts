import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Benchmark, type Figure, type Measured, type Options, UsageError } from './support/benchmark.ts';
import { startBrowser } from './support/browser.ts';
import { launchAddress, prepareCore, startCore } from './support/core-process.ts';
import { STEP_MS } from './support/made-samples.ts';
import { type MeasuredProcess, startMeasured } from './support/measured-process.ts';

const FILL_MS = 900_000;
const ANSWER_MS = 300_000;
/** A person notices a key that is answered later than this. Source: Nielsen, "Response Times", 1993: 0.1 s, 1 s. */
const KEY_MAX_MS = 1_000;
const FILLER = join(import.meta.dirname, 'support', 'signals-fill.main.ts');

export const benchmark: Benchmark = {
  about:
    'a large answer through the whole application: stored samples, core, browser and the Signals chart, and who has to wait',
  options: {
    series: { kind: 'number', about: 'series', default: 10_000, min: 100, max: 10_000 },
    steps: { kind: 'number', about: 'points of each series', default: 1_000, min: 10, max: 10_000 },
    runs: { kind: 'number', about: 'times that the question is asked', default: 3, min: 1, max: 20 },
    source: { kind: 'flag', about: 'runs the sources instead of the bundles' },
  },
  run,
};

interface Asked {
  readonly answerMs: number;
  /** The longest that the window did not draw a frame while it waited and drew. */
  readonly frameGapMs: number;
  /** The longest that a key waited for what it does. */
  readonly keyMs: number;
}

interface Question {
  readonly series: number;
  readonly steps: number;
  readonly fromAt: number;
  readonly run: number;
}

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const fromSource = options.flag('source');
  await prepareCore(fromSource);
  const browser = await startBrowser();
  if (!browser) throw new UsageError('Chromium is not installed: nothing can be measured here.');
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-signals-'));
  const steps = options.number('steps');
  const fromAt = Math.floor((Date.now() - 3_600_000 - steps * STEP_MS) / STEP_MS) * STEP_MS;
  let core: MeasuredProcess | undefined;
  try {
    mkdirSync(join(folder, 'data'));
    mkdirSync(join(folder, 'workspace'));
    writeFileSync(join(folder, 'workspace', 'midwatch.yaml'), 'name: signals\nsources: []\n');
    say(`filling a store with ${(options.number('series') * steps).toLocaleString('en-US')} samples`);
    await fill(options, join(folder, 'data', 'metrics.db'), fromAt);
    const command = ['serve', join(folder, 'workspace'), '--port', '0', '--data', join(folder, 'data')];
    core = startCore({ fromSource, command, probePath: join(folder, 'probe') });
    return await ask(core, browser, options, fromAt, say);
  } finally {
    await browser.close();
    await core?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(options: Options, path: string, fromAt: number): Promise<void> {
  const args = [FILLER, path, ...['series', 'steps'].map((name) => String(options.number(name)))];
  const filler = startMeasured({ args: [...args, String(fromAt), String(options.seed)] });
  await filler.printed(/filled/, FILL_MS);
  await filler.end();
}

async function ask(
  core: MeasuredProcess,
  browser: Browser,
  options: Options,
  fromAt: number,
  say: (text: string) => void,
): Promise<Measured> {
  const { address } = await launchAddress(core);
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  await page.goto(address);
  await page.getByRole('heading').first().waitFor();
  const [series, steps] = [options.number('series'), options.number('steps')];
  const asked: Asked[] = [];
  await core.reading();
  for (let run = 0; run < options.number('runs'); run += 1) {
    asked.push(await askOnce(page, { series, steps, fromAt, run }));
    say(`answer ${run + 1}: ${JSON.stringify(asked.at(-1))}`);
  }
  const loop = await core.reading();
  const figures: Figure[] = [
    { name: 'points', label: 'points of the answer', value: series * steps, unit: '' },
    {
      name: 'answerMs',
      label: 'from the question to its picture',
      value: median(asked.map((one) => one.answerMs)),
      unit: 'ms',
    },
    {
      name: 'frameGapMs',
      label: 'longest time without a frame meanwhile',
      value: Math.max(...asked.map((one) => one.frameGapMs)),
      unit: 'ms',
      atMost: KEY_MAX_MS,
    },
    {
      name: 'keyMs',
      label: 'longest that a key waited meanwhile',
      value: Math.max(...asked.map((one) => one.keyMs)),
      unit: 'ms',
      atMost: KEY_MAX_MS,
    },
    {
      name: 'loopP99Ms',
      label: "core's main thread: loop delay, 99 %",
      value: loop.p99Ms,
      unit: 'ms',
      atMost: 20,
    },
    { name: 'loopMaxMs', label: '  the longest', value: loop.maxMs, unit: 'ms' },
    { name: 'pssMiB', label: 'core, PSS, after it', value: core.pssMiB(), unit: 'MiB' },
  ];
  return {
    figures,
    notes: [
      `Chromium ${browser.version()}, 1440 × 900, forty lines and a band of the rest; the median of the answers, the worst of the rest.`,
      'A quiet loop reads 10 ms, the distance of its beats.',
    ],
  };
}

/** Asks by the address, and presses a key that opens and closes a form until the picture stands. */
async function askOnce(page: Page, { series, steps, fromAt, run }: Question): Promise<Asked> {
  const said = `${series.toLocaleString('en-US')} series, ${(series * steps).toLocaleString('en-US')} points`;
  const toAt = fromAt + (steps - 1) * STEP_MS;
  const range = `${new Date(fromAt).toISOString()}/${new Date(toAt).toISOString()}`;
  // Another expression each time: what was answered last stays in its place while the same is asked again.
  const panel = new URLSearchParams({ expr: `many{run!="${run}"}`, source: 'local' }).toString();
  const view = new URLSearchParams({ range, step: `${STEP_MS / 1_000}s`, panel }).toString();
  await page.evaluate('location.hash = "#/signals?range=5m"');
  await page.getByText('Ask for a signal').waitFor();
  await page.getByText(said).waitFor({ state: 'detached' });
  await page.evaluate(FRAMES);
  const beganAt = performance.now();
  await page.evaluate(`location.hash = ${JSON.stringify(`#/signals?${view}`)}`);
  let keyMs = 0;
  const shown = page.getByText(said);
  const form = page.getByRole('complementary');
  for (let open = true; !(await shown.isVisible()); open = !open) {
    if (performance.now() - beganAt > ANSWER_MS) throw new Error(`No picture after ${ANSWER_MS / 1_000} s.`);
    const pressedAt = performance.now();
    await page.keyboard.press('n');
    await form.waitFor({ state: open ? 'visible' : 'detached', timeout: ANSWER_MS });
    keyMs = Math.max(keyMs, performance.now() - pressedAt);
    if (!open) await page.waitForTimeout(50);
  }
  const answerMs = performance.now() - beganAt;
  const frameGapMs = (await page.evaluate('globalThis.stopFrames()')) as number;
  if (await form.isVisible()) await page.keyboard.press('n');
  await form.waitFor({ state: 'detached' });
  return { answerMs: Math.round(answerMs), frameGapMs: Math.round(frameGapMs), keyMs: Math.round(keyMs) };
}

/** The page's own clock of its frames. */
const FRAMES = `(() => {
  let last = performance.now();
  let longest = 0;
  let running = true;
  const frame = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.stopFrames = () => {
    running = false;
    return Math.max(longest, performance.now() - last);
  };
})()`;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
