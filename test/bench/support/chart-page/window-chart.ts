import { type CSSProperties, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { SignalChart } from '../../../../renderer/chart/signal-chart.tsx';
import type { SignalFrame } from '../../../../renderer/state/signal-frame.ts';
import { createFrameMaker, startFrameWorker } from '../../../../renderer/state/signal-worker.ts';
import '../../../../renderer/style/index.css';
import { HEIGHT_PX, painted, place, servePage, WIDTH_PX } from './page.ts';

config({ jitless: true });

/** The window's own way: the worker that makes an answer ready, and the component that draws it. */
const maker = createFrameMaker(startFrameWorker);
const nothing = () => undefined;
const COLOURS = ['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-6'];

async function frameOf(file: ArrayBuffer, widthPx: number, isRenewal: boolean): Promise<SignalFrame> {
  const { fromAt, toAt, stepMs } = rangeOf(file);
  const wish = {
    fromAt,
    toAt,
    stepMs,
    widthPx,
    draw: 'lines' as const,
    linesMax: 40,
    pinned: [],
    compareMs: 0,
  };
  return maker.make(file, null, wish, isRenewal);
}

/** The first series' times, read where they stand: the page's question would have named them. */
function rangeOf(file: ArrayBuffer): { fromAt: number; toAt: number; stepMs: number } {
  const view = new DataView(file);
  const head = 16 + Math.ceil(view.getUint32(4) / 8) * 8;
  const count = firstLength(file);
  const times = new Float64Array(file, head, count);
  const [fromAt = 0, second = 0] = times;
  return { fromAt, toAt: times[count - 1] ?? 0, stepMs: second - fromAt };
}

function firstLength(file: ArrayBuffer): number {
  const text = new TextDecoder().decode(new Uint8Array(file, 16, new DataView(file).getUint32(4)));
  return (JSON.parse(text) as { series: { length: number }[] }).series[0]?.length ?? 0;
}

function chartOf(frame: SignalFrame) {
  return createElement(SignalChart, {
    data: {
      fromAt: frame.fromAt,
      toAt: frame.toAt,
      seconds: frame.seconds,
      columns: frame.lines.map((line) => ({
        values: line.values,
        colour: COLOURS[line.row % COLOURS.length] as string,
        dashed: false,
      })),
      band: frame.band,
      bounds: [],
      heat: null,
      marks: [],
      spans: [],
    },
    summary: 'benchmark',
    focus: null,
    link: 'benchmark',
    unit: '',
    zone: 'utc',
    onPoint: nothing,
    onZoom: nothing,
    onReset: nothing,
  });
}

type Board = StoreApi<ReadonlyMap<number, SignalFrame>>;

/** Each panel looks at its own part of one store under one root, as those of the screen do. */
function Panel({ board, panel, height }: { board: Board; panel: number; height: number }) {
  const frame = useStore(board, (all) => all.get(panel));
  const place = { '--plot-height': `${height}px` } as CSSProperties;
  return createElement('div', { style: place }, frame ? chartOf(frame) : null);
}

function showBoard(panels: number, width: number, height: number): Board {
  const board = createStore<ReadonlyMap<number, SignalFrame>>()(() => new Map());
  const all = Array.from({ length: panels }, (_, panel) =>
    createElement(Panel, { key: panel, board, panel, height }),
  );
  createRoot(place(width, height * panels)).render(all);
  return board;
}

let live: Board | null = null;
const drawn = new Set<number>();
servePage({
  firstPaint: async (file) => {
    const from = performance.now();
    const board = showBoard(1, WIDTH_PX, HEIGHT_PX);
    const frame = await frameOf(file, WIDTH_PX, false);
    board.setState(new Map([[0, frame]]), true);
    await new Promise<void>((resolve) => {
      const look = () => (document.querySelector('canvas') ? resolve() : setTimeout(look));
      look();
    });
    await painted();
    return performance.now() - from;
  },
  panels: (count) => {
    live = showBoard(count, 400, 160);
  },
  tick: async (panel, file) => {
    const isRenewal = drawn.has(panel);
    drawn.add(panel);
    const frame = await frameOf(file, 400, isRenewal);
    live?.setState((all) => new Map(all).set(panel, frame), true);
  },
});
