import type { Labels } from '../../shared/model/metric.ts';
import type { BinaryExpression } from './expression.ts';
import { QueryFailure } from './failure.ts';
import { applyOperator } from './operator.ts';
import { isComparison } from './parse-binary.ts';
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

/** Between two numbers at each step. */
export function scalarScalar(
  expression: BinaryExpression,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  return left.map((a, step) => {
    const { value, holds } = applyOperator(expression.op, a, right[step] ?? Number.NaN);
    return isComparison(expression.op) ? Number(holds) : value;
  });
}

/** Between each series and a number; `scalarIsLeft` says which side the number is on. A comparison filters the vector. */
export function vectorScalar(
  expression: BinaryExpression,
  rows: readonly Row[],
  scalar: Float64Array,
  scalarIsLeft: boolean,
): Row[] {
  const compares = isComparison(expression.op);
  const keepsName = compares && !expression.bool;
  const answers = rows.map((row) => {
    const answer = emptyRow(keepsName ? row.labels : withoutName(row.labels), row.values.length);
    for (let step = 0; step < row.values.length; step += 1) {
      if (row.present[step] !== 1) continue;
      const own = row.values[step] ?? 0;
      const other = scalar[step] ?? Number.NaN;
      const { value, holds } = scalarIsLeft
        ? applyOperator(expression.op, other, own)
        : applyOperator(expression.op, own, other);
      if (!holds && !expression.bool) continue;
      answer.values[step] = expression.bool ? Number(holds) : compares ? own : value;
      answer.present[step] = 1;
    }
    return answer;
  });
  const filled = answers.filter(hasAny);
  return keepsName ? filled : mergeAlike(filled, expression.position);
}

interface MatchGroup {
  readonly many: Row[];
  readonly one: Row[];
}

/** Between series of two vectors that match by their labels. */
export function vectorVector(
  grid: Grid,
  expression: BinaryExpression,
  left: readonly Row[],
  right: readonly Row[],
): Row[] {
  const swapped = expression.matching.many === 'right';
  const [many, one] = swapped ? [right, left] : [left, right];
  const groups = new Map<string, MatchGroup>();
  const key = groupKeys(expression.matching);
  const groupOf = (row: Row) => {
    const name = key(row.labels);
    const group = groups.get(name) ?? { many: [], one: [] };
    groups.set(name, group);
    return group;
  };
  for (const row of one) groupOf(row).one.push(row);
  for (const row of many) groupOf(row).many.push(row);
  const answers: Row[] = [];
  const someMany = presence(grid, many);
  for (const group of groups.values()) {
    refuseAmbiguous(grid, expression, group, someMany);
    for (const manyRow of group.many)
      for (const oneRow of group.one) {
        const answer = matchPair(expression, manyRow, oneRow, swapped);
        if (hasAny(answer)) answers.push(answer);
      }
  }
  return mergeAlike(answers, expression.position);
}

function presence(grid: Grid, rows: readonly Row[]): Uint8Array {
  const some = new Uint8Array(grid.steps);
  for (const row of rows)
    for (let step = 0; step < grid.steps; step += 1)
      some[step] = (some[step] ?? 0) | (row.present[step] ?? 0);
  return some;
}

function refuseAmbiguous(
  grid: Grid,
  expression: BinaryExpression,
  group: MatchGroup,
  someMany: Uint8Array,
): void {
  if (group.one.length < 2 && (group.many.length < 2 || expression.matching.many)) return;
  for (let step = 0; step < grid.steps; step += 1) {
    const ones = group.one.filter((row) => row.present[step] === 1);
    const manys = group.many.filter((row) => row.present[step] === 1);
    if (ones.length > 1 && someMany[step] === 1)
      throw ambiguous(
        expression,
        ones,
        'many-to-many matching is not allowed: the labels must be unique on one side',
      );
    if (ones.length === 1 && manys.length > 1 && !expression.matching.many)
      throw ambiguous(expression, manys, 'say group_left or group_right where one side may have several');
  }
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

function matchPair(expression: BinaryExpression, many: Row, one: Row, swapped: boolean): Row {
  const answer = emptyRow(pairLabels(expression, many.labels, one.labels), many.values.length);
  for (let step = 0; step < many.values.length; step += 1) {
    if (many.present[step] !== 1 || one.present[step] !== 1) continue;
    const [a, b] = swapped ? [one, many] : [many, one];
    const { value, holds } = applyOperator(expression.op, a.values[step] ?? 0, b.values[step] ?? 0);
    if (!holds && !expression.bool) continue;
    answer.values[step] = expression.bool ? Number(holds) : value;
    answer.present[step] = 1;
  }
  return answer;
}

function pairLabels(expression: BinaryExpression, many: Labels, one: Labels): Labels {
  const { matching } = expression;
  const base = isComparison(expression.op) && !expression.bool ? many : withoutName(many);
  if (!matching.many)
    return matching.only ? onlyLabels(base, matching.labels) : without(base, matching.labels);
  if (matching.include.length === 0) return base;
  return Object.assign(without(base, matching.include), onlyLabels(one, matching.include));
}

/** `and`, `or`, `unless`: which series are there, not what they say. */
export function setOperation(
  grid: Grid,
  expression: BinaryExpression,
  left: readonly Row[],
  right: readonly Row[],
): Row[] {
  const key = groupKeys(expression.matching);
  const inLeft = presenceByKey(grid, left, key);
  const inRight = presenceByKey(grid, right, key);
  const filter = (rows: readonly Row[], other: Map<string, Uint8Array>, keepWhere: 0 | 1) =>
    rows
      .map((row) => {
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
  grid: Grid,
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
  return new Map(Array.from(byKey, ([name, same]) => [name, presence(grid, same)]));
}
