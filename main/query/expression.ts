import type { Matcher } from '../store/index.ts';
import type { Position } from './failure.ts';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** The instant that `@` fixes: a time in milliseconds, or an end of the whole range that is asked for. */
export type FixedInstant = number | 'start' | 'end';

/** A parsed and type-checked PromQL expression. Durations are resolved to milliseconds. */
export type Expression = (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | SelectorShape
  | { readonly kind: 'range'; readonly selector: Selector; readonly rangeMs: number }
  | SubqueryShape
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | AggregateShape
  | BinaryShape
  | { readonly kind: 'negate'; readonly of: Expression }
  | GivenShape
) & { readonly position: Position };

/** Where in time something is looked up, instead of at the step that is evaluated. */
export interface Shift {
  readonly offsetMs: number;
  readonly fixedAt: FixedInstant | null;
}

interface SelectorShape extends Shift {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  /** The source that the label `__source__` names. */
  readonly source: string | null;
}

/** What another source answered for this part of the expression; written by the plan of a joined question. */
interface GivenShape {
  readonly kind: 'given';
  readonly index: number;
  readonly type: 'scalar' | 'vector';
}
export type Selector = SelectorShape & { readonly position: Position };
export type RangeExpression = Extract<Expression, { kind: 'range' }>;
export type CallExpression = Extract<Expression, { kind: 'call' }>;

export type GivenExpression = Extract<Expression, { kind: 'given' }>;

interface SubqueryShape extends Shift {
  readonly kind: 'subquery';
  readonly of: Expression;
  readonly rangeMs: number;
  /** Null is the default distance. */
  readonly stepMs: number | null;
}
export type SubqueryExpression = SubqueryShape & { readonly position: Position };

/** Which labels tell groups apart: only these (`by`, `on`) or all but these and the name (`without`, `ignoring`). */
export interface Grouping {
  readonly only: boolean;
  readonly labels: readonly string[];
}

interface AggregateShape {
  readonly kind: 'aggregate';
  readonly op: string;
  readonly of: Expression;
  readonly parameter: Expression | null;
  readonly grouping: Grouping;
}
export type AggregateExpression = AggregateShape & { readonly position: Position };

export type SetOperator = 'and' | 'or' | 'unless';
export type Comparison = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';

export interface Matching extends Grouping {
  /** Which side may have several series for one of the other; null is one to one. */
  readonly many: 'left' | 'right' | null;
  /** Labels taken over from the one side. */
  readonly include: readonly string[];
}

interface BinaryShape {
  readonly kind: 'binary';
  readonly op: SetOperator | Comparison | Arithmetic;
  readonly left: Expression;
  readonly right: Expression;
  readonly bool: boolean;
  readonly matching: Matching;
}
export type BinaryExpression = BinaryShape & { readonly position: Position };

/** Which Prometheus' rules hold: 3's, or those of its second major version. */
export type Compat = 2 | 3;

/** An expression that can be evaluated, with the type of its answer. */
export interface ParsedExpression {
  readonly text: string;
  readonly root: Expression;
  readonly type: ValueType;
}
