import type { QueryNote } from '../../shared/model/metric.ts';
import { type Context, fixedInstant, lookedAt, type PlainSeries } from './context.ts';
import type { Expression, RangeExpression, SubqueryExpression } from './expression.ts';
import { QueryFailure } from './failure.ts';
import { rolledWindows } from './rolled.ts';
import { BYTES_PER_POINT, rangeSeries, slideWindows } from './select.ts';
import { emptyRow, type Grid, hasAny, mergeAlike, type Row, withoutName } from './vector.ts';
import { KEEPS_NAME, type WindowFunction } from './window.ts';

export type MatrixExpression = RangeExpression | SubqueryExpression;

/** The distance of a subquery's steps where it names none. Source: Prometheus' `global.evaluation_interval`. */
const DEFAULT_STEP_MS = 60_000;
/** A month of seconds, and a little more: with more, one series alone keeps the deadline waiting. */
const SUBQUERY_STEPS_MAX = 3_000_000;

export function isMatrix(expression: Expression): expression is MatrixExpression {
  return expression.kind === 'range' || expression.kind === 'subquery';
}

/** What the windows are cut from: stored series, or those that a subquery evaluates. */
export function matrixSeries(
  context: Context,
  matrix: MatrixExpression,
  name: string,
): Iterable<PlainSeries> {
  return matrix.kind === 'range' ? rangeSeries(context, matrix, name) : subquerySeries(context, matrix);
}

function* subquerySeries(context: Context, subquery: SubqueryExpression): Iterable<PlainSeries> {
  const grid = subqueryGrid(context, subquery);
  if (grid.steps < 1) return;
  context.hold(grid.steps * BYTES_PER_POINT, subquery.position);
  for (const row of context.over(grid).rows(subquery.of)) {
    context.work(grid.steps);
    const { times, values } = pointsOf(row, grid);
    if (times.length > 0) yield { labels: row.labels, times, values, firstAt: times[0] ?? 0 };
  }
}

/** All steps of a subquery for all steps outside it: whole multiples of its step. */
export function subqueryGrid(
  context: Pick<Context, 'grid' | 'whole' | 'compat'>,
  subquery: SubqueryExpression,
): Grid {
  const stepMs = subquery.stepMs ?? DEFAULT_STEP_MS;
  const { firstAt, lastAt } = lookedAt(context, subquery);
  const startAt = firstAt - subquery.rangeMs;
  let fromAt = Math.trunc(startAt / stepMs) * stepMs;
  if (context.compat === 2 ? fromAt < startAt : fromAt <= startAt) fromAt += stepMs;
  const steps = Math.floor((lastAt - fromAt) / stepMs) + 1;
  if (steps > SUBQUERY_STEPS_MAX)
    throw new QueryFailure(
      'limit',
      `The subquery has ${steps} steps, more than ${SUBQUERY_STEPS_MAX}. Nothing was answered; give it a longer step or a shorter range.`,
      subquery.position,
    );
  return { fromAt, stepMs, steps };
}

/** The points that are there. */
export function pointsOf(row: Row, grid: Grid): { times: Float64Array; values: Float64Array } {
  const times = new Float64Array(grid.steps);
  const values = new Float64Array(grid.steps);
  let count = 0;
  for (let step = 0; step < grid.steps; step += 1) {
    if (row.present[step] !== 1) continue;
    times[count] = grid.fromAt + step * grid.stepMs;
    values[count] = row.values[step] ?? 0;
    count += 1;
  }
  // A copy where much would be kept for little.
  return count * 2 < grid.steps
    ? { times: times.slice(0, count), values: values.slice(0, count) }
    : { times: times.subarray(0, count), values: values.subarray(0, count) };
}

/** A function of the samples in the window behind each step, series by series. */
export function* windowRows(
  context: Context,
  matrix: MatrixExpression,
  name: string,
  makeMaths: () => WindowFunction,
  parameters: readonly Float64Array[],
): Iterable<Row> {
  const rolled = matrix.kind === 'range' ? rolledWindows(context, matrix, name) : undefined;
  for (const row of rolled ?? rawWindows(context, matrix, name, makeMaths, parameters)) {
    noteNoCounter(context, matrix, name);
    yield row;
  }
}

function* rawWindows(
  context: Context,
  matrix: MatrixExpression,
  name: string,
  makeMaths: () => WindowFunction,
  parameters: readonly Float64Array[],
): Iterable<Row> {
  const [first, second] = parameters;
  const span = spanOf(matrix);
  // A fixed window says the same at each step, but for functions that look ahead of the step.
  const isSame = fixedInstant(context, span) !== null && parameters.length === 0;
  const steps = isSame ? context.over({ ...context.grid, steps: 1 }) : context;
  for (const series of matrixSeries(context, matrix, name)) {
    const labels = KEEPS_NAME.has(name) ? series.labels : withoutName(series.labels);
    const row = emptyRow(labels, context.grid.steps);
    const maths = makeMaths();
    slideWindows(steps, span, series, (window, step) => {
      const value = maths(window, first?.[step] ?? Number.NaN, second?.[step] ?? Number.NaN);
      if (value === undefined) return;
      row.values[step] = value;
      row.present[step] = 1;
    });
    if (isSame && row.present[0] === 1) {
      row.values.fill(row.values[0] ?? 0);
      row.present.fill(1);
    }
    if (hasAny(row)) yield row;
  }
}

/** What Prometheus' naming says is a counter. Source: https://prometheus.io/docs/practices/naming/ */
const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

function noteNoCounter(context: Context, matrix: MatrixExpression, functionName: string): void {
  if (matrix.kind !== 'range' || (functionName !== 'rate' && functionName !== 'increase')) return;
  const note = noCounterNote(matrix);
  if (note) context.note(note.severity, note.message, matrix.position);
}

/** What is said where a rate is asked of a metric whose name is no counter's. */
export function noCounterNote({ selector, position }: RangeExpression): QueryNote | undefined {
  const name = selector.matchers.find((one) => one.name === '__name__' && one.op === '=')?.value;
  if (name === undefined || COUNTER_NAME.test(name)) return undefined;
  const message = `The metric ${name} might not be a counter: the names of counters end in _total, _sum, _count or _bucket. Of a value that falls as well as rises, ask delta or deriv.`;
  return { severity: 'info', message, position };
}

function spanOf(matrix: MatrixExpression) {
  const { offsetMs, fixedAt } = matrix.kind === 'range' ? matrix.selector : matrix;
  return { offsetMs, fixedAt, rangeMs: matrix.rangeMs };
}

/** Whether series of one name only are looked at, so that none become alike by losing it. */
export function isOneName(matrix: MatrixExpression): boolean {
  return (
    matrix.kind === 'range' &&
    matrix.selector.matchers.some(({ name, op, value }) => name === '__name__' && op === '=' && value !== '')
  );
}

/** Joins rows that became alike by losing their names, where no instant has both; Prometheus 2 refuses them all. */
export function distinctRows(
  context: Context,
  rows: readonly Row[],
  matrix: MatrixExpression,
  name: string,
): readonly Row[] {
  const strict = context.compat === 2;
  return KEEPS_NAME.has(name) || isOneName(matrix) ? rows : mergeAlike(rows, matrix.position, strict);
}

/** The window's series themselves, at the one instant that is asked for. */
export function matrixAnswer(
  context: Context,
  matrix: MatrixExpression,
): { readonly labels: PlainSeries['labels']; readonly times: Float64Array; readonly values: Float64Array }[] {
  if (context.grid.steps !== 1)
    throw new QueryFailure(
      'execution',
      'A range vector has no value at a step. Ask for it at one instant, or put a function around it.',
      matrix.position,
    );
  const answers: ReturnType<typeof matrixAnswer> = [];
  for (const series of matrixSeries(context, matrix, ''))
    slideWindows(context, spanOf(matrix), series, ({ times, values, from, to }) => {
      answers.push({ labels: series.labels, times: times.slice(from, to), values: values.slice(from, to) });
    });
  return answers;
}
