import type { EvidenceChart } from '../../shared/model/incident.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import type { EvidenceSeries } from '../store/index.ts';
import { isDrawable, linePath, type Scale, valueTicks } from './chart-path.ts';

/** A moment to be marked on the axis. */
export interface ChartMark {
  readonly at: number;
  readonly label: string;
}

const WIDTH = 760;
const HEIGHT = 240;
const BOX = { left: 64, right: WIDTH - 16, top: 40, bottom: HEIGHT - 44 } as const;
/** Told apart with deuteranopia and protanopia, and on white and dark paper. */
const COLOURS: readonly string[] = ['#2f6fd6', '#c25e00', '#00806a', '#8a4fc4', '#a3324f'];
/** More lines than this cannot be told apart; the legend says how many are not shown. */
const LINES_MAX = 5;

/** XML text: markup characters are written as entities; what XML cannot hold, or only as a control, is taken out. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * Draws one piece of evidence as a self-contained SVG: gaps as gaps, the threshold as a dashed line, the unit at the
 * axis and times in UTC. Holds no script, no link and nothing remote.
 */
export function renderChartSvg(
  chart: EvidenceChart,
  series: readonly EvidenceSeries[],
  marks: readonly ChartMark[] = [],
): string {
  const shown = series.slice(0, LINES_MAX);
  const values = shown.flatMap((one) => [...one.values].filter(isDrawable));
  const threshold = chart.threshold && isDrawable(chart.threshold.value) ? chart.threshold : null;
  const ticks = valueTicks([...values, 0, ...(threshold ? [threshold.value] : [])]);
  const x: Scale = scale(chart.fromAt, Math.max(chart.toAt, chart.fromAt + 1), BOX.left, BOX.right);
  const y: Scale = scale(ticks[0] ?? 0, ticks.at(-1) ?? 1, BOX.bottom, BOX.top);
  const title = `${chart.title} (${chart.unit})`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="Inter, system-ui, sans-serif" font-size="11">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="16" y="22" font-size="14" font-weight="600" fill="#1c2430">${escapeXml(cut(title, 90))}</text>`,
    ...valueAxis(ticks, y, chart.unit),
    ...timeAxis(chart, x),
    ...(threshold ? thresholdLine(threshold, y) : []),
    ...shown.map((one, i) => {
      const path = linePath(one, x, y);
      const colour = COLOURS[i % COLOURS.length];
      return path === ''
        ? ''
        : `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>`;
    }),
    ...markLines(chart, marks, x),
    values.length === 0 ? centred(chart.missing === null ? 'No data' : `Missing: ${chart.missing}`) : '',
    ...(series.length > 1 ? legend(series) : []),
    '</svg>',
  ];
  return `${parts.filter((part) => part !== '').join('\n')}\n`;
}

function scale(from: number, to: number, pixelFrom: number, pixelTo: number): Scale {
  const span = to - from || 1;
  return (value) => pixelFrom + ((value - from) / span) * (pixelTo - pixelFrom);
}

function cut(text: string, max: number): string {
  const letters = [...text];
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join('')}…`;
}

function label(
  x: number,
  y: number,
  text: string,
  anchor: 'start' | 'middle' | 'end',
  colour = '#56606e',
): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escapeXml(text)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, style: string): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${style}/>`;
}

function valueAxis(ticks: readonly number[], y: Scale, unit: string): string[] {
  return ticks.flatMap((tick, i) => {
    // The unit stands at the highest tick, so that it is read with a number.
    const text =
      i === ticks.length - 1 ? `${formatSignificant(tick)} ${cut(unit, 6)}` : formatSignificant(tick);
    return [
      line(BOX.left, y(tick), BOX.right, y(tick), 'stroke="#e3e7ec"'),
      label(BOX.left - 6, y(tick) + 4, text, 'end'),
    ];
  });
}

const TIME_STEPS: readonly number[] = [
  10 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
];
const TIME_TICKS_MAX = 9;

function timeAxis({ fromAt, toAt }: EvidenceChart, x: Scale): string[] {
  const span = toAt - fromAt;
  const stepMs =
    TIME_STEPS.find((candidate) => span / candidate <= TIME_TICKS_MAX) ??
    Math.ceil(span / TIME_TICKS_MAX / DAY_MS) * DAY_MS;
  const withDay = stepMs >= DAY_MS;
  const ticks: string[] = [];
  for (let at = Math.ceil(fromAt / stepMs) * stepMs; at <= toAt; at += stepMs) {
    const iso = new Date(at).toISOString();
    const text = withDay ? iso.slice(5, 10) : stepMs < MINUTE_MS ? iso.slice(11, 19) : iso.slice(11, 16);
    ticks.push(
      line(x(at), BOX.bottom, x(at), BOX.bottom + 4, 'stroke="#8a94a3"'),
      label(x(at), BOX.bottom + 16, text, 'middle'),
    );
  }
  const day = new Date(fromAt).toISOString().slice(0, 10);
  return [
    line(BOX.left, BOX.bottom, BOX.right, BOX.bottom, 'stroke="#8a94a3"'),
    ...ticks,
    label(BOX.right, HEIGHT - 10, `UTC, ${day}`, 'end'),
  ];
}

/** Names of marks that stand close together are written in rows under each other. */
const MARK_ROWS = 3;

function markLines({ fromAt, toAt }: EvidenceChart, marks: readonly ChartMark[], x: Scale): string[] {
  return marks
    .filter(({ at }) => at >= fromAt && at <= toAt)
    .flatMap(({ at, label: text }, i) => {
      const left = x(at) > WIDTH - 120;
      const y = BOX.top - 3 + (i % MARK_ROWS) * 12;
      return [
        line(x(at), BOX.top, x(at), BOX.bottom, 'stroke="#56606e" stroke-dasharray="1 3"'),
        label(x(at) + (left ? -3 : 3), y, cut(text, 24), left ? 'end' : 'start'),
      ];
    });
}

function thresholdLine(threshold: NonNullable<EvidenceChart['threshold']>, y: Scale): string[] {
  const at = y(threshold.value);
  return [
    line(BOX.left, at, BOX.right, at, 'stroke="#b3261e" stroke-dasharray="5 4"'),
    label(BOX.left + 4, at - 4, cut(threshold.label, 40), 'start', '#b3261e'),
  ];
}

function centred(text: string): string {
  return label((BOX.left + BOX.right) / 2, (BOX.top + BOX.bottom) / 2, cut(text, 90), 'middle');
}

function legend(series: readonly EvidenceSeries[]): string[] {
  const names = series.slice(0, LINES_MAX).map((one, i) => {
    const text = Object.entries(one.labels)
      .filter(([name]) => name !== '__name__')
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
    return `<tspan fill="${COLOURS[i % COLOURS.length]}">● ${escapeXml(cut(text || 'all', 28))}</tspan>  `;
  });
  const more = series.length > LINES_MAX ? `and ${series.length - LINES_MAX} more, not shown` : '';
  return [`<text x="16" y="${HEIGHT - 10}" fill="#56606e">${names.join('')}${more}</text>`];
}
