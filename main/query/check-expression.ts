import { err, ok, type Result } from '../../shared/error/result.ts';
import type { QueryError, QueryNote } from '../../shared/model/metric.ts';
import type { CallExpression, Compat, Expression, ValueType } from './expression.ts';
import { unknownSource } from './joined-target.ts';
import { quantileOutOfRange } from './kahan.ts';
import { noCounterNote } from './matrix.ts';
import { parseExpression } from './parse.ts';
import { childrenOf, LOCAL_SOURCE, type PlanOptions, selectorsOf, sourcesOf } from './plan.ts';

/** What can be said of an expression without any data. */
export interface CheckedExpression {
  readonly type: ValueType;
  /** The sources that would be asked. */
  readonly sources: readonly string[];
  readonly metrics: readonly string[];
  readonly notes: readonly QueryNote[];
}

export interface CheckOptions extends PlanOptions {
  readonly compat: Compat;
  readonly target: (sourceId: string) => unknown;
}

/** Reads an expression as the editor needs it: what is wrong, what is probably not meant, and whom it would ask. */
export function checkExpression(text: string, options: CheckOptions): Result<CheckedExpression, QueryError> {
  const parsed = parseExpression(text, { compat: options.compat });
  if (!parsed.ok) return parsed;
  const { root, type } = parsed.value;
  const unknown = unknownSource(root, options, options.target);
  if (unknown) return err(unknown);
  const notes: QueryNote[] = [];
  visit(root, (expression) => void notes.push(...notesOf(expression)));
  const names = selectorsOf(root).flatMap(({ matchers }) =>
    matchers.filter(({ name, op }) => name === '__name__' && op === '=').map(({ value }) => value),
  );
  return ok({
    type,
    sources: sourcesOf(root, options).map((source) => source ?? LOCAL_SOURCE),
    metrics: Array.from(new Set(names)),
    notes,
  });
}

function visit(expression: Expression, look: (one: Expression) => void): void {
  look(expression);
  for (const child of childrenOf(expression)) visit(child, look);
}

function notesOf(expression: Expression): readonly QueryNote[] {
  if (expression.kind === 'aggregate' && expression.op === 'quantile')
    return quantileNotes(expression.parameter);
  if (expression.kind !== 'call') return [];
  const { name, args } = expression;
  const [first] = args;
  if (name === 'rate' || name === 'increase') {
    const note = first?.kind === 'range' ? noCounterNote(first) : undefined;
    return note ? [note] : [];
  }
  if (name === 'quantile_over_time') return quantileNotes(first);
  return name === 'histogram_quantile' ? [...quantileNotes(first), ...bucketNotes(expression)] : [];
}

function quantileNotes(q: Expression | null | undefined): readonly QueryNote[] {
  if (q?.kind !== 'number' || (q.value >= 0 && q.value <= 1)) return [];
  return [{ severity: 'warning', message: quantileOutOfRange(q.value), position: q.position }];
}

/** The usual slip: buckets are added up without the label that tells them apart. */
function bucketNotes({ args }: CallExpression): readonly QueryNote[] {
  const of = args[1];
  if (of?.kind !== 'aggregate' || of.op === 'count_values') return [];
  const { only, labels } = of.grouping;
  if (labels.includes('le') === only) return [];
  return [
    {
      severity: 'warning',
      message: `The aggregation drops the label le, without which there are no buckets: write ${of.op} by (le, …).`,
      position: of.position,
    },
  ];
}
