import { readCounter } from '../slo/index.ts';
import { type Checker, sayQueryError } from './checker.ts';
import type { Problem } from './problem.ts';
import type { Written } from './written.ts';

/** A document that does not fit its schema, as it was read. */
export type Unfit = Written<unknown>;

/** Keys under which each folder's files have expressions. */
const EXPRESSION_KEYS: Readonly<Record<string, readonly string[]>> = {
  alerts: ['expr', 'when'],
  detectors: ['query', 'when'],
  dashboards: ['expression'],
  slos: ['query'],
  playbooks: ['query'],
};

/**
 * Whether the expressions of a document can be read that is wrong in its shape: a person who mends the one mistake should
 * not meet the other only then.
 */
export function checkUnfit(written: Unfit, check: Checker, problems: Problem[]): void {
  const [folder = ''] = written.file.split('/');
  const keys = EXPRESSION_KEYS[folder] ?? [];
  for (const { path, text } of textsUnder(written.config, keys, [])) {
    if (folder !== 'slos') {
      check.expression(written, path, text, undefined);
      continue;
    }
    const counter = readCounter(text);
    // Of a threshold, or a template: what else it may be is known once the shape is mended.
    if (!counter.ok && !/\$window|\{\{/.test(text) && isOfRatio(path))
      sayQueryError(problems, written, path, text, counter.error);
    else if (counter.ok && counter.value.kind === 'selector')
      check.expression(written, path, text, undefined);
  }
}

function isOfRatio(path: readonly PropertyKey[]): boolean {
  return path.includes('ratioMetric');
}

interface PlacedText {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

function textsUnder(value: unknown, keys: readonly string[], path: readonly PropertyKey[]): PlacedText[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => textsUnder(one, keys, [...path, at]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, own]: [string, unknown]) => {
    if (typeof own === 'string')
      return keys.includes(key) && own.trim() !== '' ? [{ path: [...path, key], text: own }] : [];
    return textsUnder(own, keys, [...path, key]);
  });
}
