import type uPlot from 'uplot';
import type { Palette } from './colour.ts';
import { inSpans, type SignalData, type SignalHeat, shownBounds } from './signal-data.ts';
import { type Place, traceBand, tracePath } from './signal-path.ts';

/** Opacities of a heat map's cells; the eye tells no more apart. */
const LEVELS = 12;
const BAND_OPACITY = 0.22;
const BOUNDS_OPACITY = 0.12;
const EDGE_OPACITY = 0.6;

/** Both scales are straight: two positions of each give all others. */
function placeOf(plot: uPlot, data: SignalData): Place {
  const { seconds } = data;
  const [x0, dx] = straight(plot, 'x');
  const [y0, dy] = straight(plot, 'y');
  return { x: (slot) => x0 + (seconds[slot] as number) * dx, y: (value) => y0 + value * dy };
}

function straight(plot: uPlot, scale: 'x' | 'y'): readonly [number, number] {
  const { min, max } = plot.scales[scale] ?? {};
  if (min == null || max == null || min === max) return [0, 0];
  const from = plot.valToPos(min, scale, true);
  const each = (plot.valToPos(max, scale, true) - from) / (max - min);
  return [from - min * each, each];
}

/** The path of one line: it ends at gaps, and where nobody watched it is left to `drawLate`. */
export function pathOf(plot: uPlot, data: SignalData, index: number): uPlot.Series.Paths | null {
  const column = data.columns[index];
  if (!column) return null;
  const stroke = new Path2D();
  const isLate = inSpans(data.spans);
  const watched =
    data.spans.length === 0 ? () => true : (slot: number) => !isLate(data.seconds[slot] as number);
  tracePath(stroke, column.values, placeOf(plot, data), watched);
  return {
    stroke,
    fill: null,
    clip: null,
    band: null,
    gaps: null,
    flags: 0,
  } as unknown as uPlot.Series.Paths;
}

/** Samples that came for a time in which nobody watched: dotted, inside the hatching. */
export function drawLate(plot: uPlot, data: SignalData, palette: Palette): void {
  if (data.spans.length === 0) return;
  const { ctx } = plot;
  const isLate = inSpans(data.spans);
  const place = placeOf(plot, data);
  clipped(plot, () => {
    ctx.setLineDash([1.5 * devicePixelRatio, 2.5 * devicePixelRatio]);
    ctx.lineWidth = 1.5 * devicePixelRatio;
    for (const column of data.columns) {
      const path = new Path2D();
      tracePath(path, column.values, place, (slot) => isLate(data.seconds[slot] as number));
      ctx.strokeStyle = palette.colour(column.colour);
      ctx.stroke(path);
    }
  });
}

/** The range of all series that have no line of their own. */
export function drawBand(plot: uPlot, data: SignalData, palette: Palette): void {
  if (!data.band) return;
  const path = new Path2D();
  traceBand(path, data.band.low, data.band.high, placeOf(plot, data));
  clipped(plot, () => {
    plot.ctx.globalAlpha = BAND_OPACITY;
    plot.ctx.fillStyle = palette.colour('chart-6');
    plot.ctx.fill(path);
  });
}

/** What was expected of the lines, each in its line's colour with a dotted edge. */
export function drawBounds(plot: uPlot, data: SignalData, focus: number | null, palette: Palette): void {
  const place = placeOf(plot, data);
  clipped(plot, () => {
    plot.ctx.setLineDash([1.5 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const { column, low, high } of shownBounds(data, focus)) {
      const colour = palette.colour(data.columns[column]?.colour ?? 'chart-6');
      const area = new Path2D();
      traceBand(area, low, high, place);
      plot.ctx.globalAlpha = BOUNDS_OPACITY;
      plot.ctx.fillStyle = colour;
      plot.ctx.fill(area);
      plot.ctx.globalAlpha = EDGE_OPACITY;
      plot.ctx.strokeStyle = colour;
      plot.ctx.stroke(area);
    }
  });
}

/** Each bucket of each column as a cell, the fuller the stronger. Square root: a few slow requests must be seen beside many. */
export function drawHeat(plot: uPlot, data: SignalData, heat: SignalHeat, palette: Palette): void {
  const slots = data.seconds.length;
  const paths = Array.from({ length: LEVELS }, () => new Path2D());
  const place = placeOf(plot, data);
  const xs = Float64Array.from({ length: slots }, (_, slot) => place.x(slot));
  const widthPx = slots > 1 ? (xs[slots - 1] as number) / (slots - 1) - (xs[0] as number) / (slots - 1) : 8;
  for (let bucket = 0; bucket < heat.bounds.length; bucket += 1) {
    const [top, bottom] = [place.y(bucket + 1), place.y(bucket)];
    for (let slot = 0; slot < slots; slot += 1) {
      const value = heat.cells[bucket * slots + slot] as number;
      if (!(value > 0)) continue;
      const level = Math.min(LEVELS - 1, Math.floor(Math.sqrt(value / heat.max) * LEVELS));
      paths[level]?.rect(
        (xs[slot] as number) - widthPx / 2,
        top,
        Math.max(1, widthPx) + 0.5,
        Math.max(1, bottom - top - 1),
      );
    }
  }
  clipped(plot, () => {
    plot.ctx.fillStyle = palette.colour('chart-1');
    paths.forEach((path, level) => {
      plot.ctx.globalAlpha = (level + 1) / LEVELS;
      plot.ctx.fill(path);
    });
  });
}

function clipped(plot: uPlot, draw: () => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}
