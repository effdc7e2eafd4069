import { CodedError } from '../../shared/error/coded.ts';
import type { Labels } from '../../shared/model/metric.ts';
import { compilePattern } from '../platform/index.ts';
import type { Compat } from './expression.ts';
import { type Position, QueryFailure } from './failure.ts';
import { keyOf, mergeAlike, type Row } from './vector.ts';

/** `label_replace(vector, target, replacement, source, pattern)`: where the pattern matches all of the source's value. */
export function replaceLabels(
  rows: readonly Row[],
  texts: readonly string[],
  compat: Compat,
  position: Position,
): readonly Row[] {
  const [target = '', replacement = '', source = '', pattern = ''] = texts;
  requireLabelName(target, compat, position);
  const { expand } = patternOf(compat === 2 ? `(?-s:${pattern})` : pattern, position);
  return relabelled(rows, position, (labels) => {
    const value = expand(labelOf(labels, source), replacement);
    return value === null ? labels : withLabel(labels, target, value);
  });
}

/** `label_join(vector, target, separator, source, …)`. */
export function joinLabels(
  rows: readonly Row[],
  texts: readonly string[],
  compat: Compat,
  position: Position,
): readonly Row[] {
  const [target = '', separator = '', ...sources] = texts;
  for (const name of [target, ...sources]) requireLabelName(name, compat, position);
  return relabelled(rows, position, (labels) =>
    withLabel(labels, target, sources.map((name) => labelOf(labels, name)).join(separator)),
  );
}

function relabelled(rows: readonly Row[], position: Position, change: (labels: Labels) => Labels) {
  return mergeAlike(
    rows.map((row) => ({ ...row, labels: change(row.labels) })),
    position,
  );
}

function patternOf(text: string, position: Position) {
  try {
    return compilePattern(text);
  } catch (thrown) {
    if (thrown instanceof CodedError) throw new QueryFailure('execution', thrown.message, position);
    throw thrown;
  }
}

export function requireLabelName(name: string, compat: Compat, position: Position): void {
  const isName = compat === 2 ? /^[a-zA-Z_]\w*$/.test(name) : name !== '' && !name.includes('\ufffd');
  if (!isName)
    throw new QueryFailure('execution', `${JSON.stringify(name.slice(0, 80))} is no label's name.`, position);
}

export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/** The labels with one more or another; an empty value is no label. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const changed: Record<string, string> = Object.assign(Object.create(null), labels);
  if (value === '') delete changed[name];
  else changed[name] = value;
  return changed;
}

/** Orders rows by labels as people count: digits as numbers. Rows that are alike in these are ordered by all labels. */
export function sortByLabels(rows: readonly Row[], names: readonly string[], sign: 1 | -1): Row[] {
  return [...rows].sort((a, b) => {
    for (const name of names) {
      const order = naturalOrder(labelOf(a.labels, name), labelOf(b.labels, name));
      if (order !== 0) return sign * order;
    }
    const [left, right] = [keyOf(a.labels), keyOf(b.labels)];
    return left === right ? 0 : sign * (left < right ? -1 : 1);
  });
}

function naturalOrder(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const [one, other] = [left[i], right[i]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    if (one === other) continue;
    const difference = Number(one) - Number(other);
    if (!Number.isNaN(difference) && difference !== 0) return difference;
    return one < other ? -1 : 1;
  }
  return 0;
}

function partsOf(text: string): string[] {
  return text.match(/\d+|\D+/g) ?? [];
}
