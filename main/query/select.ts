import type { StoredSeries } from '../store/index.ts';
import type { Context, PlainSeries } from './context.ts';
import type { RangeExpression, Selector } from './expression.ts';
import type { Window } from './extrapolate.ts';
import { emptyRow, type Grid, hasAny, mergeAlike, type Row, withoutName } from './vector.ts';
import { KEEPS_NAME, type WindowFunction } from './window.ts';

/** How far back an instant selector looks for a sample. Source: Prometheus' `--query.lookback-delta`. */
export const LOOK_BACK_MS = 300_000;

/** The newest sample at or before each step, not older than the look-back and not behind a stale marker. */
export function evaluateSelector(context: Context, selector: Selector, answers: 'value' | 'time'): Row[] {
  const { grid } = context;
  const rows: Row[] = [];
  for (const series of selectOnce(context, selector, LOOK_BACK_MS)) {
    context.check();
    const row = emptyRow(series.labels, grid.steps);
    const stale = series.stale.length > 0 ? new Set(series.stale) : undefined;
    let next = 0;
    for (let step = 0; step < grid.steps; step += 1) {
      const at = grid.fromAt + step * grid.stepMs - selector.offsetMs;
      while (next < series.times.length && (series.times[next] ?? 0) <= at) next += 1;
      const index = next - 1;
      if (index < 0 || (series.times[index] ?? 0) <= at - LOOK_BACK_MS || stale?.has(index)) continue;
      row.values[step] =
        answers === 'value' ? (series.values[index] ?? 0) : (series.times[index] ?? 0) / 1000;
      row.present[step] = 1;
    }
    if (hasAny(row)) rows.push(row);
  }
  return rows;
}

/** A function of the samples in the window behind each step; the window slides over one selection. */
export function evaluateWindows(
  context: Context,
  range: RangeExpression,
  name: string,
  maths: WindowFunction,
  parameter: Float64Array | undefined,
): Row[] {
  const rows: Row[] = [];
  for (const stored of selectOnce(context, range.selector, range.rangeMs)) {
    context.check();
    const series = context.adjust(name, withoutStale(stored), range);
    const labels = KEEPS_NAME.has(name) ? series.labels : withoutName(series.labels);
    const row = emptyRow(labels, context.grid.steps);
    for (const { step, window } of windowsOf(context.grid, range, series)) {
      if ((step & 63) === 63) context.check();
      const value = maths(window, parameter?.[step] ?? Number.NaN);
      if (value === undefined) continue;
      row.values[step] = value;
      row.present[step] = 1;
    }
    if (hasAny(row)) rows.push(row);
  }
  return mergeAlike(rows, range.position);
}

function* windowsOf(
  grid: Grid,
  range: RangeExpression,
  series: PlainSeries,
): Iterable<{ step: number; window: Window }> {
  const { times, values } = series;
  let from = 0;
  let to = 0;
  for (let step = 0; step < grid.steps; step += 1) {
    const at = grid.fromAt + step * grid.stepMs;
    const endAt = at - range.selector.offsetMs;
    const startAt = endAt - range.rangeMs;
    while (to < times.length && (times[to] ?? 0) <= endAt) to += 1;
    while (from < to && (times[from] ?? 0) <= startAt) from += 1;
    if (to > from) yield { step, window: { times, values, from, to, startAt, endAt, at } };
  }
}

function selectOnce(context: Context, selector: Selector, backMs: number): readonly StoredSeries[] {
  const { grid } = context;
  const fromAt = grid.fromAt - selector.offsetMs - backMs;
  const toAt = grid.fromAt + (grid.steps - 1) * grid.stepMs - selector.offsetMs;
  return context.select(selector.matchers, fromAt, toAt, selector.position);
}

/** Windows do not contain stale markers. */
function withoutStale(series: StoredSeries): StoredSeries {
  if (series.stale.length === 0) return series;
  const stale = new Set(series.stale);
  return {
    ...series,
    times: series.times.filter((_time, i) => !stale.has(i)),
    values: series.values.filter((_value, i) => !stale.has(i)),
  };
}
