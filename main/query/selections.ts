import type { Matcher } from '../store/index.ts';
import type { Expression } from './expression.ts';
import { parseExpression } from './parse.ts';

/** The matchers of each selector in an expression; none where it cannot be read here, as then it asks nothing locally. */
export function selectionsOf(text: string): Matcher[][] {
  const parsed = parseExpression(text);
  if (!parsed.ok) return [];
  const found: Matcher[][] = [];
  collect(parsed.value.root, found);
  return found;
}

function collect(expression: Expression, found: Matcher[][]): void {
  switch (expression.kind) {
    case 'selector':
      found.push([...expression.matchers]);
      return;
    case 'range':
      found.push([...expression.selector.matchers]);
      return;
    case 'subquery':
    case 'negate':
      collect(expression.of, found);
      return;
    case 'call':
      for (const arg of expression.args) collect(arg, found);
      return;
    case 'aggregate':
      collect(expression.of, found);
      if (expression.parameter) collect(expression.parameter, found);
      return;
    case 'binary':
      collect(expression.left, found);
      collect(expression.right, found);
      return;
    default:
      return;
  }
}
