import { parser } from '@prometheus-io/lezer-promql';
import { err, ok, type Result } from '../../shared/error/result.ts';

/**
 * An expression that is nothing but sums of increases, so that each of its counters can be carried from poll to poll
 * and the whole be made of them exactly.
 */
export type Summable =
  | { readonly kind: 'increase'; readonly selector: string }
  | { readonly kind: 'scaled'; readonly of: Summable; readonly by: number }
  | { readonly kind: 'added'; readonly left: Summable; readonly right: Summable; readonly sign: 1 | -1 }
  | { readonly kind: 'or-zero'; readonly of: Summable };

/** A length that nobody writes, so that a window of a fixed length is not taken for the one that is filled in. */
export const SENTINEL = '7368787m';
const SHOWN_MAX = 80;

interface Read {
  readonly sum: Summable;
  /** One series without labels, which alone may be added to another one whatever their labels are. */
  readonly single: boolean;
}

type Node = NonNullable<ReturnType<typeof parser.parse>['topNode']['firstChild']>;

/** Reads an expression whose windows are the sentinel; the error says which part cannot be carried. */
export function readSummable(filled: string, perSecond: boolean): Result<Summable, string> {
  let node = parser.parse(filled).topNode.firstChild;
  while (node && node.name === 'LineComment') node = node.nextSibling;
  const reader = new SummableReader(filled, perSecond ? 'Rate' : 'Increase');
  const read = node ? reader.read(node) : null;
  return read ? ok(read.sum) : err(reader.refused);
}

class SummableReader {
  refused = '';
  private readonly text: string;
  private readonly call: 'Rate' | 'Increase';

  constructor(text: string, call: 'Rate' | 'Increase') {
    this.text = text;
    this.call = call;
  }

  read(node: Node): Read | null {
    const children = childrenOf(node);
    switch (node.name) {
      case 'ParenExpr':
        return children[0] && children.length === 1 ? this.read(children[0]) : this.refuse(node);
      case 'AggregateExpr':
        return this.readAggregate(node, children);
      case 'FunctionCall':
        return this.readCall(node, children);
      case 'BinaryExpr':
        return this.readBinary(node, children);
      default:
        return this.refuse(node);
    }
  }

  private readAggregate(node: Node, children: readonly Node[]): Read | null {
    const isSum = children[0]?.firstChild?.name === 'Sum';
    const args = childrenOf(children.find((one) => one.name === 'FunctionCallBody'));
    const [only] = args;
    if (!isSum || !only || args.length !== 1) return this.refuse(node);
    const inner = this.read(only);
    const isGrouped = children.some((one) => one.name === 'AggregateModifier');
    return inner && { sum: inner.sum, single: !isGrouped };
  }

  private readCall(node: Node, children: readonly Node[]): Read | null {
    const args = childrenOf(children.find((one) => one.name === 'FunctionCallBody'));
    const [range] = args;
    if (children[0]?.firstChild?.name !== this.call || range?.name !== 'MatrixSelector' || args.length !== 1)
      return this.refuse(node);
    const [vector, window] = childrenOf(range);
    if (vector?.name !== 'VectorSelector' || !window || this.textOf(window) !== SENTINEL)
      return this.refuse(node);
    const selector = this.textOf(vector);
    // A label's value that names the window is another one for each.
    return selector.includes(SENTINEL)
      ? this.refuse(node)
      : { sum: { kind: 'increase', selector }, single: false };
  }

  private readBinary(node: Node, children: readonly Node[]): Read | null {
    const [left, operator, ...rest] = children;
    const right = rest.at(-1);
    if (!left || !operator || !right) return this.refuse(node);
    const matching = rest.slice(0, -1);
    if (operator.name === 'Or') return this.readOr(node, left, matching, right);
    if (matching.length > 0) return this.refuse(node);
    const [leftNumber, rightNumber] = [this.numberOf(left), this.numberOf(right)];
    if (operator.name === 'Mul' && rightNumber !== null) return this.scaled(left, rightNumber);
    if (operator.name === 'Mul' && leftNumber !== null) return this.scaled(right, leftNumber);
    if (operator.name === 'Div' && rightNumber) return this.scaled(left, 1 / rightNumber);
    if (operator.name !== 'Add' && operator.name !== 'Sub') return this.refuse(node);
    const one = this.read(left);
    const other = one && this.read(right);
    if (!one || !other) return null;
    if (!one.single || !other.single) return this.refuse(node);
    const sign = operator.name === 'Add' ? 1 : -1;
    return { sum: { kind: 'added', left: one.sum, right: other.sum, sign }, single: true };
  }

  /** Only a zero for where there is no data: `or vector(0)`. */
  private readOr(node: Node, left: Node, matching: readonly Node[], right: Node): Read | null {
    const isZero = /^vector\s*\(\s*0(\.0*)?\s*\)$/.test(this.textOf(right));
    const isOnNothing = matching.every((one) => /^on\s*\(\s*\)$/.test(this.textOf(one)));
    if (!isZero || !isOnNothing) return this.refuse(node);
    const of = this.read(left);
    return of && { sum: { kind: 'or-zero', of: of.sum }, single: of.single };
  }

  private scaled(node: Node, by: number): Read | null {
    const of = this.read(node);
    return of && { sum: { kind: 'scaled', of: of.sum, by }, single: of.single };
  }

  private numberOf(node: Node): number | null {
    const text = this.textOf(node);
    return node.name === 'NumberDurationLiteral' && /^[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
  }

  private textOf(node: Node): string {
    return this.text.slice(node.from, node.to);
  }

  private refuse(node: Node): null {
    if (this.refused === '') {
      const text = this.textOf(node).replaceAll(SENTINEL, '$window').replaceAll(/\s+/g, ' ');
      this.refused = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
    }
    return null;
  }
}

function childrenOf(node: Node | undefined): readonly Node[] {
  const found: Node[] = [];
  for (let child = node?.firstChild; child; child = child.nextSibling)
    if (child.name !== 'LineComment') found.push(child);
  return found;
}

/** The counters that it is made of. */
export function selectorsIn(sum: Summable): readonly string[] {
  switch (sum.kind) {
    case 'increase':
      return [sum.selector];
    case 'added':
      return [...selectorsIn(sum.left), ...selectorsIn(sum.right)];
    case 'scaled':
    case 'or-zero':
      return selectorsIn(sum.of);
  }
}

/** The whole from its counters' increases, as the expression has it: where one side has no data, their sum has none. */
export function sumOf(sum: Summable, increaseOf: (selector: string) => number | null): number | null {
  switch (sum.kind) {
    case 'increase':
      return increaseOf(sum.selector);
    case 'or-zero':
      return sumOf(sum.of, increaseOf) ?? 0;
    case 'scaled': {
      const value = sumOf(sum.of, increaseOf);
      return value === null ? null : value * sum.by;
    }
    case 'added': {
      const left = sumOf(sum.left, increaseOf);
      const right = sumOf(sum.right, increaseOf);
      return left === null || right === null ? null : left + sum.sign * right;
    }
  }
}
