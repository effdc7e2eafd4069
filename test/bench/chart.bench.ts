import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { encodeSeries } from '../../shared/contract/series-file.ts';
import type { Series } from '../../shared/model/metric.ts';
import { type Benchmark, type Options, UsageError } from './support/benchmark.ts';
import { startBrowser } from './support/browser.ts';

const PAGES = ['bare', 'window-chart'] as const;
type PageName = (typeof PAGES)[number];
const LINES = 10;
const PANEL_LINES = 5;
const PANEL_POINTS = 300;

export const benchmark: Benchmark = {
  about:
    'the Signals chart against a page of bare uPlot in one Chromium: first paint, and panels live at 1 Hz',
  options: {
    points: {
      kind: 'number',
      about: 'points in all, in ten series',
      default: 10_000_000,
      min: 10_000,
      max: 20_000_000,
    },
    runs: { kind: 'number', about: 'first paints of each page', default: 5, min: 1, max: 50 },
    panels: { kind: 'number', about: 'panels that are live', default: 24, min: 1, max: 100 },
    seconds: { kind: 'number', about: 'how long they are live', default: 20, min: 3, max: 600 },
  },
  async run(options, say) {
    const browser = await startBrowser();
    if (!browser) throw new UsageError('Chromium is not installed: nothing can be measured here.');
    const folder = await mkdtemp(join(tmpdir(), 'midwatch-chart-'));
    const server = await serve(folder, options);
    try {
      await buildPages(folder);
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const paints = await firstPaints(browser, address, options, say);
      const busy = await livePanels(browser, address, options, say);
      return {
        figures: [
          ...PAGES.map((page) => ({
            name: `first_paint_${page.replace('-', '_')}_ms`,
            label: `first paint, ${page}`,
            value: median(paints[page]),
            unit: 'ms',
          })),
          {
            name: 'first_paint_ratio',
            label: 'first paint, ratio',
            value: median(paints['window-chart']) / median(paints.bare),
            unit: '×',
            atMost: 1.3,
          },
          ...PAGES.map((page) => ({
            name: `live_${page.replace('-', '_')}_cpu_ms`,
            label: `live panels, processor each second, ${page}`,
            value: busy[page],
            unit: 'ms',
          })),
          {
            name: 'live_ratio',
            label: 'live panels, ratio',
            value: busy['window-chart'] / busy.bare,
            unit: '×',
            atMost: 1.3,
          },
        ],
        notes: [
          `Chromium ${browser.version()}; from the bytes in the page's memory to the frame on the screen; medians.`,
          'Both pages fetch the same series file and draw all of its lines at the same size, one pixel wide. The bare page decodes it and gives it to uPlot as its examples do, legend included; the window’s page makes it ready in its worker and draws it with its chart under one React root, without a legend.',
          'A live tick gives the same bytes to all panels in one task; the bare page sets them at once, the window’s worker gathers renewals for 80 ms.',
          'The processor time is that of the browser’s renderer and GPU processes, workers included.',
        ],
      };
    } finally {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function firstPaints(browser: Browser, address: string, options: Options, say: (text: string) => void) {
  const paints: Record<PageName, number[]> = { bare: [], 'window-chart': [] };
  for (let run = 0; run < options.number('runs'); run += 1)
    for (const name of run % 2 === 0 ? PAGES : PAGES.toReversed()) {
      const page = await browser.newPage({ viewport: { width: 1_280, height: 720 } });
      await page.goto(`${address}/${name}.html`);
      const ms = await page.evaluate('chartPage.firstPaint()');
      paints[name].push(ms as number);
      say(`first paint ${run + 1}, ${name}: ${(ms as number).toFixed(0)} ms`);
      await page.close();
    }
  return paints;
}

async function livePanels(browser: Browser, address: string, options: Options, say: (text: string) => void) {
  const busy: Record<PageName, number> = { bare: 0, 'window-chart': 0 };
  const seconds = options.number('seconds');
  const system = await browser.newBrowserCDPSession();
  const spent = async () => {
    const { processInfo } = await system.send('SystemInfo.getProcessInfo');
    return processInfo
      .filter((one) => one.type === 'renderer' || one.type === 'GPU')
      .reduce((sum, one) => sum + one.cpuTime, 0);
  };
  for (const name of PAGES) {
    const page = await browser.newPage({ viewport: { width: 1_280, height: 2_000 } });
    await page.goto(`${address}/${name}.html`);
    // The panels are made first: what is measured is the life of them.
    await page.evaluate(`chartPage.begin(${options.number('panels')})`);
    const before = await spent();
    await page.evaluate(`chartPage.live(${options.number('panels')}, ${seconds})`);
    busy[name] = ((await spent()) - before) * (1_000 / seconds);
    say(`${options.number('panels')} panels, ${name}: ${busy[name].toFixed(0)} ms of processor each second`);
    await page.close();
  }
  await system.detach();
  return busy;
}

async function buildPages(folder: string): Promise<void> {
  const root = join(import.meta.dirname, 'support', 'chart-page');
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'error',
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      outDir: folder,
      target: 'chrome140',
      reportCompressedSize: false,
      rollupOptions: { input: PAGES.map((name) => join(root, `${name}.html`)) },
    },
  });
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

async function serve(folder: string, options: Options): Promise<Server> {
  const whole = encodeSeries({
    series: wave(LINES, Math.floor(options.number('points') / LINES), options.seed, 0),
    unwatched: [],
  });
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/whole.bin') return void response.end(whole);
    if (url.pathname === '/panel.bin') {
      const tick = Number(url.searchParams.get('tick'));
      const series = wave(PANEL_LINES, PANEL_POINTS, options.seed, tick);
      return void response.end(encodeSeries({ series, unwatched: [] }));
    }
    try {
      const body = await readFile(join(folder, url.pathname.replaceAll('..', '')));
      response.setHeader('content-type', TYPES[extname(url.pathname)] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Lines that rise, fall and shake, a sample each second; the same for the same seed. */
function wave(lines: number, points: number, seed: number, tick: number): Series[] {
  let state = seed || 1;
  const shake = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const times = Float64Array.from({ length: points }, (_, at) => (at + tick) * 1_000);
  return Array.from({ length: lines }, (_, line) => ({
    labels: { line: String(line) },
    times,
    values: Float64Array.from(
      { length: points },
      (_, at) => line * 3 + Math.sin((at + tick) / 997) + shake(),
    ),
  }));
}

function median(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  return ordered[Math.floor(ordered.length / 2)] ?? Number.NaN;
}
