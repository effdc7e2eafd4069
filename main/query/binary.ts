import type { Labels } from '../../shared/model/metric.ts';
import type { Context } from './context.ts';
import type { BinaryExpression, Compat } from './expression.ts';
import { QueryFailure } from './failure.ts';
import { ARITHMETIC, COMPARISONS, isArithmetic, isComparison } from './operator.ts';
import {
  emptyRow,
  type Grid,
  groupKeys,
  hasAny,
  keyOf,
  mergeAlike,
  onlyLabels,
  type Row,
  without,
  withoutName,
} from './vector.ts';

/** What two numbers give: a value, or undefined where a comparison leaves nothing. */
function pairMaths(
  { op, bool }: BinaryExpression,
  keepsRight: boolean,
): (a: number, b: number) => number | undefined {
  if (isArithmetic(op)) return ARITHMETIC[op];
  if (!isComparison(op)) throw new Error(`${op} is no operation on numbers.`);
  const holds = COMPARISONS[op];
  if (bool) return (a, b) => (holds(a, b) ? 1 : 0);
  return keepsRight ? (a, b) => (holds(a, b) ? b : undefined) : (a, b) => (holds(a, b) ? a : undefined);
}

/** Whether the answer is still about the metric: a comparison that filters is, and in Prometheus 2 so is `atan2`. */
function keepsNames({ op, bool }: BinaryExpression, compat: Compat): boolean {
  return (isComparison(op) && !bool) || (op === 'atan2' && compat === 2);
}

/** Between two numbers at each step. */
export function scalarScalar(
  expression: BinaryExpression,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  const maths = pairMaths(expression, false);
  return left.map((a, step) => maths(a, right[step] ?? Number.NaN) ?? Number.NaN);
}

/** Between each series and a number; `scalarIsLeft` says which side the number is on. A comparison filters the vector. */
export function vectorScalar(
  context: Context,
  expression: BinaryExpression,
  rows: readonly Row[],
  scalar: Float64Array,
  scalarIsLeft: boolean,
): readonly Row[] {
  const keepsName = keepsNames(expression, context.compat);
  const plain = pairMaths(expression, scalarIsLeft);
  const maths = scalarIsLeft ? (own: number, other: number) => plain(other, own) : plain;
  const answers: Row[] = [];
  for (const row of rows) {
    const { values, present } = row;
    context.work(values.length);
    const answer = emptyRow(keepsName ? row.labels : withoutName(row.labels), values.length);
    for (let step = 0; step < values.length; step += 1) {
      if (present[step] !== 1) continue;
      const value = maths(values[step] ?? 0, scalar[step] ?? Number.NaN);
      if (value === undefined) continue;
      answer.values[step] = value;
      answer.present[step] = 1;
    }
    if (hasAny(answer)) answers.push(answer);
  }
  return keepsName ? answers : mergeAlike(answers, expression.position);
}

interface MatchGroup {
  readonly many: Row[];
  readonly one: Row[];
}

/** Between series of two vectors that match by their labels. */
export function vectorVector(
  context: Context,
  expression: BinaryExpression,
  left: readonly Row[],
  right: readonly Row[],
): readonly Row[] {
  const { grid } = context;
  const swapped = expression.matching.many === 'right';
  const [many, one] = swapped ? [right, left] : [left, right];
  const groups = new Map<string, MatchGroup>();
  const key = groupKeys(expression.matching);
  for (const row of one) {
    const name = key(row.labels);
    const group = groups.get(name);
    if (group) group.one.push(row);
    else groups.set(name, { many: [], one: [row] });
  }
  for (const row of many) groups.get(key(row.labels))?.many.push(row);
  const answers: Row[] = [];
  const someMany = presence(context, many);
  for (const group of groups.values()) {
    context.check();
    if (group.one.length > 1) refuseManyOnes(grid, expression, group, someMany);
    answers.push(...matchGroup(context, expression, group, swapped));
  }
  return mergeAlike(answers, expression.position);
}

function presence(context: Context, rows: readonly Row[]): Uint8Array {
  const { grid } = context;
  const some = new Uint8Array(grid.steps);
  for (const { present } of rows) {
    context.work(grid.steps);
    for (let step = 0; step < grid.steps; step += 1) some[step] = (some[step] ?? 0) | (present[step] ?? 0);
  }
  return some;
}

function refuseManyOnes(
  grid: Grid,
  expression: BinaryExpression,
  group: MatchGroup,
  someMany: Uint8Array,
): void {
  for (let step = 0; step < grid.steps; step += 1) {
    if (someMany[step] !== 1) continue;
    const ones = group.one.filter((row) => row.present[step] === 1);
    if (ones.length > 1)
      throw ambiguous(
        expression,
        ones,
        'many-to-many matching is not allowed: the labels must be unique on one side',
      );
  }
}

/** All pairs of one group. One to one, a second answer at one step is one too many. */
function matchGroup(
  context: Context,
  expression: BinaryExpression,
  group: MatchGroup,
  swapped: boolean,
): Row[] {
  const { grid, compat } = context;
  const maths = pairMaths(expression, false);
  const isOneToOne = expression.matching.many === null;
  const taken = isOneToOne && group.many.length > 1 ? new Uint8Array(grid.steps) : undefined;
  const answers: Row[] = [];
  for (const many of group.many)
    for (const one of group.one) {
      context.work(grid.steps);
      const answer = emptyRow(pairLabels(expression, compat, many.labels, one.labels), grid.steps);
      const [a, b] = swapped ? [one, many] : [many, one];
      for (let step = 0; step < grid.steps; step += 1) {
        if (many.present[step] !== 1 || one.present[step] !== 1) continue;
        const value = maths(a.values[step] ?? 0, b.values[step] ?? 0);
        // In Prometheus 2 what a comparison filters away is not in the way of another.
        if (value === undefined && compat === 2) continue;
        if (taken?.[step] === 1)
          throw ambiguous(
            expression,
            group.many,
            'say group_left or group_right where one side may have several',
          );
        if (taken) taken[step] = 1;
        if (value === undefined) continue;
        answer.values[step] = value;
        answer.present[step] = 1;
      }
      if (hasAny(answer)) answers.push(answer);
    }
  return answers;
}

function ambiguous(expression: BinaryExpression, rows: readonly Row[], rule: string): QueryFailure {
  const names = rows
    .slice(0, 2)
    .map((row) => keyOf(row.labels).slice(0, 200))
    .sort();
  return new QueryFailure(
    'execution',
    `Several series match in "${expression.op}" (${names.join(' and ')}): ${rule}.`,
    expression.position,
  );
}

function pairLabels(expression: BinaryExpression, compat: Compat, many: Labels, one: Labels): Labels {
  const { matching } = expression;
  const base = keepsNames(expression, compat) ? many : withoutName(many);
  if (!matching.many)
    return matching.only ? onlyLabels(base, matching.labels) : without(base, matching.labels);
  if (matching.include.length === 0) return base;
  return Object.assign(without(base, matching.include), onlyLabels(one, matching.include));
}

/** `and`, `or`, `unless`: which series are there, not what they say. */
export function setOperation(
  context: Context,
  expression: BinaryExpression,
  left: readonly Row[],
  right: readonly Row[],
): readonly Row[] {
  const key = groupKeys(expression.matching);
  const inLeft = presenceByKey(context, left, key);
  const inRight = presenceByKey(context, right, key);
  const filter = (rows: readonly Row[], other: Map<string, Uint8Array>, keepWhere: 0 | 1) =>
    rows
      .map((row) => {
        context.work(row.present.length);
        const there = other.get(key(row.labels));
        const present = row.present.map((is, step) =>
          is === 1 && (there?.[step] ?? 0) === keepWhere ? 1 : 0,
        );
        return { ...row, present };
      })
      .filter(hasAny);
  switch (expression.op) {
    case 'and':
      return filter(left, inRight, 1);
    case 'unless':
      return filter(left, inRight, 0);
    default:
      return mergeAlike([...left, ...filter(right, inLeft, 0)], expression.position);
  }
}

function presenceByKey(
  context: Context,
  rows: readonly Row[],
  key: (labels: Labels) => string,
): Map<string, Uint8Array> {
  const byKey = new Map<string, Row[]>();
  for (const row of rows) {
    const name = key(row.labels);
    const same = byKey.get(name);
    if (same) same.push(row);
    else byKey.set(name, [row]);
  }
  return new Map(Array.from(byKey, ([name, same]) => [name, presence(context, same)]));
}
