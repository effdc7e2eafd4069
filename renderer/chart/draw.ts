import type uPlot from 'uplot';
import type { Span } from './align.ts';
import type { Palette } from './colour.ts';
import { placeLabels } from './label.ts';

/** A line across the chart, and where it is crossed the wrong way. */
export interface Threshold {
  readonly value: number;
  readonly label: string;
  /** True where under it is the wrong side. */
  readonly below?: boolean;
}

/** Something that happened: a deployment, a change point, an event of the incident. */
export interface Mark {
  readonly at: number;
  readonly kind: 'deploy' | 'change' | 'event';
  readonly label: string;
}

export interface Overlay {
  readonly palette: Palette;
  readonly surface: string;
  readonly font: string;
  readonly threshold: Threshold | null;
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
  /** Index of the series whose part past the threshold is shaded. */
  readonly fillSeries: number | null;
}

/** Behind the lines: hatching where nobody watched, and the shade past the threshold. */
export function drawBehind(plot: uPlot, overlay: Overlay): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const span of overlay.spans) {
    const [left, right] = [
      plot.valToPos(span.fromAt / 1_000, 'x', true),
      plot.valToPos(span.toAt / 1_000, 'x', true),
    ];
    hatch(ctx, overlay.palette, left, bbox.top, Math.max(3, right - left), bbox.height);
  }
  if (overlay.threshold && overlay.fillSeries !== null)
    shade(plot, overlay, overlay.threshold, overlay.fillSeries);
  ctx.restore();
}

/** Before the lines' labels: threshold, marks, and the names of spans. */
export function drawFront(plot: uPlot, overlay: Overlay): void {
  const { ctx } = plot;
  ctx.save();
  ctx.font = overlay.font;
  ctx.lineWidth = devicePixelRatio;
  // All lines before all words: a line drawn later would run through the words before it.
  drawMarkLines(plot, overlay);
  drawThreshold(plot, overlay);
  drawMarkLabels(plot, overlay);
  ctx.restore();
}

function drawThreshold(plot: uPlot, overlay: Overlay): void {
  const { ctx, bbox } = plot;
  const threshold = overlay.threshold;
  if (!threshold) return;
  const y = plot.valToPos(threshold.value, 'y', true);
  if (y < bbox.top - 1 || y > bbox.top + bbox.height + 1) return;
  ctx.strokeStyle = overlay.palette.colour('mark-threshold');
  ctx.setLineDash([6 * devicePixelRatio, 3 * devicePixelRatio]);
  stroke(ctx, bbox.left, y, bbox.left + bbox.width, y);
  ctx.setLineDash([]);
  const roomAbove = y - bbox.top > 16 * devicePixelRatio;
  ctx.textAlign = 'left';
  ctx.textBaseline = roomAbove && !threshold.below ? 'bottom' : 'top';
  label(
    ctx,
    overlay,
    threshold.label,
    bbox.left + 6 * devicePixelRatio,
    y + (ctx.textBaseline === 'bottom' ? -3 : 4) * devicePixelRatio,
    'mark-threshold',
  );
}

function marksInSight(plot: uPlot, overlay: Overlay): { mark: Mark; x: number }[] {
  const { left, width } = plot.bbox;
  return overlay.marks
    .map((mark) => ({ mark, x: Math.round(plot.valToPos(mark.at / 1_000, 'x', true)) }))
    .filter(({ x }) => x >= left && x <= left + width);
}

function drawMarkLines(plot: uPlot, overlay: Overlay): void {
  const { ctx, bbox } = plot;
  for (const { mark, x } of marksInSight(plot, overlay)) {
    ctx.strokeStyle = overlay.palette.colour(`mark-${mark.kind}`);
    ctx.setLineDash(mark.kind === 'change' ? [2 * devicePixelRatio, 2 * devicePixelRatio] : []);
    stroke(ctx, x, bbox.top, x, bbox.top + bbox.height);
    ctx.setLineDash([]);
  }
}

/** Labels in as many rows as fit, so that marks close together can still be read; the rest keep their line. */
function drawMarkLabels(plot: uPlot, overlay: Overlay): void {
  const { ctx, bbox } = plot;
  const rowPx = 14 * devicePixelRatio;
  const rows = Math.max(1, Math.min(3, Math.floor(bbox.height / rowPx / 2)));
  drawSpanLabels(plot, overlay);
  const wanted = marksInSight(plot, overlay)
    .filter(({ mark }) => mark.label !== '')
    .map(({ mark, x }) => ({
      text: mark.label,
      x,
      width: ctx.measureText(mark.label).width + 4 * devicePixelRatio,
      token: mark.kind === 'event' ? 'text-2' : `mark-${mark.kind}`,
    }));
  const room = { left: bbox.left, right: bbox.left + bbox.width, rows };
  ctx.textBaseline = 'top';
  for (const one of placeLabels(wanted, room, 4 * devicePixelRatio)) {
    const toLeft = one.side === 'left';
    ctx.textAlign = toLeft ? 'right' : 'left';
    const x = one.x + (toLeft ? -4 : 4) * devicePixelRatio;
    label(ctx, overlay, one.text, x, bbox.top + 2 * devicePixelRatio + one.row * rowPx, one.token);
  }
}

/** At the foot of each span that is in sight, where the word before leaves room. */
function drawSpanLabels(plot: uPlot, overlay: Overlay): void {
  const { ctx, bbox } = plot;
  const end = bbox.left + bbox.width;
  const between = (x: number) => Math.min(end, Math.max(bbox.left, x));
  let taken = wordsAtTheFoot(plot, overlay);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  for (const span of overlay.spans) {
    const [left, right] = [span.fromAt, span.toAt].map((at) => between(plot.valToPos(at / 1_000, 'x', true)));
    if (span.label === '' || left === undefined || right === undefined || right <= left) continue;
    const width = ctx.measureText(span.label).width;
    const centred = Math.max(bbox.left, Math.min(end - width, (left + right - width) / 2));
    const x = centred < taken && taken + width <= right ? taken : centred;
    if (x < taken) continue;
    taken = x + width + 8 * devicePixelRatio;
    label(ctx, overlay, span.label, x, bbox.top + bbox.height - 4 * devicePixelRatio, 'text-2');
  }
}

/** Up to where a threshold that lies low has its label at the foot. */
function wordsAtTheFoot(plot: uPlot, { threshold }: Overlay): number {
  const { ctx, bbox } = plot;
  if (!threshold) return Number.NEGATIVE_INFINITY;
  const aboveFoot = bbox.top + bbox.height - plot.valToPos(threshold.value, 'y', true);
  if (aboveFoot < 0 || aboveFoot > 30 * devicePixelRatio) return Number.NEGATIVE_INFINITY;
  return bbox.left + ctx.measureText(threshold.label).width + 14 * devicePixelRatio;
}

function label(
  ctx: CanvasRenderingContext2D,
  overlay: Overlay,
  text: string,
  x: number,
  y: number,
  token: string,
): void {
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = overlay.palette.colour(overlay.surface);
  ctx.strokeText(text, x, y);
  ctx.fillStyle = overlay.palette.colour(token);
  ctx.fillText(text, x, y);
  ctx.lineWidth = devicePixelRatio;
}

function shade(plot: uPlot, overlay: Overlay, threshold: Threshold, index: number): void {
  const { ctx, bbox } = plot;
  const edge = plot.valToPos(threshold.value, 'y', true);
  const floor = bbox.top + bbox.height;
  const [top, height] = threshold.below ? [edge, floor - edge] : [bbox.top, edge - bbox.top];
  if (height <= 0) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, top, bbox.width, height);
  ctx.clip();
  ctx.fillStyle = overlay.palette.colour('chart-over');
  const base = threshold.below ? bbox.top : floor;
  const xs = plot.data[0];
  const ys = plot.data[index] ?? [];
  let open = false;
  let lastX = 0;
  const close = () => {
    if (!open) return;
    ctx.lineTo(lastX, base);
    ctx.closePath();
    ctx.fill();
    open = false;
  };
  for (let i = 0; i < xs.length; i += 1) {
    const value = ys[i];
    if (value === null || value === undefined) {
      close();
      continue;
    }
    const [x, y] = [plot.valToPos(xs[i] ?? 0, 'x', true), plot.valToPos(value, 'y', true)];
    if (!open) {
      ctx.beginPath();
      ctx.moveTo(x, base);
      open = true;
    }
    ctx.lineTo(x, y);
    lastX = x;
  }
  close();
  ctx.restore();
}

function hatch(
  ctx: CanvasRenderingContext2D,
  palette: Palette,
  left: number,
  top: number,
  width: number,
  height: number,
): void {
  ctx.save();
  ctx.fillStyle = palette.colour('hatch-ground');
  ctx.fillRect(left, top, width, height);
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.strokeStyle = palette.colour('hatch-line');
  ctx.lineWidth = devicePixelRatio;
  const gap = 7 * devicePixelRatio;
  for (let x = left - height; x < left + width; x += gap) stroke(ctx, x, top + height, x + height, top);
  ctx.restore();
}

function stroke(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
