import type { StoredSeries } from '../store/index.ts';
import { type Context, fixedInstant, leftEdgeMs, lookedAt, type PlainSeries } from './context.ts';
import type { RangeExpression, Selector, Shift } from './expression.ts';
import type { Window } from './extrapolate.ts';
import type { Position } from './failure.ts';
import { rolledInstants } from './rolled.ts';
import { emptyRow, type Grid, hasAny, type Row } from './vector.ts';

/** How far back an instant selector looks for a sample. Source: Prometheus' `--query.lookback-delta`. */
export const LOOK_BACK_MS = 300_000;

/** A row's values and presence. */
export const BYTES_PER_POINT = 9;

/** Holds the memory of rows as they come. */
export function collectRows(context: Context, rows: Iterable<Row>, position: Position): Row[] {
  const all: Row[] = [];
  for (const row of rows) {
    context.hold(context.grid.steps * BYTES_PER_POINT, position);
    all.push(row);
  }
  return all;
}

/** Series by series: the newest sample at or before each step, not older than the look-back and not behind a stale marker. */
export function selectorRows(context: Context, selector: Selector, answers: 'value' | 'time'): Iterable<Row> {
  return rolledInstants(context, selector, answers) ?? rawRows(context, selector, answers);
}

function* rawRows(context: Context, selector: Selector, answers: 'value' | 'time'): Iterable<Row> {
  const { grid } = context;
  const { firstAt, lastAt } = lookedAt(context, selector);
  const backMs = context.lookBackMs + leftEdgeMs(context);
  const isFixed = firstAt === lastAt && grid.steps > 1;
  const looked: Grid = { fromAt: firstAt, stepMs: grid.stepMs, steps: isFixed ? 1 : grid.steps };
  for (const series of context.select(selector, firstAt - backMs, lastAt)) {
    context.work(series.times.length + grid.steps);
    const row = emptyRow(series.labels, grid.steps);
    fillRow(row, looked, series, backMs, answers);
    if (isFixed && row.present[0] === 1) {
      row.values.fill(row.values[0] ?? 0);
      row.present.fill(1);
    }
    if (hasAny(row)) yield row;
  }
}

function fillRow(
  row: Row,
  grid: Grid,
  series: StoredSeries,
  backMs: number,
  answers: 'value' | 'time',
): void {
  const { times, values } = series;
  const answered = answers === 'value' ? values : undefined;
  const stale = series.stale.length > 0 ? new Set(series.stale) : undefined;
  const count = times.length;
  let next = 0;
  for (let step = 0; step < grid.steps; step += 1) {
    const at = grid.fromAt + step * grid.stepMs;
    while (next < count && (times[next] ?? 0) <= at) next += 1;
    if (next === 0) continue;
    const index = next - 1;
    const time = times[index] ?? 0;
    if (time <= at - backMs || stale?.has(index)) continue;
    row.values[step] = answered ? (answered[index] ?? 0) : time / 1000;
    row.present[step] = 1;
  }
}

/** Series with their samples of all windows over a selector. */
export function* rangeSeries(context: Context, range: RangeExpression, name: string): Iterable<PlainSeries> {
  const { firstAt, lastAt } = lookedAt(context, range.selector);
  const fromAt = firstAt - range.rangeMs - leftEdgeMs(context);
  for (const stored of context.select(range.selector, fromAt, lastAt)) {
    context.work(stored.times.length);
    const series = context.adjust(name, withoutStale(stored), range);
    if (series.times.length > 0) yield series;
  }
}

/** Windows do not contain stale markers. */
export function withoutStale(series: StoredSeries): StoredSeries {
  if (series.stale.length === 0) return series;
  const stale = new Set(series.stale);
  return {
    ...series,
    times: series.times.filter((_time, i) => !stale.has(i)),
    values: series.values.filter((_value, i) => !stale.has(i)),
  };
}

type Sliding = { -readonly [Key in keyof Window]: Window[Key] };

/** Calls for each step whose window has samples; one window slides over the series, so it is valid only for that call. */
export function slideWindows(
  context: Context,
  span: Shift & { readonly rangeMs: number },
  series: Pick<PlainSeries, 'times' | 'values'>,
  visit: (window: Window, step: number) => void,
): void {
  const { grid } = context;
  const { times, values } = series;
  const count = times.length;
  const fixed = fixedInstant(context, span);
  const edgeMs = leftEdgeMs(context);
  const legacy = context.compat === 2;
  const window: Sliding = { times, values, from: 0, to: 0, startAt: 0, endAt: 0, at: 0, legacy };
  let { from, to } = window;
  for (let step = 0; step < grid.steps; step += 1) {
    window.at = grid.fromAt + step * grid.stepMs;
    window.endAt = (fixed ?? window.at) - span.offsetMs;
    window.startAt = window.endAt - span.rangeMs;
    const openStartAt = window.startAt - edgeMs;
    while (to < count && (times[to] ?? 0) <= window.endAt) to += 1;
    while (from < to && (times[from] ?? 0) <= openStartAt) from += 1;
    context.work(to - from + 1);
    if (to <= from) continue;
    window.from = from;
    window.to = to;
    visit(window, step);
  }
}
