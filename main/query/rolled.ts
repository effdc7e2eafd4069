import { HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import { ROLLUP_WIDTHS, type RollupWidth, rollupIncrease, type SeriesRollup } from '../store/index.ts';
import { type Context, fixedInstant, lookedAt } from './context.ts';
import type { RangeExpression, Selector, Shift } from './expression.ts';
import { stretched } from './extrapolate.ts';
import type { Position } from './failure.ts';
import { KahanSum } from './kahan.ts';
import { emptyRow, hasAny, type Row, withoutName } from './vector.ts';
import { KEEPS_NAME } from './window.ts';

/** Under this, the raw samples are few and mostly in memory already. */
const ROLLED_FROM_MS = 24 * HOUR_MS;
/** A bucket has as many numbers: with fewer samples in it, they are read sooner than it is. */
const COLUMNS = 11;
/** How much of the beginning is looked at to see how close the samples lie. */
const PROBED_BUCKETS = 4;

/** Buckets `from` … `to` − 1 that make up the window from startAt to endAt. */
interface Buckets {
  readonly rollup: SeriesRollup;
  readonly from: number;
  readonly to: number;
  readonly startAt: number;
  readonly endAt: number;
}

/** What a window says, from its buckets; undefined is no answer. */
type BucketFunction = (buckets: Buckets) => number | undefined;

/** Functions that whole buckets answer exactly, but for the order in which a sum is rounded. */
const FUNCTIONS: Readonly<Record<string, BucketFunction>> = {
  sum_over_time: sumOf,
  count_over_time: countOf,
  avg_over_time: (buckets) => sumOf(buckets) / countOf(buckets),
  min_over_time: (buckets) => bestOf(buckets, buckets.rollup.min, (value, best) => value < best),
  max_over_time: (buckets) => bestOf(buckets, buckets.rollup.max, (value, best) => value > best),
  present_over_time: () => 1,
  last_over_time: ({ rollup, to }) => rollup.last[to - 1],
  first_over_time: ({ rollup, from }) => rollup.first[from],
  increase: (buckets) => changeOf(buckets, false),
  rate: (buckets) => changeOf(buckets, true),
};

/**
 * A window function's rows from the store's buckets; undefined where raw samples must be asked: windows that do not begin and
 * end with buckets, functions that need each sample, short spans. So what is answered is exact, not nearly so.
 */
export function rolledWindows(
  context: Context,
  range: RangeExpression,
  name: string,
): Iterable<Row> | undefined {
  const answer = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!answer) return undefined;
  const { selector, rangeMs } = range;
  const width = widthFor(context, selector, rangeMs, [...ROLLUP_WIDTHS].reverse());
  if (width === undefined) return undefined;
  const found = bucketsFor(context, selector, name, lookedAt(context, selector).firstAt - rangeMs, width);
  // A sum that overflows inside a bucket says no more what its mean is.
  if (!found || (name === 'avg_over_time' && found.some(overflows))) return undefined;
  noteRolled(context, found, width, range.position);
  const make = (rollup: SeriesRollup) =>
    rowOf(context, selector, rangeMs, rollup, KEEPS_NAME.has(name), (buckets) =>
      buckets.to > buckets.from ? answer(buckets) : undefined,
    );
  return rowsOf(found, make);
}

/**
 * An instant selector's rows: a bucket of five minutes is its look-back. Its last value counts unless the series ended behind
 * it.
 */
export function rolledInstants(
  context: Context,
  selector: Selector,
  answers: 'value' | 'time',
): Iterable<Row> | undefined {
  const { lookBackMs } = context;
  const width = widthFor(
    context,
    selector,
    lookBackMs,
    ROLLUP_WIDTHS.filter((one) => one === lookBackMs),
  );
  if (width === undefined) return undefined;
  const found = bucketsFor(context, selector, '', lookedAt(context, selector).firstAt - lookBackMs, width);
  if (!found) return undefined;
  noteRolled(context, found, width, selector.position);
  const make = (rollup: SeriesRollup) =>
    rowOf(context, selector, lookBackMs, rollup, true, ({ from, to }) => {
      if (to <= from || rollup.ended[to - 1] === 1) return undefined;
      return answers === 'value' ? rollup.last[to - 1] : (rollup.lastAt[to - 1] ?? 0) / 1000;
    });
  return rowsOf(found, make);
}

/** The buckets, where they are fewer than samples, or all that is left. */
function bucketsFor(
  context: Context,
  selector: Selector,
  name: string,
  fromAt: number,
  width: RollupWidth,
): readonly SeriesRollup[] | undefined {
  if (!context.hasRollups(name)) return undefined;
  const probed = context.select(selector, fromAt, fromAt + PROBED_BUCKETS * width);
  const samples = probed.reduce((sum, { times }) => sum + times.length, 0);
  if (probed.length > 0 && samples < probed.length * PROBED_BUCKETS * COLUMNS) return undefined;
  return context.rollups(selector, name, fromAt, width);
}

function* rowsOf(found: readonly SeriesRollup[], make: (rollup: SeriesRollup) => Row): Iterable<Row> {
  for (const rollup of found) {
    const row = make(rollup);
    if (hasAny(row)) yield row;
  }
}

/** The widest buckets that begin and end with every window. Only Prometheus 3 leaves a window's start out, as buckets do. */
function widthFor(
  context: Context,
  shift: Shift,
  rangeMs: number,
  widths: readonly RollupWidth[],
): RollupWidth | undefined {
  const { grid, compat } = context;
  const { firstAt, lastAt } = lookedAt(context, shift);
  if (compat === 2 || lastAt - firstAt + rangeMs < ROLLED_FROM_MS) return undefined;
  const stepMs = firstAt === lastAt ? 0 : grid.stepMs;
  return widths.find((width) => [firstAt, stepMs, rangeMs].every((ms) => ms % width === 0));
}

function rowOf(
  context: Context,
  shift: Shift,
  rangeMs: number,
  rollup: SeriesRollup,
  keepsName: boolean,
  answer: BucketFunction,
): Row {
  const { grid } = context;
  const { ends } = rollup;
  const fixed = fixedInstant(context, shift);
  const row = emptyRow(keepsName ? rollup.labels : withoutName(rollup.labels), grid.steps);
  let from = 0;
  let to = 0;
  for (let step = 0; step < grid.steps; step += 1) {
    const endAt = (fixed ?? grid.fromAt + step * grid.stepMs) - shift.offsetMs;
    const startAt = endAt - rangeMs;
    while (to < ends.length && (ends[to] ?? 0) <= endAt) to += 1;
    while (from < to && (ends[from] ?? 0) <= startAt) from += 1;
    context.work(to - from + 1);
    const value = answer(filledOf({ rollup, from, to, startAt, endAt }));
    if (value === undefined) continue;
    row.values[step] = value;
    row.present[step] = 1;
  }
  return row;
}

/** Without the buckets at both ends that hold nothing but an end of the series. */
function filledOf(buckets: Buckets): Buckets {
  const { count } = buckets.rollup;
  let { from, to } = buckets;
  if ((count[from] ?? 1) > 0 && (count[to - 1] ?? 1) > 0) return buckets;
  while (from < to && count[from] === 0) from += 1;
  while (to > from && count[to - 1] === 0) to -= 1;
  return { ...buckets, from, to };
}

function sumOf({ rollup, from, to }: Buckets): number {
  const sum = new KahanSum();
  for (let i = from; i < to; i += 1) if ((rollup.count[i] ?? 0) > 0) sum.add(rollup.sum[i] ?? 0);
  return sum.total();
}

function countOf({ rollup, from, to }: Buckets): number {
  let count = 0;
  for (let i = from; i < to; i += 1) count += rollup.count[i] ?? 0;
  return count;
}

function bestOf(
  { from, to }: Buckets,
  column: Float64Array,
  better: (value: number, best: number) => boolean,
): number {
  let best = Number.NaN;
  for (let i = from; i < to; i += 1) {
    const value = column[i] ?? Number.NaN;
    if (Number.isNaN(best) || better(value, best)) best = value;
  }
  return best;
}

function changeOf(buckets: Buckets, isRate: boolean): number | undefined {
  const { rollup, from, to, startAt, endAt } = buckets;
  const steps = countOf(buckets) - 1;
  if (steps < 1) return undefined;
  const seen = {
    firstAt: rollup.firstAt[from] ?? 0,
    lastAt: rollup.lastAt[to - 1] ?? 0,
    first: rollup.first[from] ?? 0,
    steps,
    change: rollupIncrease(rollup, from, to),
  };
  return stretched(seen, { startAt, endAt, legacy: false }, true, isRate);
}

function overflows({ sum }: SeriesRollup): boolean {
  return sum.some((value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY);
}

/** What is made from raw samples while it is asked is nothing to be told. */
function noteRolled(
  context: Context,
  found: readonly SeriesRollup[],
  width: RollupWidth,
  position: Position,
): void {
  if (found.every(({ completeTo, ends }) => completeTo < (ends[0] ?? 0))) return;
  context.note(
    'info',
    `Answered from the store's buckets of ${width === HOUR_MS ? '1 h' : `${width / MINUTE_MS} min`}, of which each step takes whole ones: as exact as from each sample, but for the rounding of sums (under 1e-12 of the sum of their amounts).`,
    position,
  );
}
