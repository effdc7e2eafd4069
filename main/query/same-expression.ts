import type { Compat } from './expression.ts';
import { parseExpression } from './parse.ts';
import { printExpression } from './print.ts';

/** Whether two texts ask the same, whatever their spaces, brackets and comments; a text that is not PromQL is like none. */
export function sameExpression(one: string, other: string, compat: Compat = 3): boolean {
  const printed = (text: string) => {
    const parsed = parseExpression(text, { compat, stepMs: 0, rangeMs: 0 });
    return parsed.ok ? printExpression(parsed.value.root) : undefined;
  };
  const text = printed(one);
  return text !== undefined && text === printed(other);
}
