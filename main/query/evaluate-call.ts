import { absentRows, clampRows, elementMaths, mapRows, scalarOf, sortRows } from './call.ts';
import type { Context } from './context.ts';
import type { CallExpression, Expression } from './expression.ts';
import { QueryFailure } from './failure.ts';
import { type BucketMaths, bucketFraction, histogramRows, quantileOfBuckets } from './histogram.ts';
import { quantileOutOfRange } from './kahan.ts';
import { joinLabels, labelOf, replaceLabels, sortByLabels, withLabel } from './label.ts';
import { formatNumber } from './literal.ts';
import { distinctRows, isMatrix, type MatrixExpression, windowRows } from './matrix.ts';
import { collectRows, selectorRows } from './select.ts';
import { NATIVE_FUNCTIONS, returnsOf } from './signature.ts';
import { emptyRow, mergeAlike, type Row, type Value } from './vector.ts';
import { windowMaths } from './window.ts';

/** The value of a function call at all steps. */
export function evaluateCall(context: Context, call: CallExpression): Value {
  const matrix = call.args.find(isMatrix);
  if (matrix) return { kind: 'vector', rows: windowCall(context, call, matrix) };
  if (returnsOf(call.name) === 'scalar') return { kind: 'scalar', values: scalarCall(context, call) };
  return { kind: 'vector', rows: vectorCall(context, call) };
}

function windowCall(context: Context, call: CallExpression, matrix: MatrixExpression): readonly Row[] {
  const { name } = call;
  const numbers = call.args.filter((arg) => arg !== matrix).map((arg) => context.numbers(arg));
  if (name === 'quantile_over_time') noteQuantiles(context, numbers[0], call.args[0]);
  const rows = windowRows(context, matrix, name, windowMaths(name), numbers);
  if (name === 'absent_over_time') return absentRows(context, rows, matrix);
  return distinctRows(context, collectRows(context, rows, matrix.position), matrix, name);
}

function noteQuantiles(
  context: Context,
  quantiles: Float64Array | undefined,
  at: Expression | undefined,
): void {
  const wrong = quantiles?.find((q) => !(q >= 0 && q <= 1));
  if (wrong !== undefined && at) context.note('warning', quantileOutOfRange(wrong), at.position);
}

function scalarCall(context: Context, call: CallExpression): Float64Array {
  const { grid, whole } = context;
  const numbers = new Float64Array(grid.steps);
  switch (call.name) {
    case 'time':
      return numbers.map((_zero, step) => (grid.fromAt + step * grid.stepMs) / 1000);
    case 'pi':
      return numbers.fill(Math.PI);
    case 'start':
      return numbers.fill(whole.fromAt / 1000);
    case 'end':
      return numbers.fill(whole.toAt / 1000);
    case 'step':
      return numbers.fill(whole.stepMs / 1000);
    case 'range':
      return numbers.fill((whole.toAt - whole.fromAt) / 1000);
    default:
      return scalarOf(context, rowsAt(context, call, 0));
  }
}

function rowsAt(context: Context, call: CallExpression, index: number): readonly Row[] {
  return context.rows(argument(call, index));
}

function argument(call: CallExpression, index: number): Expression {
  const arg = call.args[index];
  if (!arg) throw new Error(`${call.name} was checked to have an argument ${index + 1}.`);
  return arg;
}

function vectorCall(context: Context, call: CallExpression): readonly Row[] {
  const { grid } = context;
  const { name, position } = call;
  if (NATIVE_FUNCTIONS.has(name)) return rowsAt(context, call, 0).slice(0, 0);
  switch (name) {
    case 'vector':
      return [everywhere(context.numbers(argument(call, 0)))];
    case 'absent':
      return absentRows(context, rowsAt(context, call, 0), argument(call, 0));
    case 'timestamp':
      return timestamps(context, call);
    case 'histogram_quantile':
    case 'histogram_quantiles':
    case 'histogram_fraction':
      return histogramCall(context, call);
    case 'sort':
    case 'sort_desc':
      noteSort(context, call);
      return sortRows(grid, rowsAt(context, call, 0), name === 'sort' ? 1 : -1);
    case 'sort_by_label':
    case 'sort_by_label_desc': {
      noteSort(context, call);
      const [, ...names] = call.args;
      const texts = names.map((arg) => context.text(arg));
      const rows = rowsAt(context, call, 0);
      return grid.steps > 1 ? rows : sortByLabels(rows, texts, name === 'sort_by_label' ? 1 : -1);
    }
    case 'label_replace':
    case 'label_join': {
      const [, ...texts] = call.args.map((arg, i) => (i === 0 ? '' : context.text(arg)));
      const relabel = name === 'label_replace' ? replaceLabels : joinLabels;
      return relabel(rowsAt(context, call, 0), texts, context.compat, position);
    }
  }
  return elementCall(context, call);
}

/** A function of each value by itself. */
function elementCall(context: Context, call: CallExpression): readonly Row[] {
  const { grid } = context;
  const [first, ...others] = call.args;
  const numbers = others.map((arg) => context.numbers(arg));
  const maths = elementMaths(call.name, numbers);
  if (!maths) throw new Error(`The function ${call.name} has no arithmetic.`);
  const seconds = () =>
    new Float64Array(grid.steps).map((_zero, i) => (grid.fromAt + i * grid.stepMs) / 1000);
  const rows = first ? context.rows(first) : [everywhere(seconds())];
  const [low, high] = numbers;
  const inside = call.name === 'clamp' && low && high ? clampRows(rows, low, high) : rows;
  return mapRows(context, inside, call.position, maths);
}

function everywhere(values: Float64Array): Row {
  return { ...emptyRow({}, 0), values, present: new Uint8Array(values.length).fill(1) };
}

/** Of a selector, its samples' own times; of anything else, the instants that are evaluated. */
function timestamps(context: Context, call: CallExpression): readonly Row[] {
  const { grid } = context;
  const of = argument(call, 0);
  if (of.kind === 'selector')
    return mapRows(
      context,
      collectRows(context, selectorRows(context, of, 'time'), of.position),
      call.position,
      (value) => value,
    );
  const rows = context.rows(of);
  return mapRows(context, rows, call.position, (_value, step) => (grid.fromAt + step * grid.stepMs) / 1000);
}

function noteSort(context: Context, call: CallExpression): void {
  if (context.grid.steps > 1)
    context.note(
      'warning',
      `${call.name} does nothing over a range, whose series are always ordered by their labels.`,
      call.position,
    );
}

function histogramCall(context: Context, call: CallExpression): readonly Row[] {
  const { name, position } = call;
  const answer = (rows: readonly Row[], maths: BucketMaths) =>
    mergeAlike(histogramRows(context, rows, maths, position), position);
  const numbers = (index: number) => context.numbers(argument(call, index));
  const quantile =
    (q: Float64Array): BucketMaths =>
    (buckets, step) =>
      quantileOfBuckets(q[step] ?? Number.NaN, buckets);
  if (name === 'histogram_quantile') {
    const q = numbers(0);
    noteQuantiles(context, q, call.args[0]);
    return answer(rowsAt(context, call, 1), quantile(q));
  }
  if (name === 'histogram_fraction') {
    const [lower, upper] = [numbers(0), numbers(1)];
    return answer(rowsAt(context, call, 2), (buckets, step) => ({
      value: bucketFraction(lower[step] ?? Number.NaN, upper[step] ?? Number.NaN, buckets),
    }));
  }
  const label = context.text(argument(call, 1));
  const rows = rowsAt(context, call, 0);
  if (rows.some((row) => labelOf(row.labels, label) !== ''))
    throw new QueryFailure(
      'execution',
      `The series have a label ${JSON.stringify(label.slice(0, 80))} already.`,
      position,
    );
  return call.args.slice(2).flatMap((arg) => {
    const q = context.numbers(arg);
    noteQuantiles(context, q, arg);
    return answer(rows, quantile(q)).map((row) => ({
      ...row,
      labels: withLabel(row.labels, label, quantileText(q[0] ?? Number.NaN)),
    }));
  });
}

/** As OpenMetrics writes the bounds of quantiles: a whole number has a fraction too. */
function quantileText(q: number): string {
  const text = formatNumber(q);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
