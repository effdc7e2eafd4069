import type { Labels } from '../../../shared/model/metric.ts';
import { type ParsedExpression, parseExpression } from '../../query/index.ts';

type Expression = ParsedExpression['root'];

/** What an expression selects: the text of the selector, and the metric's name where it names one. */
export interface SelectorText {
  readonly text: string;
  readonly metric: string | null;
}

/** Both spellings of the place of a window that an objective's author may use. */
const WINDOW_PLACE = /\{\{\s*\.window\s*\}\}|\$window\b|\$\{window\}/g;
const SELECTORS_MAX = 4;

/** The selectors of an expression, each once; none where the expression is beyond what is read here. */
export function selectorsOf(expressions: readonly string[]): readonly SelectorText[] {
  const found = new Map<string, SelectorText>();
  for (const expression of expressions) {
    const text = expression.replace(WINDOW_PLACE, '5m');
    const parsed = parseExpression(text);
    if (parsed.ok) collect(parsed.value.root, text, found);
  }
  return [...found.values()].slice(0, SELECTORS_MAX);
}

function collect(node: Expression, text: string, found: Map<string, SelectorText>): void {
  switch (node.kind) {
    case 'selector':
      note(node, text, found);
      return;
    case 'range':
      note(node.selector, text, found);
      return;
    case 'call':
      for (const one of node.args) collect(one, text, found);
      return;
    case 'aggregate':
    case 'negate':
      collect(node.of, text, found);
      return;
    case 'binary':
      collect(node.left, text, found);
      collect(node.right, text, found);
      return;
    case 'number':
    case 'string':
  }
}

function note(
  selector: Extract<Expression, { kind: 'selector' }>,
  text: string,
  found: Map<string, SelectorText>,
): void {
  const name = selector.matchers.find((one) => one.name === '__name__' && one.op === '=');
  const { from, to } = selector.position;
  const own = text.slice(from, to);
  found.set(own, { text: own, metric: name?.value ?? null });
}

/** A selector of exactly these labels; `quoted` as PromQL reads text. */
export function selectorFor(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(',')}}`;
}
