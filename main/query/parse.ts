import type { SyntaxNode } from '@lezer/common';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { QueryError } from '../../shared/model/metric.ts';
import { typeOf } from './check.ts';
import type { Compat, Expression, ParsedExpression } from './expression.ts';
import { notPromQL, QueryFailure, unsupported } from './failure.ts';
import { parseNumber } from './literal.ts';
import { binaryOf, operatorPrecedence, readOperator, signed, UNARY_PRECEDENCE } from './parse-binary.ts';
import { readAggregate, readCall } from './parse-call.ts';
import { parseSelector } from './parse-selector.ts';
import { applySuffix, isSuffix } from './parse-shift.ts';
import { DEPTH_MAX, parseTree } from './parse-tree.ts';
import { childrenOf, positionOf, quotedText, type Source, textOf } from './syntax.ts';

/** Operations in one chain; each is a step down when it is evaluated. */
const CHAIN_MAX = 1_000;

export interface ParseOptions {
  /** Whose rules hold. Default: Prometheus 3's. */
  readonly compat?: Compat;
  /** What `step()` and `range()` stand for in durations. Without a question: a minute and an hour. */
  readonly stepMs?: number;
  readonly rangeMs?: number;
}

/** Reads an expression and checks its types; needs no data. */
export function parseExpression(
  text: string,
  options: ParseOptions = {},
): Result<ParsedExpression, QueryError> {
  const { compat = 3, stepMs = 60_000, rangeMs = 3_600_000 } = options;
  try {
    const top = parseTree(text, compat).topNode.firstChild;
    if (!top) throw notPromQL('it is empty', { from: 0, to: text.length });
    const root = readExpression({ text, compat, stepMs, rangeMs }, skipComments(top), 0);
    return ok({ text, root, type: typeOf(root) });
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return err(thrown.error);
    throw thrown;
  }
}

function skipComments(node: SyntaxNode): SyntaxNode {
  let at: SyntaxNode = node;
  while (at.name === 'LineComment' && at.nextSibling) at = at.nextSibling;
  return at;
}

function readExpression(source: Source, node: SyntaxNode, depth: number): Expression {
  if (depth > DEPTH_MAX) throw notPromQL('it is nested too deep', positionOf(node));
  const read = (inner: Source, child: SyntaxNode) => readExpression(inner, child, depth + 1);
  const items = itemsOf(node);
  if (items.length > CHAIN_MAX * 2)
    throw notPromQL(`it chains more than ${CHAIN_MAX} operations`, positionOf(node));
  return readChain(source, items, read);
}

type Work = SyntaxNode | { readonly item: Item } | { readonly suffix: SyntaxNode };

/** A chain of operations as it is written: signs, operands with what stands behind them, operators. */
type Item =
  | { readonly kind: 'sign'; readonly node: SyntaxNode }
  | { readonly kind: 'operand'; readonly node: SyntaxNode; readonly suffixes: SyntaxNode[] }
  | { readonly kind: 'operator'; readonly node: SyntaxNode };

/**
 * The grammar hangs an offset, `@` or range above the whole operation that its operand ends, and takes the sign of a number
 * for a part of it; PromQL binds the first closer than any operator and the second weaker than a power. So the tree is
 * taken apart into the order of the text, to be put together by PromQL's precedence. Without recursion: a chain is as deep
 * a tree as it is long.
 */
function itemsOf(node: SyntaxNode): Item[] {
  const items: Item[] = [];
  const work: Work[] = [node];
  for (let next = work.pop(); next; next = work.pop()) {
    if ('item' in next) items.push(next.item);
    else if ('suffix' in next) {
      const last = items.at(-1);
      if (last?.kind !== 'operand') throw notPromQL('this follows nothing', positionOf(next.suffix));
      last.suffixes.push(next.suffix);
    } else takeApart(next, work, items);
  }
  return items;
}

function takeApart(node: SyntaxNode, work: Work[], items: Item[]): void {
  const children =
    node.name === 'BinaryExpr' || node.name === 'UnaryExpr' || isSuffix(node) ? childrenOf(node) : [];
  const [first, second] = children;
  const last = children.at(-1);
  if (node.name === 'BinaryExpr') {
    if (!first || !last || children.length < 3)
      throw notPromQL('the operation is incomplete', positionOf(node));
    work.push(last, { item: { kind: 'operator', node } }, first);
  } else if (node.name === 'UnaryExpr') {
    if (!first || !second) throw notPromQL('the sign has nothing to stand before', positionOf(node));
    work.push(second, { item: { kind: 'sign', node: first } });
  } else if (isSuffix(node)) {
    if (!first) throw notPromQL('something is missing here', positionOf(node));
    work.push({ suffix: node }, first);
  } else items.push({ kind: 'operand', node, suffixes: [] });
}

type Read = (source: Source, node: SyntaxNode) => Expression;

/** Puts a chain together by precedence. */
function readChain(source: Source, items: readonly Item[], read: Read): Expression {
  let next = 0;
  const operand = (): Expression => {
    const item = items[next];
    next += 1;
    if (!item || item.kind === 'operator') throw notPromQL('the operation is incomplete', { from: 0, to: 0 });
    if (item.kind === 'sign') return signed(source, item.node, chain(UNARY_PRECEDENCE));
    // The sign of a number, which binds weaker than a power that follows it.
    if (item.node.name === 'NumberDurationLiteral' && /^[+-]/.test(textOf(source, item.node))) {
      const number = readNumber(source, item.node, 1);
      return signed(source, item.node, rest(applyAll(number, item.suffixes), UNARY_PRECEDENCE));
    }
    return applyAll(readOperand(source, item.node, read), item.suffixes);
  };
  const applyAll = (expression: Expression, suffixes: readonly SyntaxNode[]) =>
    suffixes.reduce((of, suffix) => applySuffix(source, of, suffix), expression);
  const rest = (first: Expression, least: number): Expression => {
    let left = first;
    for (;;) {
      const item = items[next];
      if (item?.kind !== 'operator') return left;
      const { op, precedence, fromRight } = operatorPrecedence(source, item.node);
      if (precedence < least) return left;
      next += 1;
      const right = chain(fromRight ? precedence : precedence + 1);
      left = binaryOf(readOperator(source, item.node, op), left, right);
    }
  };
  const chain = (least: number): Expression => rest(operand(), least);
  return chain(0);
}

function readNumber(source: Source, node: SyntaxNode, from: 0 | 1): Expression {
  const text = textOf(source, node).slice(from).trim();
  const value = parseNumber(text);
  if (value === undefined) throw notPromQL(`${text.slice(0, 60)} is not a number`, positionOf(node));
  return { kind: 'number', value, position: positionOf(node) };
}

function readOperand(source: Source, node: SyntaxNode, read: Read): Expression {
  const position = positionOf(node);
  switch (node.name) {
    case 'NumberDurationLiteral':
      return readNumber(source, node, 0);
    case 'StringLiteral':
      return { kind: 'string', value: quotedText(source, node), position };
    case 'ParenExpr': {
      const [child] = childrenOf(node);
      if (!child) throw notPromQL('something is missing here', position);
      return read(source, child);
    }
    case 'VectorSelector':
      return parseSelector(source, node);
    case 'FunctionCall':
      return readCall(source, node, read);
    case 'AggregateExpr':
      return readAggregate(source, node, read);
    default:
      throw unsupported(`"${textOf(source, node).slice(0, 60)}"`, position);
  }
}
