import type { Labels } from '../../shared/model/metric.ts';
import { byValue } from './choose.ts';
import type { Context } from './context.ts';
import { dateFunction } from './date.ts';
import type { Expression, Selector } from './expression.ts';
import type { Position } from './failure.ts';
import { NUMBER_FUNCTIONS } from './signature.ts';
import { emptyRow, type Grid, mergeAlike, type Row, withoutName } from './vector.ts';

/** A function of each sample's value and the call's numbers at that step; drops the metric's name. */
export function mapRows(
  context: Pick<Context, 'work'>,
  rows: readonly Row[],
  position: Position,
  maths: (value: number, step: number) => number,
  strict = false,
): readonly Row[] {
  const answers = rows.map((row) => {
    context.work(row.values.length);
    return {
      labels: withoutName(row.labels),
      present: row.present,
      values: row.values.map((value, step) => maths(value, step)),
    };
  });
  return mergeAlike(answers, position, strict);
}

export function elementMaths(
  name: string,
  numbers: readonly Float64Array[],
): ((value: number, step: number) => number) | undefined {
  const plain = Object.hasOwn(NUMBER_FUNCTIONS, name) ? NUMBER_FUNCTIONS[name] : dateFunction(name);
  if (plain) return (value) => plain(value);
  const number = (index: number, step: number) => numbers[index]?.[step] ?? Number.NaN;
  switch (name) {
    case 'round':
      return (value, step) => roundTo(value, numbers.length > 0 ? number(0, step) : 1);
    case 'clamp':
      return (value, step) => larger(number(0, step), smaller(number(1, step), value));
    case 'clamp_min':
      return (value, step) => larger(number(0, step), value);
    case 'clamp_max':
      return (value, step) => smaller(number(0, step), value);
    default:
      return undefined;
  }
}

/** As Go has it, an infinite bound holds against what is no number too. Source: https://pkg.go.dev/math#Max */
function larger(a: number, b: number): number {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : Math.max(a, b);
}

function smaller(a: number, b: number): number {
  return a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY
    ? Number.NEGATIVE_INFINITY
    : Math.min(a, b);
}

/** Halves go up. The inverse is multiplied, as rounding to 0.1 by dividing by 0.1 shows digits that are not there. */
function roundTo(value: number, nearest: number): number {
  const inverse = 1 / nearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

/** With limits the wrong way round nothing is left. */
export function clampRows(rows: readonly Row[], low: Float64Array, high: Float64Array): Row[] {
  return rows.map((row) => ({
    ...row,
    present: row.present.map((is, step) => ((low[step] ?? 0) > (high[step] ?? 0) ? 0 : is)),
  }));
}

/** 1 where nothing is, labelled with what was asked for. */
export function absentRows(context: Context, rows: Iterable<Row>, asked: Expression): Row[] {
  const { grid } = context;
  const answer = emptyRow(askedLabels(asked), grid.steps);
  answer.values.fill(1);
  answer.present.fill(1);
  for (const { present } of rows) {
    context.work(grid.steps);
    for (let step = 0; step < grid.steps; step += 1) if (present[step] === 1) answer.present[step] = 0;
  }
  return [answer];
}

function askedLabels(asked: Expression): Labels {
  const selector: Selector | undefined =
    asked.kind === 'selector' ? asked : asked.kind === 'range' ? asked.selector : undefined;
  const labels: Record<string, string> = Object.create(null);
  const matchers = (selector?.matchers ?? []).filter(({ name }) => name !== '__name__');
  // A label that is asked for twice says nothing certain.
  for (const { name, op, value } of matchers)
    if (op === '=' && value !== '' && matchers.filter((other) => other.name === name).length === 1)
      labels[name] = value;
  return labels;
}

/** The one series' value at each step; NaN where there is none or several. */
export function scalarOf(context: Context, rows: readonly Row[]): Float64Array {
  const { grid } = context;
  const values = new Float64Array(grid.steps).fill(Number.NaN);
  const counts = new Uint8Array(grid.steps);
  for (const row of rows) {
    context.work(grid.steps);
    for (let step = 0; step < grid.steps; step += 1) {
      if (row.present[step] !== 1 || counts[step] === 2) continue;
      counts[step] = (counts[step] ?? 0) + 1;
      values[step] = counts[step] === 1 ? (row.values[step] ?? 0) : Number.NaN;
    }
  }
  return values;
}

/** Means something for one instant only; a range is always ordered by labels. */
export function sortRows(grid: Grid, rows: readonly Row[], sign: 1 | -1): Row[] {
  if (grid.steps > 1) return [...rows];
  return [...rows].sort((a, b) => byValue(a.values[0] ?? 0, b.values[0] ?? 0, sign));
}
