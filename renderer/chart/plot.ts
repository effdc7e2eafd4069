import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Aligned, align, type Line, type Span } from './align.ts';
import { onThemeChange, type Palette, readPalette } from './colour.ts';
import { drawBehind, drawFront, type Mark, type Overlay, type Threshold } from './draw.ts';
import { timeLabel, timeSplits, yRange, ySplits } from './scale.ts';

/** All that a chart shows. Times are milliseconds UTC. */
export interface PlotData {
  readonly lines: readonly Line[];
  readonly stepMs: number;
  readonly fromAt: number;
  readonly toAt: number;
  /** What is shown at first, where all would hide what matters; null is all. */
  readonly view: { readonly fromAt: number; readonly toAt: number } | null;
  readonly threshold: Threshold | null;
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
  readonly floor: number | null;
  readonly ceiling: number | null;
}

export interface PlotLook {
  /** Charts with one key share their crosshair and their zoom. */
  readonly link: string;
  readonly timeAxis: boolean;
  readonly surface: 'surface-1' | 'surface-2';
  readonly format: (value: number) => string;
}

/** What stands under the crosshair, or null where it stands nowhere. */
export interface Reading {
  readonly at: number;
  readonly values: readonly (number | null)[];
}

export interface Plot {
  update(data: PlotData): void;
  destroy(): void;
}

/** What a living plot knows; the options' callbacks read it anew each time. */
interface Live {
  readonly host: HTMLElement;
  readonly look: PlotLook;
  readonly onReading: (reading: Reading | null) => void;
  data: PlotData;
  aligned: Aligned;
  palette: Palette;
  /** What of the time is seen; a part that the reader chose is left alone. */
  seen: 'view' | 'whole' | 'part';
}

/** Draws into the host and follows its size, the theme and the crosshair of its link. */
export function createPlot(
  host: HTMLElement,
  data: PlotData,
  look: PlotLook,
  onReading: (reading: Reading | null) => void,
): Plot {
  const aligned = align(data.lines, data.stepMs, data.spans);
  const live: Live = { host, look, onReading, data, aligned, palette: readPalette(host), seen: 'view' };
  const plot = new uPlot(optionsOf(live), tableOf(aligned), host);
  plot.setScale('x', viewOf(live));
  const resize = new ResizeObserver(() => {
    if (host.clientWidth > 0 && host.clientHeight > 0)
      plot.setSize({ width: host.clientWidth, height: host.clientHeight });
  });
  resize.observe(host);
  const stopTheme = onThemeChange(() => {
    live.palette = readPalette(host);
    plot.redraw(false, true);
  });
  return {
    update: (next) => {
      live.data = next;
      live.aligned = align(next.lines, next.stepMs, next.spans);
      const { min, max } = plot.scales.x ?? {};
      const part = min != null && max != null ? { min, max } : viewOf(live);
      const range = { part, whole: wholeOf(live), view: viewOf(live) }[live.seen];
      plot.batch(() => {
        plot.setData(tableOf(live.aligned), false);
        plot.setScale('x', range);
      });
      plot.redraw(false, true);
    },
    destroy: () => {
      stopTheme();
      resize.disconnect();
      plot.destroy();
    },
  };
}

function optionsOf(live: Live): uPlot.Options {
  const { host, look } = live;
  return {
    width: Math.max(50, host.clientWidth),
    height: Math.max(40, host.clientHeight),
    legend: { show: false },
    padding: [6, 8, look.timeAxis ? 0 : 6, 0],
    scales: {
      x: { time: false, auto: false, range: (_plot, min, max) => [min, max] },
      y: {
        range: (_plot, min, max) => {
          const { floor, ceiling, threshold } = live.data;
          return yRange(min, max, { floor, ceiling, include: threshold ? [threshold.value] : [] });
        },
      },
    },
    axes: axesOf(live),
    series: [{}, ...seriesOf(live.data.lines, () => live.palette)],
    cursor: {
      y: false,
      sync: { key: look.link, setSeries: false, scales: ['x', null] },
      drag: { x: true, y: false, setScale: true, dist: 6 },
      points: { size: 6 },
      bind: {
        // From what is shown at first to all that is kept; from anything else back to it. Linked charts go along.
        dblclick: () => () => {
          const range = live.seen === 'view' ? wholeOf(live) : viewOf(live);
          for (const linked of uPlot.sync(look.link).plots) linked.setScale('x', range);
          return null;
        },
      },
    },
    hooks: {
      drawAxes: [(plot) => drawBehind(plot, overlayOf(live))],
      draw: [(plot) => drawFront(plot, overlayOf(live))],
      setScale: [
        (plot, key) => {
          const { min, max } = plot.scales.x ?? {};
          if (key === 'x' && min != null && max != null) live.seen = seenOf(live, min, max);
        },
      ],
      setCursor: [(plot) => live.onReading(readingAt(plot, live.aligned))],
    },
  };
}

function axesOf(live: Live): uPlot.Axis[] {
  // A canvas knows no cascade: the family has to be named.
  const font = `12px ${getComputedStyle(live.host).fontFamily}`;
  const shared: uPlot.Axis = {
    font,
    stroke: () => live.palette.colour('text-3'),
    grid: { stroke: () => live.palette.colour('chart-grid'), width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...shared,
      show: live.look.timeAxis,
      size: 22,
      gap: 4,
      splits: (plot, _axis, min, max) => timeSplits(min, max, plot.width),
      values: (_plot, splits) =>
        splits.map((at) => timeLabel(at, (splits[1] ?? at + 60) - (splits[0] ?? at))),
    },
    {
      ...shared,
      // The same for all, so that stacked charts share their times: wide enough for `1,000 ms`.
      size: 56,
      gap: 6,
      splits: (plot, _axis, min, max) => ySplits(min, max, plot.bbox.height / devicePixelRatio),
      values: (_plot, splits) => splits.map(live.look.format),
    },
  ];
}

function overlayOf(live: Live): Overlay {
  const { data, palette, look } = live;
  const filled = data.lines.findIndex((line) => line.fill);
  const font = `${12 * devicePixelRatio}px ${getComputedStyle(live.host).fontFamily}`;
  return { ...data, palette, surface: look.surface, font, fillSeries: filled < 0 ? null : filled + 1 };
}

function wholeOf(live: Live): { min: number; max: number } {
  return { min: live.data.fromAt / 1_000, max: live.data.toAt / 1_000 };
}

function viewOf(live: Live): { min: number; max: number } {
  const { view } = live.data;
  return view ? { min: view.fromAt / 1_000, max: view.toAt / 1_000 } : wholeOf(live);
}

function seenOf(live: Live, min: number, max: number): Live['seen'] {
  const is = (range: { min: number; max: number }) =>
    Math.abs(min - range.min) < 0.5 && Math.abs(max - range.max) < 0.5;
  return is(viewOf(live)) ? 'view' : is(wholeOf(live)) ? 'whole' : 'part';
}

function seriesOf(lines: readonly Line[], palette: () => Palette): uPlot.Series[] {
  const draw = (line: Line, dash: number[] | undefined): uPlot.Series => ({
    label: line.label,
    stroke: () => palette().colour(line.colour),
    width: 1.5,
    spanGaps: false,
    points: { show: false },
    ...(dash ? { dash } : {}),
  });
  return [
    ...lines.map((line) => draw(line, line.dashed ? [5, 3] : undefined)),
    ...lines.map((line) => draw(line, [1.5, 2.5])),
  ];
}

function tableOf(aligned: Aligned): uPlot.AlignedData {
  return [aligned.seconds, ...aligned.watched, ...aligned.late];
}

function readingAt(plot: uPlot, aligned: Aligned): Reading | null {
  const index = plot.cursor.idx;
  if (index == null || plot.cursor.left == null || plot.cursor.left < 0) return null;
  const seconds = aligned.seconds[index];
  if (seconds === undefined) return null;
  return {
    at: seconds * 1_000,
    values: aligned.watched.map((column, line) => column[index] ?? aligned.late[line]?.[index] ?? null),
  };
}
