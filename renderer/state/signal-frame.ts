import type { Labels, Series } from '../../shared/model/metric.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import {
  emptyTally,
  type Grid,
  gridOf,
  isWhole,
  placeSeries,
  placeWhole,
  secondsOf,
  type Tally,
} from './signal-grid.ts';
import { type Heat, heatOf } from './signal-heat.ts';
import { sharedNames, shortName } from './signal-name.ts';

/** What a panel wants to see of an answer. Plain data: it crosses to the worker. */
export interface FrameWish {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
  readonly widthPx: number;
  readonly draw: 'lines' | 'heatmap';
  /** At most so many lines are drawn; the others are one band. */
  readonly linesMax: number;
  /** Names of series that are drawn whatever their rank. */
  readonly pinned: readonly string[];
  /** How much earlier the answer to compare with is. */
  readonly compareMs: number;
}

/** A drawn line: its series, its samples on the frame's times, and the same a week earlier where that is asked. */
export interface FrameLine {
  readonly row: number;
  readonly values: Float64Array;
  readonly before: Float64Array | null;
}

/** Of each series what a legend says; NaN where it has no sample. */
export interface FrameRows {
  readonly names: readonly string[];
  readonly labels: readonly Labels[];
  readonly last: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
}

/** An answer made ready to be drawn. NaN is a gap. */
export interface SignalFrame {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
  /** Times of the columns, in seconds. */
  readonly seconds: Float64Array;
  readonly lines: readonly FrameLine[];
  /** Lowest and highest of all series that are not drawn as lines. */
  readonly band: { readonly low: Float64Array; readonly high: Float64Array } | null;
  readonly rows: FrameRows;
  readonly heat: Heat | null;
  /** Labels that all series have alike, with `__name__`: said once. */
  readonly shared: Labels;
  /** Spans in which nobody watched the source. */
  readonly unwatched: readonly Unwatched[];
  readonly points: number;
  /** How many points became one pair of lowest and highest; 1: none was left out. */
  readonly pointsPerSlot: number;
}

/**
 * Puts an answer on common times, at most two columns for each pixel (the lowest and the highest of it, in their order), ranks
 * the series by their highest value, and draws the first of them; the others become one band. Nothing is left out unsaid.
 */
export function frameOf(
  series: readonly Series[],
  before: readonly Series[] | null,
  wish: FrameWish,
  unwatched: readonly Unwatched[] = [],
): SignalFrame {
  const grid = gridOf(wish);
  const shared = sharedNames(series.map((one) => one.labels));
  const names = series.map((one) => shortName(one.labels, shared));
  // What is drawn in any case is placed while its statistics are taken: ten million samples are looked at once.
  const placed = new Map<number, Float64Array>();
  const isEachDrawn = wish.draw === 'lines' && series.length <= wish.linesMax;
  const { rows, points } = statisticsOf(series, names, (one, row) => {
    const tally = emptyTally();
    if (isEachDrawn && isWhole(one, grid, 0)) placed.set(row, placeWhole(one, grid, tally));
    else tallyOf(one.values, tally);
    return tally;
  });
  const heat = wish.draw === 'heatmap' ? heatOf(series, grid) : null;
  const chosen = heat ? [] : choose(rows, wish);
  const earlier = before ? new Map(before.map((one) => [keyOf(one.labels), one])) : null;
  const lines = chosen.map((row) => {
    const own = series[row] as Series;
    const then = earlier?.get(keyOf(own.labels));
    return {
      row,
      values: placed.get(row) ?? placeSeries(own, grid, 0),
      before: then ? placeSeries(then, grid, wish.compareMs) : null,
    };
  });
  const rest = heat ? [] : others(series, new Set(chosen));
  return {
    fromAt: wish.fromAt,
    toAt: wish.toAt,
    stepMs: wish.stepMs,
    seconds: secondsOf(grid),
    lines,
    band: rest.length > 0 ? bandOf(rest, grid) : null,
    rows,
    heat,
    shared,
    unwatched,
    points,
    pointsPerSlot: grid.per,
  };
}

function statisticsOf(
  series: readonly Series[],
  names: readonly string[],
  tallied: (one: Series, row: number) => Tally,
): { rows: FrameRows; points: number } {
  const column = () => new Float64Array(series.length).fill(Number.NaN);
  const rows = {
    names,
    labels: series.map((one) => one.labels),
    last: column(),
    min: column(),
    max: column(),
    mean: column(),
  };
  let points = 0;
  series.forEach((one, row) => {
    const { values } = one;
    const { min, max, sum, count } = tallied(one, row);
    points += values.length;
    if (values.length > 0) rows.last[row] = values[values.length - 1] as number;
    if (count === 0) return;
    rows.min[row] = min;
    rows.max[row] = max;
    rows.mean[row] = sum / count;
  });
  return { rows, points };
}

function tallyOf(values: Float64Array, tally: Tally): void {
  let { min, max, sum, count } = tally;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count += 1;
  }
  Object.assign(tally, { min, max, sum, count });
}

/** The pinned ones, then those with the highest maximum; in the order of the answer, so that colours keep their place. */
function choose(rows: FrameRows, wish: FrameWish): readonly number[] {
  const all = rows.names.map((_, row) => row);
  if (all.length <= wish.linesMax) return all;
  const pinned = new Set(wish.pinned);
  const rank = (row: number) =>
    pinned.has(rows.names[row] as string) ? Number.POSITIVE_INFINITY : (rows.max[row] as number);
  const known = (row: number) => (Number.isNaN(rank(row)) ? Number.NEGATIVE_INFINITY : rank(row));
  return all
    .sort((a, b) => (known(a) === known(b) ? a - b : known(b) - known(a)))
    .slice(0, Math.max(wish.linesMax, Math.min(pinned.size, wish.linesMax * 2)))
    .sort((a, b) => a - b);
}

function others(series: readonly Series[], drawn: ReadonlySet<number>): Series[] {
  return series.filter((_, row) => !drawn.has(row));
}

function bandOf(series: readonly Series[], grid: Grid): { low: Float64Array; high: Float64Array } {
  const low = new Float64Array(grid.slots).fill(Number.NaN);
  const high = new Float64Array(grid.slots).fill(Number.NaN);
  for (const one of series) {
    const { times, values } = one;
    for (let i = 0; i < times.length; i += 1) {
      const value = values[i] as number;
      const step = Math.round(((times[i] as number) - grid.fromAt) / grid.stepMs);
      if (step < 0 || step >= grid.steps || !Number.isFinite(value)) continue;
      const first = grid.per === 1 ? step : Math.floor(step / grid.per) * 2;
      // Both columns of a pixel carry the same band: it has no order within it.
      for (let slot = first; slot < first + (grid.per === 1 ? 1 : 2); slot += 1) {
        if (!(value >= (low[slot] as number))) low[slot] = value;
        if (!(value <= (high[slot] as number))) high[slot] = value;
      }
    }
  }
  return { low, high };
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
