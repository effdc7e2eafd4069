import type { Expression, ValueType } from './expression.ts';
import { FUNCTIONS } from './signature.ts';

/** What an expression answers. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregate':
      return 'vector';
    case 'range':
      return 'matrix';
    case 'call':
      return FUNCTIONS.get(expression.name)?.returns ?? 'vector';
    case 'negate':
      return typeOf(expression.of);
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar'
        ? 'scalar'
        : 'vector';
  }
}
