import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onThemeChange, type Palette, readPalette } from './colour.ts';
import { drawBehind, drawFront, type Overlay } from './draw.ts';
import { yRange } from './scale.ts';
import { axesOf } from './signal-axis.ts';
import { extentOf, type SignalData, type SignalPoint } from './signal-data.ts';
import { drawBand, drawBounds, drawHeat, drawLate, pathOf } from './signal-draw.ts';

export interface SignalLook {
  /** Charts with one key share their crosshair. */
  readonly link: string;
  readonly unit: string;
  readonly zone: 'utc' | 'local';
}

export interface SignalEvents {
  onPoint(point: SignalPoint | null): void;
  onZoom(fromAt: number, toAt: number): void;
  onReset(): void;
}

export interface SignalPlot {
  update(data: SignalData, look: SignalLook): void;
  /** Dims all lines but one; null: none. */
  focus(column: number | null): void;
  /** Moves the crosshair by so many columns, as an arrow key does. */
  step(by: number): void;
  destroy(): void;
}

interface Live {
  readonly host: HTMLElement;
  readonly events: SignalEvents;
  data: SignalData;
  look: SignalLook;
  palette: Palette;
  /** A canvas knows no cascade: the family has to be named. Asked once, as each look costs a layout. */
  readonly family: string;
  focus: number | null;
  said: string;
}

/** Less than this is a hand that shook, not a part that was chosen. */
const DRAG_PX = 6;

/** Draws into the host and follows its size, the theme and the crosshair of its link. The number of lines stays as it is. */
export function createSignalPlot(
  host: HTMLElement,
  data: SignalData,
  look: SignalLook,
  events: SignalEvents,
): SignalPlot {
  const live: Live = {
    host,
    events,
    data,
    look,
    palette: readPalette(host),
    family: getComputedStyle(host).fontFamily,
    focus: null,
    said: '',
  };
  const plot = new uPlot(optionsOf(live), tableOf(data), host);
  const resize = new ResizeObserver(() => {
    if (host.clientWidth > 0 && host.clientHeight > 0)
      plot.setSize({ width: host.clientWidth, height: host.clientHeight });
  });
  resize.observe(host);
  const stopTheme = onThemeChange(() => {
    live.palette = readPalette(host);
    plot.redraw(true, true);
  });
  return {
    update: (next, nextLook) => {
      Object.assign(live, { data: next, look: nextLook });
      plot.setData(tableOf(next), true);
    },
    focus: (column) => {
      live.focus = column;
      for (const [index, series] of plot.series.entries())
        if (index > 0) series.alpha = alphaOf(live, index - 1);
      plot.redraw(false, false);
    },
    step: (by) => {
      const slots = live.data.seconds.length;
      const from = plot.cursor.idx ?? (by > 0 ? -1 : slots);
      const slot = Math.min(slots - 1, Math.max(0, from + by));
      const left = plot.valToPos(live.data.seconds[slot] ?? 0, 'x');
      plot.setCursor({ left, top: plot.bbox.height / devicePixelRatio / 2 }, true);
    },
    destroy: () => {
      stopTheme();
      resize.disconnect();
      plot.destroy();
    },
  };
}

function tableOf(data: SignalData): uPlot.AlignedData {
  return [data.seconds, ...data.columns.map((column) => column.values)];
}

function optionsOf(live: Live): uPlot.Options {
  const { host, data } = live;
  return {
    width: Math.max(50, host.clientWidth),
    height: Math.max(40, host.clientHeight),
    legend: { show: false },
    padding: [8, 10, 0, 0],
    scales: {
      x: { time: false, auto: false, range: () => [live.data.fromAt / 1_000, live.data.toAt / 1_000] },
      y: { range: () => rangeOf(live.data) },
    },
    axes: axesOf({
      font: `12px ${live.family}`,
      colour: (token) => live.palette.colour(token),
      unit: () => live.look.unit,
      zone: () => live.look.zone,
      heat: () => live.data.heat,
    }),
    series: [{}, ...data.columns.map((_, index) => seriesOf(live, index))],
    cursor: cursorOf(live),
    hooks: {
      drawAxes: [
        (plot) => {
          drawBehind(plot, overlayOf(live));
          if (live.data.heat) drawHeat(plot, live.data, live.data.heat, live.palette);
          drawBand(plot, live.data, live.palette);
          drawBounds(plot, live.data, live.focus, live.palette);
        },
      ],
      draw: [
        (plot) => {
          drawLate(plot, live.data, live.palette);
          drawFront(plot, overlayOf(live));
        },
      ],
      setCursor: [(plot) => tell(plot, live)],
      setSelect: [(plot) => choose(plot, live)],
    },
  };
}

function cursorOf(live: Live): uPlot.Cursor {
  return {
    y: false,
    points: { show: false },
    sync: {
      key: live.look.link,
      setSeries: false,
      scales: ['x', null],
      // A part of the time is chosen in one chart; the others follow when it was asked for.
      filters: { pub: (type) => type !== 'mousedown' && type !== 'mouseup', sub: () => true },
    },
    drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
    bind: {
      dblclick: () => () => {
        live.events.onReset();
        return null;
      },
    },
  };
}

function seriesOf(live: Live, index: number): uPlot.Series {
  const column = live.data.columns[index];
  return {
    stroke: () => live.palette.colour(live.data.columns[index]?.colour ?? 'chart-6'),
    // One pixel: wider strokes cost a processor that draws by itself fifteen times as much.
    width: 1,
    alpha: alphaOf(live, index),
    points: { show: false },
    paths: (plot) => pathOf(plot, live.data, index),
    ...(column?.dashed ? { dash: [5, 3] } : {}),
  };
}

function alphaOf(live: Live, index: number): number {
  if (live.focus !== null && live.focus !== index) return 0.15;
  return live.data.columns[index]?.dashed ? 0.7 : 1;
}

function rangeOf(data: SignalData): [number, number] {
  if (data.heat) return [0, Math.max(1, data.heat.bounds.length)];
  const extent = extentOf(data);
  return yRange(extent?.[0] ?? null, extent?.[1] ?? null, { floor: null, ceiling: null, include: [] });
}

function overlayOf(live: Live): Overlay {
  const { marks, spans } = live.data;
  return {
    palette: live.palette,
    surface: 'surface-1',
    font: `${12 * devicePixelRatio}px ${live.family}`,
    threshold: null,
    marks,
    spans,
    fillSeries: null,
  };
}

function tell(plot: uPlot, live: Live): void {
  const { idx, left = -1, top = -1 } = plot.cursor;
  const { heat } = live.data;
  const bucket =
    heat && top >= 0
      ? Math.min(heat.bounds.length - 1, Math.max(0, Math.floor(plot.posToVal(top, 'y'))))
      : null;
  const point = idx == null || left < 0 ? null : { slot: idx, bucket };
  const text = point ? `${point.slot}:${point.bucket}` : '';
  if (text === live.said) return;
  live.said = text;
  live.events.onPoint(point);
}

function choose(plot: uPlot, live: Live): void {
  const { left, width } = plot.select;
  if (width < DRAG_PX) return;
  const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  live.events.onZoom(Math.round(from * 1_000), Math.round(to * 1_000));
}
