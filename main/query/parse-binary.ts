import type { SyntaxNode } from '@lezer/common';
import { typeOf } from './check.ts';
import type { BinaryExpression, Expression, Matching } from './expression.ts';
import { notPromQL, unsupported } from './failure.ts';
import { childrenOf, positionOf, readLabelList, type Source, textOf } from './syntax.ts';

type Operator = BinaryExpression['op'];

const OPERATORS = new Set<string>([
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  'atan2',
  '==',
  '!=',
  '>',
  '<',
  '>=',
  '<=',
  'and',
  'or',
  'unless',
]);

export function isSetOperator(op: Operator): boolean {
  return op === 'and' || op === 'or' || op === 'unless';
}

export function isComparison(op: Operator): boolean {
  return op === '==' || op === '!=' || op === '>' || op === '<' || op === '>=' || op === '<=';
}

/** Reads `left operator [bool] [on|ignoring (…)] [group_left|group_right (…)] right`. */
export function parseBinary(
  source: Source,
  node: SyntaxNode,
  readExpression: (source: Source, node: SyntaxNode) => Expression,
): BinaryExpression {
  const children = childrenOf(node);
  const position = positionOf(node);
  const [leftNode, operatorNode] = children;
  const rightNode = children.at(-1);
  if (!leftNode || !operatorNode || !rightNode) throw notPromQL('the operation is incomplete', position);
  const op = textOf(source, operatorNode).toLowerCase();
  if (!isOperator(op)) throw unsupported(`The operator ${op}`, positionOf(operatorNode));
  const fill = children.find((child) => child.name === 'FillModifier');
  if (fill) throw unsupported('The modifier "fill"', positionOf(fill));
  const bool = children.some((child) => child.name === 'BoolModifier');
  const clause = children.find((child) => child.name === 'MatchingModifierClause');
  const left = readExpression(source, leftNode);
  const right = readExpression(source, rightNode);
  const types = [typeOf(left), typeOf(right)];
  const scalars = types.filter((type) => type === 'scalar').length;
  if (types.some((type) => type !== 'scalar' && type !== 'vector'))
    throw notPromQL(
      `${op} works on numbers and instant vectors, not on a ${types.find((t) => t === 'matrix' || t === 'string')}`,
      position,
    );
  if (bool && !isComparison(op)) throw notPromQL('only comparisons take "bool"', position);
  if (isComparison(op) && scalars === 2 && !bool)
    throw notPromQL('a comparison of two numbers must use "bool"', position);
  if (isSetOperator(op) && scalars > 0) throw notPromQL(`${op} works on instant vectors only`, position);
  if (clause && scalars > 0) throw notPromQL('matching is between instant vectors only', positionOf(clause));
  const matching = readMatching(source, clause);
  if (isSetOperator(op) && matching.many)
    throw notPromQL(`${op} takes no group_left or group_right`, position);
  return { kind: 'binary', op, left, right, bool, matching, position };
}

function isOperator(text: string): text is Operator {
  return OPERATORS.has(text);
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
