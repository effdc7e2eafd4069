import type { SyntaxNode } from '@lezer/common';
import { typeOf, typeText } from './check.ts';
import type { BinaryExpression, Expression, Matching } from './expression.ts';
import { notPromQL, type Position, unsupported } from './failure.ts';
import { isComparison } from './operator.ts';
import { childrenOf, positionOf, readLabelList, type Source, textOf } from './syntax.ts';

type Operator = BinaryExpression['op'];

/** A sign binds like a multiplication: weaker than a power, closer than the rest. */
export const UNARY_PRECEDENCE = 6;

/** The higher, the closer. */
const PRECEDENCE: Readonly<Record<Operator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};

export function isSetOperator(op: Operator): boolean {
  return op === 'and' || op === 'or' || op === 'unless';
}

/** The operator of an operation, how close it binds, and whether a chain of it is taken from the right. */
export function operatorPrecedence(source: Source, node: SyntaxNode) {
  const operatorNode = childrenOf(node)[1];
  if (!operatorNode) throw notPromQL('the operation is incomplete', positionOf(node));
  const op = textOf(source, operatorNode).toLowerCase();
  if (!isOperator(op)) throw unsupported(`The experimental operator ${op}`, positionOf(operatorNode));
  return { op, precedence: PRECEDENCE[op], fromRight: op === '^' };
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(PRECEDENCE, text);
}

/** An operator with what is said of it: `[bool] [on|ignoring (…)] [group_left|group_right (…)]`. */
interface OperatorWords {
  readonly op: Operator;
  readonly bool: boolean;
  readonly matching: Matching;
  readonly clause: Position | null;
}

export function readOperator(source: Source, node: SyntaxNode, op: Operator): OperatorWords {
  const children = childrenOf(node);
  const fill = children.find((child) => child.name === 'FillModifier');
  if (fill) throw unsupported('The experimental modifier "fill"', positionOf(fill));
  const clause = children.find((child) => child.name === 'MatchingModifierClause');
  return {
    op,
    bool: children.some((child) => child.name === 'BoolModifier'),
    matching: readMatching(source, clause),
    clause: clause ? positionOf(clause) : null,
  };
}

/** Puts two operands together, if their types allow it. */
export function binaryOf(words: OperatorWords, left: Expression, right: Expression): BinaryExpression {
  const { op, bool, matching, clause } = words;
  const position = { from: left.position.from, to: right.position.to };
  const types = [typeOf(left), typeOf(right)];
  const scalars = types.filter((type) => type === 'scalar').length;
  const wrong = types.find((type) => type === 'matrix' || type === 'string');
  if (wrong)
    throw notPromQL(`${op} works on numbers and instant vectors, not on a ${typeText(wrong)}`, position);
  if (bool && !isComparison(op)) throw notPromQL('only comparisons take "bool"', position);
  if (isComparison(op) && scalars === 2 && !bool)
    throw notPromQL('a comparison of two numbers must use "bool"', position);
  if (isSetOperator(op) && scalars > 0) throw notPromQL(`${op} works on instant vectors only`, position);
  if (clause && scalars > 0) throw notPromQL('matching is between instant vectors only', clause);
  if (isSetOperator(op) && matching.many)
    throw notPromQL(`${op} takes no group_left or group_right`, position);
  return { kind: 'binary', op, left, right, bool, matching, position };
}

/** A sign before an operand; a number takes it at once. */
export function signed(source: Source, sign: SyntaxNode, of: Expression): Expression {
  const position = { from: sign.from, to: Math.max(of.position.to, sign.to) };
  const type = typeOf(of);
  if (type !== 'scalar' && type !== 'vector')
    throw notPromQL(`a sign stands before a number or an instant vector, not a ${typeText(type)}`, position);
  const negative = textOf(source, sign).startsWith('-');
  if (of.kind === 'number') return { ...of, value: negative ? -of.value : of.value, position };
  return negative ? { kind: 'negate', of, position } : of;
}

function readMatching(source: Source, clause: SyntaxNode | undefined): Matching {
  if (!clause) return { only: false, labels: [], many: null, include: [] };
  const children = childrenOf(clause);
  const lists = children.filter((child) => child.name === 'GroupingLabels');
  const only = children.some((child) => child.name === 'On');
  const many = children.some((child) => child.name === 'GroupLeft')
    ? 'left'
    : children.some((child) => child.name === 'GroupRight')
      ? 'right'
      : null;
  const [labelList, includeList] = lists;
  const labels = labelList ? readLabelList(source, labelList) : [];
  const include = includeList ? readLabelList(source, includeList) : [];
  const both = only ? include.find((label) => labels.includes(label)) : undefined;
  if (both) throw notPromQL(`the label ${both} is both matched on and included`, positionOf(clause));
  return { only, labels, many, include };
}
