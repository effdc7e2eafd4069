import { typeOf } from './check.ts';
import type { Context } from './context.ts';
import type { Compat, Expression, Selector } from './expression.ts';
import { unsupported } from './failure.ts';
import { isMatrix, subqueryGrid } from './matrix.ts';
import { parseExpression } from './parse.ts';
import { SOURCE_LABEL } from './parse-selector.ts';
import { printExpression } from './print.ts';
import type { Grid } from './vector.ts';

/** A part of an expression that one other source evaluates, as it is asked, and at which instants. */
export interface RemotePart {
  readonly source: string;
  readonly text: string;
  readonly grid: Grid;
  readonly type: 'scalar' | 'vector';
}

/** An expression taken apart by source: what is left is evaluated here, over the answers for the parts. */
export interface SourcePlan {
  readonly root: Expression;
  readonly parts: readonly RemotePart[];
}

export interface PlanOptions {
  /** The source of selectors that name none; null is what is stored here. */
  readonly ownSource: string | null;
  readonly localSources: readonly string[];
}

/** The name of what is stored here, for selectors. */
export const LOCAL_SOURCE = 'local';

/** All selectors of an expression. */
export function selectorsOf(expression: Expression): readonly Selector[] {
  switch (expression.kind) {
    case 'selector':
      return [expression];
    case 'range':
      return [expression.selector];
    default:
      return childrenOf(expression).flatMap(selectorsOf);
  }
}

export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'negate':
    case 'subquery':
      return [expression.of];
    case 'call':
      return expression.args;
    case 'aggregate':
      return expression.parameter ? [expression.parameter, expression.of] : [expression.of];
    case 'binary':
      return [expression.left, expression.right];
    default:
      return [];
  }
}

/** The source of a selector, null for what is stored here. */
export function sourceOf(selector: Selector, { ownSource, localSources }: PlanOptions): string | null {
  if (selector.source === null) return ownSource;
  return selector.source === LOCAL_SOURCE || localSources.includes(selector.source) ? null : selector.source;
}

/** The sources that an expression asks, each once; null is what is stored here. */
export function sourcesOf(expression: Expression, options: PlanOptions): readonly (string | null)[] {
  return Array.from(new Set(selectorsOf(expression).map((selector) => sourceOf(selector, options))));
}

/** The sources that the selectors of an expression name; none where it cannot be read, which is said elsewhere. */
export function sourcesNamed(expression: string, compat: Compat): readonly string[] {
  const parsed = expression.includes(SOURCE_LABEL) ? parseExpression(expression, { compat }) : undefined;
  if (!parsed?.ok) return [];
  return Array.from(new Set(selectorsOf(parsed.value.root).flatMap(({ source }) => source ?? [])));
}

type Where = Pick<Context, 'grid' | 'whole' | 'compat'>;

/**
 * The largest parts that ask one other source alone go there whole, as its own PromQL over the instants that are needed
 * here: a sum over thousands of series then crosses the network as one. Asked twice with the same question, the plan is the
 * same, so that the asker and the evaluating thread agree on the parts by their number.
 */
export function planBySource(root: Expression, where: Where, options: PlanOptions): SourcePlan {
  const parts: RemotePart[] = [];
  const give = (expression: Expression, source: string, at: Where): Expression => {
    const type = typeOf(expression) === 'scalar' ? 'scalar' : 'vector';
    const text = printExpression(expression, at.whole);
    const index = parts.push({ source, text, grid: at.grid, type }) - 1;
    return { kind: 'given', index, type, position: expression.position };
  };
  const visit = (expression: Expression, at: Where): Expression => {
    const sources = sourcesOf(expression, options);
    const [only] = sources;
    if (sources.length === 0 || (sources.length === 1 && only === null)) return expression;
    if (sources.length === 1 && typeof only === 'string' && !isMatrix(expression))
      return give(expression, only, at);
    return apart(expression, at);
  };
  const apart = (expression: Expression, at: Where): Expression => {
    switch (expression.kind) {
      case 'range':
        throw unsupported(
          `A range of the source ${sourceOf(expression.selector, options)} under numbers of another source`,
          expression.position,
        );
      case 'subquery': {
        const grid = subqueryGrid(at, expression);
        return grid.steps < 1 ? expression : { ...expression, of: visit(expression.of, { ...at, grid }) };
      }
      case 'negate':
        return { ...expression, of: visit(expression.of, at) };
      case 'call':
        return { ...expression, args: expression.args.map((arg) => visit(arg, at)) };
      case 'aggregate': {
        const parameter = expression.parameter ? visit(expression.parameter, at) : null;
        return { ...expression, parameter, of: visit(expression.of, at) };
      }
      case 'binary':
        return { ...expression, left: visit(expression.left, at), right: visit(expression.right, at) };
      default:
        return expression;
    }
  };
  return { root: visit(root, where), parts };
}
