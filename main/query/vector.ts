import type { Labels } from '../../shared/model/metric.ts';
import { seriesKey } from '../store/index.ts';
import type { Grouping } from './expression.ts';
import { type Position, QueryFailure } from './failure.ts';

/** The instants of one evaluation. */
export interface Grid {
  readonly fromAt: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** One series of an instant vector over all steps. `values[i]` means something only where `present[i]` is 1. */
export interface Row {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** What an expression answers, over all steps. */
export type Value =
  | { readonly kind: 'vector'; readonly rows: readonly Row[] }
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'string'; readonly value: string };

export function emptyRow(labels: Labels, steps: number): Row {
  return { labels, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

/** Label sets are shared objects that live as long as their series, so what is derived from them is kept with them. */
const keys = new WeakMap<Labels, string>();
const nameless = new WeakMap<Labels, Labels>();

export function keyOf(labels: Labels): string {
  let key = keys.get(labels);
  if (key === undefined) {
    key = seriesKey(labels);
    keys.set(labels, key);
  }
  return key;
}

export function withoutName(labels: Labels): Labels {
  let rest = nameless.get(labels);
  if (!rest) {
    rest = without(labels, ['__name__']);
    nameless.set(labels, rest);
  }
  return rest;
}

export function without(labels: Labels, names: readonly string[]): Labels {
  const rest: Record<string, string> = Object.create(null);
  for (const name of Object.keys(labels)) if (!names.includes(name)) rest[name] = labels[name] ?? '';
  return rest;
}

export function onlyLabels(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = Object.create(null);
  for (const name of names) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (value) kept[name] = value;
  }
  return kept;
}

/** The labels that tell groups apart. */
export function groupLabels(labels: Labels, grouping: Grouping): Labels {
  return grouping.only
    ? onlyLabels(labels, grouping.labels)
    : without(labels, [...grouping.labels, '__name__']);
}

/** A function from labels to the text of their group. */
export function groupKeys(grouping: Grouping): (labels: Labels) => string {
  return (labels) => keyOf(groupLabels(labels, grouping));
}

/**
 * Joins rows that have become alike by losing labels; two values of one series at one instant are an error, and so is any
 * such row where `strict`.
 */
export function mergeAlike(rows: readonly Row[], position: Position, strict = false): readonly Row[] {
  if (rows.length < 2) return rows;
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row.labels);
    const other = byKey.get(key);
    if (!other) {
      byKey.set(key, row);
      continue;
    }
    const values = other.values.slice();
    const present = other.present.slice();
    for (let i = 0; i < values.length; i += 1) {
      if (row.present[i] !== 1) continue;
      if (present[i] === 1 || strict)
        throw new QueryFailure(
          'execution',
          `The answer would have the same labels twice (${key.slice(0, 300)}), so one of the values would be lost. Keep the label that tells them apart.`,
          position,
        );
      values[i] = row.values[i] ?? 0;
      present[i] = 1;
    }
    byKey.set(key, { labels: other.labels, values, present });
  }
  return Array.from(byKey.values());
}

export function hasAny(row: Row): boolean {
  return row.present.includes(1);
}
