import type { BinaryExpression } from './expression.ts';

type Operator = BinaryExpression['op'];

/** One operation on two numbers: the value, and whether a comparison holds (arithmetic always does). */
export function applyOperator(op: Operator, a: number, b: number): { value: number; holds: boolean } {
  switch (op) {
    case '+':
      return { value: a + b, holds: true };
    case '-':
      return { value: a - b, holds: true };
    case '*':
      return { value: a * b, holds: true };
    case '/':
      return { value: a / b, holds: true };
    case '%':
      return { value: a % b, holds: true };
    case '^':
      return { value: power(a, b), holds: true };
    case 'atan2':
      return { value: Math.atan2(a, b), holds: true };
    case '==':
      return { value: a, holds: a === b };
    case '!=':
      return { value: a, holds: a !== b };
    case '>':
      return { value: a, holds: a > b };
    case '<':
      return { value: a, holds: a < b };
    case '>=':
      return { value: a, holds: a >= b };
    case '<=':
      return { value: a, holds: a <= b };
    case 'and':
    case 'or':
    case 'unless':
      throw new Error(`${op} is no operation on numbers.`);
  }
}

/** IEEE 754's pow, as Go has it: 1 to any power is 1, and so is −1 to an infinite one. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY))) return 1;
  return a ** b;
}
