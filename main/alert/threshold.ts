import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export type Comparison = '>' | '<' | '>=' | '<=' | '==' | '!=';

/** An alert expression taken apart: what is measured, and what it is compared with. */
export interface Threshold {
  readonly measured: string;
  readonly comparison: Comparison;
  readonly value: number;
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  Gtr: '>',
  Lss: '<',
  Gte: '>=',
  Lte: '<=',
  Eql: '==',
  EqlC: '==',
  Neq: '!=',
};

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '>': '<',
  '<': '>',
  '>=': '<=',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
};

/**
 * Takes `measured > number` apart, so that *below the threshold* and *gone* can be told from each other: PromQL's own
 * comparison drops both. Null where the expression is anything else; it is then evaluated whole.
 */
export function splitThreshold(expression: string): Threshold | null {
  let node: SyntaxNode | null = parser.parse(expression).topNode.firstChild;
  while (node?.name === 'ParenExpr') node = node.firstChild;
  if (node?.name !== 'BinaryExpr') return null;
  const parts = childrenOf(node);
  const [left, operator, right] = parts;
  if (parts.length !== 3 || !left || !operator || !right) return null;
  const comparison = COMPARISONS[operator.name];
  if (comparison === undefined) return null;
  const text = (part: SyntaxNode) => expression.slice(part.from, part.to);
  const rightValue = numberOf(right, text(right));
  const leftValue = numberOf(left, text(left));
  if (rightValue !== null && leftValue === null)
    return { measured: text(left), comparison, value: rightValue };
  if (leftValue !== null && rightValue === null)
    return { measured: text(right), comparison: MIRRORED[comparison], value: leftValue };
  return null;
}

export function compares(value: number, { comparison, value: threshold }: Threshold): boolean {
  switch (comparison) {
    case '>':
      return value > threshold;
    case '<':
      return value < threshold;
    case '>=':
      return value >= threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
  }
}

/** What is wrong with a resolve threshold of its own beside this expression; null where nothing is. */
export function resolveAtProblem(expression: string, resolveAt: number): string | null {
  const threshold = splitThreshold(expression);
  if (threshold === null)
    return 'expected no resolve_at: the expression is not of the form "measured > number", so it has no threshold to part from';
  const { comparison, value } = threshold;
  if (comparison === '==' || comparison === '!=')
    return `expected no resolve_at: ${comparison} has no side on which it could lie`;
  const isAbove = comparison === '>' || comparison === '>=';
  if (isAbove ? resolveAt <= value : resolveAt >= value) return null;
  return `expected a resolve_at that is at ${isAbove ? 'most' : 'least'} ${value}, as it fires at ${comparison} ${value}`;
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** A duration is a number of seconds in newer PromQL; here it is left to the backend. */
function numberOf(node: SyntaxNode, text: string): number | null {
  if (node.name !== 'NumberDurationLiteral') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
