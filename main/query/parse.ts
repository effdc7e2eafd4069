import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { QueryError } from '../../shared/model/metric.ts';
import { typeOf } from './check.ts';
import type { BinaryExpression, Expression, Grouping, ParsedExpression, Selector } from './expression.ts';
import { notPromQL, QueryFailure, unsupported } from './failure.ts';
import { parseNumber } from './literal.ts';
import { parseBinary } from './parse-binary.ts';
import { parseSelector } from './parse-selector.ts';
import { AGGREGATIONS, FUNCTIONS } from './signature.ts';
import { childrenOf, positionOf, quotedText, readLabelList, type Source, textOf } from './syntax.ts';

/** A longer text is no question but an attack on the parser. */
const LENGTH_MAX = 100_000;
const DEPTH_MAX = 200;

/** Reads an expression and checks its types; needs no data. */
export function parseExpression(text: string): Result<ParsedExpression, QueryError> {
  try {
    if (text.length > LENGTH_MAX)
      throw notPromQL(`it is ${text.length} characters long, more than ${LENGTH_MAX}`, { from: 0, to: 0 });
    const tree = parser.parse(withoutBareDots(text));
    refuseErrors(tree, text);
    const top = tree.topNode.firstChild;
    if (!top) throw notPromQL('it is empty', { from: 0, to: text.length });
    const root = readExpression({ text, depth: 0 }, skipComments(top));
    return ok({ text, root, type: typeOf(root) });
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return err(thrown.error);
    throw thrown;
  }
}

/** `2.` is a number in PromQL but not in the grammar: the dot becomes a space, which leaves all positions as they are. */
function withoutBareDots(text: string): string {
  const other = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|[a-zA-Z_:][\w:]*/;
  return text.replace(
    new RegExp(`(${other.source})|(\\d)\\.(?![\\w.])`, 'g'),
    (whole, _other, digit?: string) => (digit === undefined ? whole : `${digit} `),
  );
}

function skipComments(node: SyntaxNode): SyntaxNode {
  let at: SyntaxNode = node;
  while (at.name === 'LineComment' && at.nextSibling) at = at.nextSibling;
  return at;
}

function refuseErrors(tree: Tree, text: string): void {
  tree.iterate({
    enter: (node) => {
      if (!node.type.isError) return;
      const found = text.slice(node.from, Math.max(node.to, node.from + 1)).slice(0, 40);
      const called = /([a-zA-Z_:][\w:]*)\s*$/.exec(text.slice(0, node.from));
      const name = called?.[1];
      if (found.startsWith('(') && called && name !== undefined)
        throw notPromQL(`there is no function named ${name.slice(0, 60)}`, {
          from: called.index,
          to: called.index + name.length,
        });
      const problem =
        found === '' ? 'it ends where more is expected' : `${JSON.stringify(found)} is not expected here`;
      throw notPromQL(problem, { from: node.from, to: node.to });
    },
  });
}

const NOT_YET: Readonly<Record<string, string>> = {
  SubqueryExpr: 'A subquery',
  StepInvariantExpr: 'The @ modifier',
  AnchoredExpr: 'The modifier "anchored"',
  SmoothedExpr: 'The modifier "smoothed"',
};

function readExpression(outer: Source, node: SyntaxNode): Expression {
  const source = { text: outer.text, depth: outer.depth + 1 };
  if (source.depth > DEPTH_MAX) throw notPromQL('it is nested too deep', positionOf(node));
  const position = positionOf(node);
  switch (node.name) {
    case 'NumberDurationLiteral': {
      const value = parseNumber(textOf(source, node));
      if (value === undefined) throw notPromQL(`${textOf(source, node)} is not a number`, position);
      return { kind: 'number', value, position };
    }
    case 'StringLiteral':
      return { kind: 'string', value: quotedText(source, node), position };
    case 'ParenExpr':
      return readExpression(source, only(node));
    case 'VectorSelector':
      return parseSelector(source, node);
    case 'OffsetExpr':
      return readOffset(source, node);
    case 'MatrixSelector':
      return readRange(source, node);
    case 'UnaryExpr':
      return readUnary(source, node);
    case 'FunctionCall':
      return readCall(source, node);
    case 'AggregateExpr':
      return readAggregate(source, node);
    case 'BinaryExpr':
      return signedPower(source, node, parseBinary(source, node, readExpression));
    default:
      throw unsupported(NOT_YET[node.name] ?? `"${textOf(source, node).slice(0, 60)}"`, position);
  }
}

/** A sign binds weaker than a power: -2 ^ 2 is -(2 ^ 2). The grammar takes the sign of a number for a part of it. */
function signedPower(source: Source, node: SyntaxNode, expression: BinaryExpression): Expression {
  const { op, left, position } = expression;
  const [leftNode] = childrenOf(node);
  const isSigned = leftNode?.name === 'NumberDurationLiteral' && textOf(source, leftNode).startsWith('-');
  if (op !== '^' || !isSigned || left.kind !== 'number') return expression;
  return { kind: 'negate', of: { ...expression, left: { ...left, value: -left.value } }, position };
}

function only(node: SyntaxNode): SyntaxNode {
  const [child] = childrenOf(node);
  if (!child) throw notPromQL('something is missing here', positionOf(node));
  return child;
}

function readOffset(source: Source, node: SyntaxNode): Expression {
  const [of] = childrenOf(node);
  const duration = childrenOf(node).at(-1);
  if (!of || !duration) throw notPromQL('the offset is incomplete', positionOf(node));
  return shifted(of, readExpression(source, of), readDuration(source, duration));
}

/**
 * An offset binds to the selector just before it; the grammar hangs it above the whole operation that the selector ends,
 * so it is handed down to there.
 */
function shifted(node: SyntaxNode, expression: Expression, offsetMs: number): Expression {
  const last = childrenOf(node).at(-1);
  if (node.name === 'VectorSelector' && expression.kind === 'selector') return { ...expression, offsetMs };
  if (node.name === 'MatrixSelector' && expression.kind === 'range')
    return { ...expression, selector: { ...expression.selector, offsetMs } };
  if (node.name === 'BinaryExpr' && expression.kind === 'negate')
    return { ...expression, of: shifted(node, expression.of, offsetMs) };
  if (node.name === 'BinaryExpr' && expression.kind === 'binary' && last)
    return { ...expression, right: shifted(last, expression.right, offsetMs) };
  if (node.name === 'UnaryExpr' && last)
    return expression.kind === 'negate'
      ? { ...expression, of: shifted(last, expression.of, offsetMs) }
      : shifted(last, expression, offsetMs);
  throw notPromQL('an offset must follow a selector', positionOf(node));
}

/** In milliseconds; a bare number is seconds. Calculations with durations are not read yet. */
function readDuration(source: Source, node: SyntaxNode): number {
  const text = textOf(source, node).replace(/\s+/g, '');
  const seconds = /^[+-]?[\w.]+$/.test(text) ? parseNumber(text) : undefined;
  if (seconds === undefined) throw unsupported('A calculation with durations', positionOf(node));
  const durationMs = Math.round(seconds * 1000);
  if (!Number.isSafeInteger(durationMs)) throw notPromQL('this is not a duration', positionOf(node));
  return durationMs;
}

function readRange(source: Source, node: SyntaxNode): Expression {
  const [of, duration] = childrenOf(node);
  if (!of || !duration) throw notPromQL('the range is incomplete', positionOf(node));
  if (of.name !== 'VectorSelector') throw notPromQL('a range must follow a selector', positionOf(node));
  const selector: Selector = parseSelector(source, of);
  const rangeMs = readDuration(source, duration);
  if (rangeMs <= 0) throw notPromQL('a range must be longer than zero', positionOf(duration));
  return { kind: 'range', selector, rangeMs, position: positionOf(node) };
}

function readUnary(source: Source, node: SyntaxNode): Expression {
  const [operator, operand] = childrenOf(node);
  if (!operator || !operand) throw notPromQL('the sign has nothing to stand before', positionOf(node));
  const of = readExpression(source, operand);
  const type = typeOf(of);
  if (type !== 'scalar' && type !== 'vector')
    throw notPromQL(`a sign stands before a number or an instant vector, not a ${type}`, positionOf(node));
  return textOf(source, operator) === '-' ? { kind: 'negate', of, position: positionOf(node) } : of;
}

function readCall(source: Source, node: SyntaxNode): Expression {
  const [identifier, body] = childrenOf(node);
  const position = positionOf(node);
  if (!identifier || !body) throw notPromQL('the call is incomplete', position);
  const name = textOf(source, identifier);
  const signature = FUNCTIONS.get(name);
  if (!signature) throw unsupported(`The function ${name}`, positionOf(identifier));
  const args = childrenOf(body).map((child) => readExpression(source, child));
  const least = signature.takes.length - signature.optional;
  if (args.length < least || args.length > signature.takes.length)
    throw notPromQL(`${name} takes ${signature.takes.length} arguments, not ${args.length}`, position);
  args.forEach((arg, i) => {
    const expected = signature.takes[i];
    const type = typeOf(arg);
    if (type !== expected) throw notPromQL(`${name} needs a ${expected} here, not a ${type}`, arg.position);
  });
  return { kind: 'call', name, args, position };
}

function readAggregate(source: Source, node: SyntaxNode): Expression {
  const children = childrenOf(node);
  const position = positionOf(node);
  const operator = children.find((child) => child.name === 'AggregateOp');
  const body = children.find((child) => child.name === 'FunctionCallBody');
  const modifier = children.find((child) => child.name === 'AggregateModifier');
  if (!operator || !body) throw notPromQL('the aggregation is incomplete', position);
  const op = textOf(source, operator).toLowerCase();
  const aggregation = AGGREGATIONS.get(op);
  if (!aggregation) throw unsupported(`The aggregation ${op}`, positionOf(operator));
  const args = childrenOf(body).map((child) => readExpression(source, child));
  const expected = aggregation.parameter ? 2 : 1;
  if (args.length !== expected)
    throw notPromQL(`${op} takes ${expected} arguments, not ${args.length}`, position);
  const [first, second] = args;
  const of = second ?? first;
  if (!of || typeOf(of) !== 'vector') throw notPromQL(`${op} needs an instant vector`, position);
  const parameter = second && first ? first : null;
  if (parameter && typeOf(parameter) !== 'scalar')
    throw notPromQL(`${op} needs a number first`, parameter.position);
  return { kind: 'aggregate', op, of, parameter, grouping: readGrouping(source, modifier), position };
}

function readGrouping(source: Source, modifier: SyntaxNode | undefined): Grouping {
  if (!modifier) return { only: true, labels: [] };
  const [word, list] = childrenOf(modifier);
  return { only: word?.name === 'By', labels: list ? readLabelList(source, list) : [] };
}
