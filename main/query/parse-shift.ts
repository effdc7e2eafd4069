import type { SyntaxNode } from '@lezer/common';
import { typeOf, typeText } from './check.ts';
import type { Expression, FixedInstant, Shift } from './expression.ts';
import { notPromQL, type Position, unsupported } from './failure.ts';
import { parseNumber } from './literal.ts';
import { readDuration, readSpan } from './parse-duration.ts';
import { childrenOf, positionOf, type Source, textOf } from './syntax.ts';

const SUFFIXES = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);

/** What stands behind an operand: an offset, `@`, a range or a subquery. */
export function isSuffix(node: SyntaxNode): boolean {
  return SUFFIXES.has(node.name);
}

/** Gives the suffix to its operand. */
export function applySuffix(source: Source, expression: Expression, suffix: SyntaxNode): Expression {
  const position = { from: expression.position.from, to: suffix.to };
  const [, first, second] = childrenOf(suffix);
  switch (suffix.name) {
    case 'OffsetExpr': {
      const duration = childrenOf(suffix).at(-1);
      if (!duration) throw notPromQL('the offset is incomplete', position);
      const offsetMs = readDuration(source, duration);
      const had = shiftOf(expression, 'an offset', position);
      if (had.offsetMs !== 0) throw notPromQL('the offset is given twice', position);
      return shifted(expression, { ...had, offsetMs }, position);
    }
    case 'StepInvariantExpr': {
      const had = shiftOf(expression, '@', position);
      if (had.fixedAt !== null) throw notPromQL('@ is given twice', position);
      return shifted(expression, { ...had, fixedAt: readInstant(source, suffix) }, position);
    }
    case 'MatrixSelector': {
      if (!first) throw notPromQL('the range is incomplete', position);
      if (expression.kind !== 'selector') throw notPromQL('a range must follow a selector', position);
      if (expression.offsetMs !== 0 || expression.fixedAt !== null)
        throw notPromQL('the range must stand before the offset and @', position);
      return { kind: 'range', selector: expression, rangeMs: readSpan(source, first, 'a range'), position };
    }
    case 'SubqueryExpr': {
      if (!first) throw notPromQL('the subquery is incomplete', position);
      const type = typeOf(expression);
      if (type !== 'vector')
        throw notPromQL(`a subquery is over an instant vector, not a ${typeText(type)}`, position);
      const rangeMs = readSpan(source, first, 'a range');
      const stepMs = second ? readSpan(source, second, 'the step of a subquery') : null;
      return { kind: 'subquery', of: expression, rangeMs, stepMs, offsetMs: 0, fixedAt: null, position };
    }
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      throw unsupported(
        `The experimental modifier "${suffix.name.slice(0, -4).toLowerCase()}"`,
        positionOf(suffix),
      );
    default:
      throw new Error(`${suffix.name} is no suffix.`);
  }
}

function shiftOf(expression: Expression, what: string, position: Position): Shift {
  if (expression.kind === 'selector' || expression.kind === 'subquery') return expression;
  if (expression.kind === 'range') return expression.selector;
  throw notPromQL(`${what} must follow a selector or a subquery`, position);
}

function shifted(expression: Expression, shift: Shift, position: Position): Expression {
  const { offsetMs, fixedAt } = shift;
  switch (expression.kind) {
    case 'selector':
      return { ...expression, offsetMs, fixedAt };
    case 'subquery':
      return { ...expression, offsetMs, fixedAt, position };
    case 'range':
      return { ...expression, selector: { ...expression.selector, offsetMs, fixedAt }, position };
    default:
      throw new Error(`A ${expression.kind} has no shift.`);
  }
}

function readInstant(source: Source, suffix: SyntaxNode): FixedInstant {
  const at = childrenOf(suffix).find(({ name }) => name === 'AtModifierPreprocessors');
  if (at) return childrenOf(at)[0]?.name === 'AtStart' ? 'start' : 'end';
  const number = childrenOf(suffix).at(-1);
  const seconds = number ? parseNumber(textOf(source, number)) : undefined;
  const instant = Math.round((seconds ?? Number.NaN) * 1000);
  if (!Number.isSafeInteger(instant))
    throw notPromQL('@ needs a time in seconds, start() or end()', positionOf(number ?? suffix));
  return instant;
}
