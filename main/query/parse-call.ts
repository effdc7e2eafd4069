import type { SyntaxNode } from '@lezer/common';
import { typeOf, typeText } from './check.ts';
import type { Expression, Grouping, ValueType } from './expression.ts';
import { notPromQL, type Position, unsupported } from './failure.ts';
import { AGGREGATIONS, type Signature, signatureOf } from './signature.ts';
import { childrenOf, positionOf, readLabelList, type Source } from './syntax.ts';

type Read = (source: Source, node: SyntaxNode) => Expression;

/** Reads `name(argument, …)`. */
export function readCall(source: Source, node: SyntaxNode, read: Read): Expression {
  const [identifier, body] = childrenOf(node);
  const position = positionOf(node);
  if (!identifier || !body) throw notPromQL('the call is incomplete', position);
  // Of the text, as the tree may have another name of the same shape in its place.
  const name = /^\w+/.exec(source.text.slice(identifier.from))?.[0] ?? '';
  const signature = signatureOf(name, source.compat);
  if ('missing' in signature)
    throw signature.missing === 'here'
      ? unsupported(`The experimental function ${name}`, positionOf(identifier))
      : notPromQL(
          `${name} is not in Prometheus ${source.compat}; there it is called ${otherName(name)}`,
          positionOf(identifier),
        );
  const args = childrenOf(body).map((child) => read(source, child));
  checkArguments(name, signature, args, position);
  return { kind: 'call', name, args, position };
}

function otherName(name: string): string {
  return name === 'holt_winters' ? 'double_exponential_smoothing' : 'holt_winters';
}

function checkArguments(
  name: string,
  signature: Signature,
  args: readonly Expression[],
  position: Position,
): void {
  const { takes, optional, repeats } = signature;
  const least = takes.length - optional;
  const most = repeats ? Number.POSITIVE_INFINITY : takes.length;
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `${least}` : repeats ? `at least ${least}` : `${least} to ${most}`;
    throw notPromQL(`${name} takes ${wanted} arguments, not ${args.length}`, position);
  }
  args.forEach((arg, i) => {
    const expected = takes[Math.min(i, takes.length - 1)] ?? 'scalar';
    requireType(name, arg, expected);
  });
}

function requireType(name: string, arg: Expression, expected: ValueType): void {
  const type = typeOf(arg);
  if (type !== expected)
    throw notPromQL(`${name} needs a ${typeText(expected)} here, not a ${typeText(type)}`, arg.position);
}

/** Reads `op by (label, …) (parameter, vector)`. */
export function readAggregate(source: Source, node: SyntaxNode, read: Read): Expression {
  const children = childrenOf(node);
  const position = positionOf(node);
  const operator = children.find((child) => child.name === 'AggregateOp');
  const body = children.find((child) => child.name === 'FunctionCallBody');
  const modifier = children.find((child) => child.name === 'AggregateModifier');
  if (!operator || !body) throw notPromQL('the aggregation is incomplete', position);
  const op = source.text.slice(operator.from, operator.to).toLowerCase();
  const aggregation = AGGREGATIONS.get(op);
  if (!aggregation) throw unsupported(`The aggregation ${op}`, positionOf(operator));
  const args = childrenOf(body).map((child) => read(source, child));
  const expected = aggregation.parameter ? 2 : 1;
  if (args.length !== expected)
    throw notPromQL(`${op} takes ${expected} arguments, not ${args.length}`, position);
  const [first, second] = args;
  const of = second ?? first;
  if (!of || typeOf(of) !== 'vector') throw notPromQL(`${op} needs an instant vector`, position);
  const parameter = second && first ? first : null;
  if (parameter && aggregation.parameter) requireType(op, parameter, aggregation.parameter);
  return { kind: 'aggregate', op, of, parameter, grouping: readGrouping(source, modifier), position };
}

function readGrouping(source: Source, modifier: SyntaxNode | undefined): Grouping {
  if (!modifier) return { only: true, labels: [] };
  const [word, list] = childrenOf(modifier);
  return { only: word?.name === 'By', labels: list ? readLabelList(source, list) : [] };
}
