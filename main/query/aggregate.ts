import type { Labels } from '../../shared/model/metric.ts';
import type { Context } from './context.ts';
import type { AggregateExpression, Grouping } from './expression.ts';
import { KahanMean, plainVariance, quantileOf, varianceOf } from './kahan.ts';
import { emptyRow, groupLabels, keyOf, type Row } from './vector.ts';

/** Counts values that are looked at; throws once the time is up. */
type Work = (values: number) => void;

/** One group on its way to its row: takes the rows of its series one by one, and keeps none of them. */
interface Fold {
  add(row: Row): void;
  answer(): Row;
}

/** Folds rows into one row a group, as they come. */
export function aggregateRows(
  context: Context,
  expression: AggregateExpression,
  rows: Iterable<Row>,
  parameter: Float64Array | undefined,
): Row[] {
  const { compat } = context;
  const { steps } = context.grid;
  const work: Work = (values) => context.work(values);
  const groups = new Map<string, Fold>();
  const make = (compat === 2 ? FOLDS_2[expression.op] : undefined) ?? FOLDS[expression.op];
  if (!make) throw new Error(`The aggregation ${expression.op} has no arithmetic.`);
  for (const row of rows) {
    const { key, labels } = groupOf(row.labels, expression.grouping);
    let fold = groups.get(key);
    if (!fold) {
      fold = make(emptyRow(labels, steps), work, parameter ?? new Float64Array(0));
      groups.set(key, fold);
    }
    work(steps);
    fold.add(row);
  }
  return Array.from(groups.values(), (fold) => fold.answer());
}

/** Which group a series is in is asked again at each question; labels live as long as their series. */
const known = new Map<string, WeakMap<Labels, { key: string; labels: Labels }>>();
const GROUPINGS_MAX = 50;

export function groupOf(
  labels: Labels,
  grouping: Grouping,
): { readonly key: string; readonly labels: Labels } {
  const name = `${grouping.only}\n${JSON.stringify(grouping.labels)}`;
  let groups = known.get(name);
  if (!groups) {
    groups = new WeakMap();
    if (known.size >= GROUPINGS_MAX) known.clear();
    known.set(name, groups);
  }
  let group = groups.get(labels);
  if (!group) {
    const own = groupLabels(labels, grouping);
    group = { key: keyOf(own), labels: own };
    groups.set(labels, group);
  }
  return group;
}

const FOLDS: Readonly<Record<string, (row: Row, work: Work, parameter: Float64Array) => Fold>> = {
  sum: (row) => new SumFold(row),
  avg: (row, work) =>
    new GatherFold(row, work, (values) => {
      const mean = new KahanMean();
      for (const value of values) mean.add(value);
      return mean.mean();
    }),
  min: (row) => new ChosenFold(row, (value, best) => value < best),
  max: (row) => new ChosenFold(row, (value, best) => value > best),
  count: (row) => new CountFold(row),
  group: (row) => new ChosenFold(row, () => false, 1),
  stddev: (row, work) => new GatherFold(row, work, (values) => Math.sqrt(varianceOf(values))),
  stdvar: (row, work) => new GatherFold(row, work, varianceOf),
  quantile: (row, work, q) =>
    new GatherFold(row, work, (values, step) => quantileOf(q[step] ?? Number.NaN, values)),
};

/** In Prometheus 2 a value alone has no variance, whatever it is. */
const FOLDS_2: typeof FOLDS = {
  stddev: (row, work) => new GatherFold(row, work, (values) => Math.sqrt(plainVariance(values))),
  stdvar: (row, work) => new GatherFold(row, work, plainVariance),
};

/** A sum that keeps what rounding loses; the steps of `KahanSum`, over columns. */
class SumFold implements Fold {
  private readonly row: Row;
  private readonly lost: Float64Array;

  constructor(row: Row) {
    this.row = row;
    this.lost = new Float64Array(row.values.length);
  }

  add({ values, present }: Row): void {
    const { lost } = this;
    const sums = this.row.values;
    const has = this.row.present;
    for (let step = 0; step < values.length; step += 1) {
      if (present[step] !== 1) continue;
      const value = values[step] ?? 0;
      const sum = sums[step] ?? 0;
      const next = sum + value;
      if (!Number.isFinite(next)) lost[step] = 0;
      else {
        const small = Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
        lost[step] = (lost[step] ?? 0) + small;
      }
      sums[step] = next;
      has[step] = 1;
    }
  }

  answer(): Row {
    const { values } = this.row;
    for (let step = 0; step < values.length; step += 1) {
      const sum = values[step] ?? 0;
      if (Number.isFinite(sum)) values[step] = sum + (this.lost[step] ?? 0);
    }
    return this.row;
  }
}

class CountFold implements Fold {
  private readonly row: Row;

  constructor(row: Row) {
    this.row = row;
  }

  add({ present }: Row): void {
    const counts = this.row.values;
    const has = this.row.present;
    for (let step = 0; step < present.length; step += 1) {
      if (present[step] !== 1) continue;
      counts[step] = (counts[step] ?? 0) + 1;
      has[step] = 1;
    }
  }

  answer(): Row {
    return this.row;
  }
}

/** The best value, or always the same one. A value that is no number gives way to any that is. */
class ChosenFold implements Fold {
  private readonly row: Row;
  private readonly better: (value: number, best: number) => boolean;
  private readonly always: number | undefined;

  constructor(row: Row, better: (value: number, best: number) => boolean, always?: number) {
    this.row = row;
    this.better = better;
    this.always = always;
  }

  add({ values, present }: Row): void {
    const best = this.row.values;
    const has = this.row.present;
    for (let step = 0; step < values.length; step += 1) {
      if (present[step] !== 1) continue;
      const value = this.always ?? values[step] ?? 0;
      const known = best[step] ?? 0;
      if (has[step] !== 1 || this.better(value, known) || Number.isNaN(known)) best[step] = value;
      has[step] = 1;
    }
  }

  answer(): Row {
    return this.row;
  }
}

/** For what needs all values of a step at once. */
class GatherFold implements Fold {
  private readonly row: Row;
  private readonly rows: Row[] = [];
  private readonly work: Work;
  private readonly maths: (values: number[], step: number) => number;

  constructor(row: Row, work: Work, maths: (values: number[], step: number) => number) {
    this.row = row;
    this.work = work;
    this.maths = maths;
  }

  add(row: Row): void {
    this.rows.push(row);
  }

  answer(): Row {
    const { row, rows } = this;
    const values: number[] = [];
    for (let step = 0; step < row.values.length; step += 1) {
      this.work(rows.length + 1);
      values.length = 0;
      for (const one of rows) if (one.present[step] === 1) values.push(one.values[step] ?? 0);
      if (values.length === 0) continue;
      row.values[step] = this.maths(values, step);
      row.present[step] = 1;
    }
    return row;
  }
}
