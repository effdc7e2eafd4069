import type { SyntaxNode } from '@lezer/common';
import { notPromQL } from './failure.ts';
import { parseNumber } from './literal.ts';
import { childrenOf, positionOf, type Source, textOf } from './syntax.ts';

/** More nested brackets than anybody writes. */
const DEPTH_MAX = 100;

/** Reads a duration, calculations with durations included, in whole milliseconds; a bare number is seconds. */
export function readDuration(source: Source, node: SyntaxNode): number {
  const durationMs = Math.round(secondsOf(source, node, 0) * 1000);
  if (!Number.isSafeInteger(durationMs)) throw notPromQL('this is not a duration', positionOf(node));
  return durationMs;
}

/** A duration that must be longer than zero, as those of ranges and steps. */
export function readSpan(source: Source, node: SyntaxNode, what: string): number {
  const spanMs = readDuration(source, node);
  if (spanMs <= 0) throw notPromQL(`${what} must be longer than zero`, positionOf(node));
  return spanMs;
}

function secondsOf(source: Source, node: SyntaxNode, depth: number): number {
  if (depth > DEPTH_MAX) throw notPromQL('it is nested too deep', positionOf(node));
  if (node.name.startsWith('NumberDurationLiteral')) {
    const seconds = parseNumber(textOf(source, node).replace(/\s+/g, ''));
    if (seconds === undefined) throw notPromQL('this is not a duration', positionOf(node));
    return seconds;
  }
  const [first, second, third] = childrenOf(node);
  const value = (child: SyntaxNode | undefined) => (child ? secondsOf(source, child, depth + 1) : Number.NaN);
  switch (first?.name) {
    case 'DurationStep':
      return source.stepMs / 1000;
    case 'DurationRange':
      return source.rangeMs / 1000;
    case 'DurationMinOf':
      return Math.min(value(second), value(third));
    case 'DurationMaxOf':
      return Math.max(value(second), value(third));
    case 'UnaryOp':
      return textOf(source, first).startsWith('-') ? -value(second) : value(second);
  }
  if (!second) return value(first);
  return calculate(second.name, value(first), value(third), node);
}

function calculate(operator: string, left: number, right: number, node: SyntaxNode): number {
  switch (operator) {
    case 'Add':
      return left + right;
    case 'Sub':
      return left - right;
    case 'Mul':
      return left * right;
    case 'Pow':
      return left ** right;
    case 'Div':
    case 'Mod':
      if (right === 0) throw notPromQL('a duration is divided by zero', positionOf(node));
      return operator === 'Div' ? left / right : left % right;
    default:
      throw notPromQL('this is not a duration', positionOf(node));
  }
}
