import type { Labels } from '../../shared/model/metric.ts';
import type { AggregateExpression } from './expression.ts';
import { QueryFailure } from './failure.ts';
import { KahanMean, KahanSum, quantileOf, varianceOf } from './kahan.ts';
import { emptyRow, type Grid, groupLabels, hasAny, keyOf, type Row } from './vector.ts';

interface Group {
  readonly labels: Labels;
  readonly rows: Row[];
}

/** What the values of one group at one instant give; never called without values. */
const FOLDS: Readonly<Record<string, (values: number[], parameter: number) => number>> = {
  sum: (values) => {
    const sum = new KahanSum();
    for (const value of values) sum.add(value);
    return sum.total();
  },
  avg: (values) => {
    const mean = new KahanMean();
    for (const value of values) mean.add(value);
    return mean.mean();
  },
  min: (values) => values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best)),
  max: (values) => values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best)),
  count: (values) => values.length,
  group: () => 1,
  stddev: (values) => Math.sqrt(varianceOf(values)),
  stdvar: (values) => varianceOf(values),
  quantile: (values, q) => quantileOf(q, values),
};

/** One row a group, or for `topk` and `bottomk` the rows that were chosen, with their labels. */
export function aggregate(
  grid: Grid,
  expression: AggregateExpression,
  rows: readonly Row[],
  parameter: Float64Array | undefined,
): Row[] {
  const groups = groupRows(expression, rows);
  if (expression.op === 'topk' || expression.op === 'bottomk')
    return chooseRows(grid, expression, groups, parameter ?? new Float64Array(grid.steps));
  const fold = FOLDS[expression.op];
  if (!fold) throw new Error(`The aggregation ${expression.op} has no arithmetic.`);
  return groups.map((group) => {
    const answer = emptyRow(group.labels, grid.steps);
    for (let step = 0; step < grid.steps; step += 1) {
      const values: number[] = [];
      for (const row of group.rows) if (row.present[step] === 1) values.push(row.values[step] ?? 0);
      if (values.length === 0) continue;
      answer.values[step] = fold(values, parameter?.[step] ?? Number.NaN);
      answer.present[step] = 1;
    }
    return answer;
  });
}

function groupRows(expression: AggregateExpression, rows: readonly Row[]): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const labels = groupLabels(row.labels, expression.grouping);
    const group = groups.get(keyOf(labels)) ?? { labels, rows: [] };
    group.rows.push(row);
    groups.set(keyOf(labels), group);
  }
  return Array.from(groups.values());
}

function chooseRows(
  grid: Grid,
  expression: AggregateExpression,
  groups: readonly Group[],
  counts: Float64Array,
): Row[] {
  if (counts.some((count) => Number.isNaN(count)))
    throw new QueryFailure(
      'execution',
      `The number that ${expression.op} takes is NaN.`,
      expression.position,
    );
  const sign = expression.op === 'topk' ? -1 : 1;
  const answers: Row[] = [];
  for (const group of groups) {
    const chosen = group.rows.map((row) => ({ ...row, present: new Uint8Array(grid.steps) }));
    let order = chosen;
    for (let step = 0; step < grid.steps; step += 1) {
      const present = chosen.filter((_row, i) => group.rows[i]?.present[step] === 1);
      present.sort((a, b) => byValue(a.values[step] ?? 0, b.values[step] ?? 0, sign));
      for (const row of present.slice(0, Math.max(0, Math.trunc(counts[step] ?? 0)))) row.present[step] = 1;
      if (grid.steps === 1) order = present;
    }
    answers.push(...order.filter(hasAny));
  }
  return answers;
}

/** NaN comes last, whichever way round. */
export function byValue(a: number, b: number, sign: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a === b ? 0 : sign * (a < b ? -1 : 1);
}
