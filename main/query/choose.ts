import type { Labels } from '../../shared/model/metric.ts';
import { groupOf } from './aggregate.ts';
import type { Context } from './context.ts';
import type { AggregateExpression } from './expression.ts';
import { QueryFailure } from './failure.ts';
import { requireLabelName, withLabel } from './label.ts';
import { formatNumber } from './literal.ts';
import { emptyRow, groupLabels, hasAny, keyOf, type Row } from './vector.ts';

/** Making labels takes as long as looking at so many values. */
const WORK_OF_LABELS = 50;
const CHOOSERS: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** Whether the aggregation answers some of the rows that it was given, as they are. */
export function isChooser(op: string): boolean {
  return CHOOSERS.has(op);
}

/** The rows that `topk`, `bottomk`, `limitk` or `limit_ratio` choose, step by step, with their labels. */
export function chooseRows(
  context: Context,
  expression: AggregateExpression,
  rows: readonly Row[],
  numbers: Float64Array,
): Row[] {
  refuseNumbers(context, expression, numbers);
  if (expression.op === 'limit_ratio') return shareOf(rows, numbers);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const { key } = groupOf(row.labels, expression.grouping);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const answers: Row[] = [];
  for (const group of groups.values()) {
    context.check();
    answers.push(...chosenOf(context, expression.op, group, numbers));
  }
  return answers;
}

function refuseNumbers(
  { note }: Context,
  { op, position }: AggregateExpression,
  numbers: Float64Array,
): void {
  for (const number of numbers) {
    const isWrong = op === 'limit_ratio' ? Number.isNaN(number) : !(Math.abs(number) < 2 ** 63);
    if (isWrong) throw new QueryFailure('execution', `The number that ${op} takes is ${number}.`, position);
    if (op === 'limit_ratio' && Math.abs(number) > 1)
      note(
        'warning',
        `limit_ratio takes a part from -1 to 1; ${number} was taken as ${Math.sign(number)}.`,
        position,
      );
  }
}

function chosenOf(context: Context, op: string, group: readonly Row[], numbers: Float64Array): Row[] {
  const { steps } = context.grid;
  const sign = op === 'topk' ? -1 : 1;
  const chosen = group.map((row) => ({ ...row, present: new Uint8Array(steps) }));
  const all = Array.from(group.keys());
  let order: readonly number[] = all;
  for (let step = 0; step < steps; step += 1) {
    context.work(all.length);
    const count = Math.max(0, Math.trunc(numbers[step] ?? 0));
    const present = count === 0 ? [] : all.filter((index) => group[index]?.present[step] === 1);
    const value = (index: number) => group[index]?.values[step] ?? 0;
    if (op !== 'limitk') present.sort((a, b) => byValue(value(a), value(b), sign));
    for (const index of present.slice(0, count)) {
      const row = chosen[index];
      if (row) row.present[step] = 1;
    }
    if (steps === 1) order = present;
  }
  return order.flatMap((index) => chosen[index] ?? []).filter(hasAny);
}

/** A series is always in the same part: its place from 0 to 1 is a hash of its labels. */
function shareOf(rows: readonly Row[], ratios: Float64Array): Row[] {
  return rows.flatMap((row) => {
    const place = placeOf(row.labels);
    const present = row.present.map((is, step) => {
      const ratio = Math.max(-1, Math.min(1, ratios[step] ?? 0));
      return is === 1 && (ratio >= 0 ? place < ratio : place >= 1 + ratio) ? 1 : 0;
    });
    return present.includes(1) ? [{ ...row, present }] : [];
  });
}

/** Source: FNV-1a, https://datatracker.ietf.org/doc/html/draft-eastlake-fnv, with a last mixing of its bits. */
function placeOf(labels: Labels): number {
  let hash = 0x811c9dc5;
  const key = keyOf(labels);
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** `count_values`: one row for each value that occurs in a group, which stands in the label. */
export function countValues(
  context: Context,
  expression: AggregateExpression,
  rows: readonly Row[],
  label: string,
): Row[] {
  requireLabelName(label, context.compat, expression.position);
  const { only, labels: grouped } = expression.grouping;
  const grouping = { only, labels: only ? [...grouped, label] : grouped };
  const answers = new Map<string, Row>();
  for (const row of rows) {
    context.check();
    for (let step = 0; step < context.grid.steps; step += 1) {
      if (row.present[step] !== 1) continue;
      context.work(WORK_OF_LABELS);
      // The value is a label before the groups are made: `without` may take it away again.
      const labels = groupLabels(withLabel(row.labels, label, formatNumber(row.values[step] ?? 0)), grouping);
      const key = keyOf(labels);
      let answer = answers.get(key);
      if (!answer) {
        context.hold(context.grid.steps * 9, expression.position);
        answer = emptyRow(labels, context.grid.steps);
        answers.set(key, answer);
      }
      answer.values[step] = (answer.values[step] ?? 0) + 1;
      answer.present[step] = 1;
    }
  }
  return Array.from(answers.values());
}

/** NaN comes last, whichever way round. */
export function byValue(a: number, b: number, sign: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a === b ? 0 : sign * (a < b ? -1 : 1);
}
