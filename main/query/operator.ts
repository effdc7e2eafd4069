import type { Arithmetic, BinaryExpression, Comparison } from './expression.ts';

type Operator = BinaryExpression['op'];

export const COMPARISONS: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

export const ARITHMETIC: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
};

export function isComparison(op: Operator): op is Comparison {
  return Object.hasOwn(COMPARISONS, op);
}

export function isArithmetic(op: Operator): op is Arithmetic {
  return Object.hasOwn(ARITHMETIC, op);
}

/** One operation on two numbers: the value, and whether a comparison holds (arithmetic always does). */
export function applyOperator(op: Operator, a: number, b: number): { value: number; holds: boolean } {
  if (isComparison(op)) return { value: a, holds: COMPARISONS[op](a, b) };
  if (isArithmetic(op)) return { value: ARITHMETIC[op](a, b), holds: true };
  throw new Error(`${op} is no operation on numbers.`);
}

/** IEEE 754's pow, as Go has it: 1 to any power is 1, and so is −1 to an infinite one. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY))) return 1;
  return a ** b;
}
