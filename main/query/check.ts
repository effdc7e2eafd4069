import type { Expression, ValueType } from './expression.ts';
import { returnsOf } from './signature.ts';

/** A long chain of operations would otherwise be walked again at each of its links. */
const known = new WeakMap<Expression, ValueType>();

/** What an expression answers. */
export function typeOf(expression: Expression): ValueType {
  let type = known.get(expression);
  if (type === undefined) {
    type = findType(expression);
    known.set(expression, type);
  }
  return type;
}

function findType(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregate':
      return 'vector';
    case 'range':
    case 'subquery':
      return 'matrix';
    case 'call':
      return returnsOf(expression.name);
    case 'negate':
      return typeOf(expression.of);
    case 'given':
      return expression.type;
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar'
        ? 'scalar'
        : 'vector';
  }
}

/** Reads `vector`, `matrix`, … as a person does. */
export function typeText(type: ValueType): string {
  switch (type) {
    case 'scalar':
      return 'number';
    case 'vector':
      return 'instant vector';
    case 'matrix':
      return 'range vector';
    case 'string':
      return 'text';
  }
}
