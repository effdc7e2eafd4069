import type { Matcher } from '../store/index.ts';
import type {
  AggregateExpression,
  BinaryExpression,
  Expression,
  Selector,
  Shift,
  SubqueryExpression,
} from './expression.ts';
import { formatNumber } from './literal.ts';
import { isSetOperator } from './parse-binary.ts';

/** What the words of a question stand for, where an expression is asked over another range than the question's. */
export interface PrintOptions {
  /** The instants that `start()` and `end()` mean; left out, they stay words. */
  readonly fromAt?: number;
  readonly toAt?: number;
}

/** The expression as PromQL text that any Prometheus reads the same: each operation in brackets, durations in milliseconds. */
export function printExpression(expression: Expression, options: PrintOptions = {}): string {
  const print = (one: Expression): string => printExpression(one, options);
  switch (expression.kind) {
    case 'number':
      return printNumber(expression.value);
    case 'string':
      return quoted(expression.value);
    case 'selector':
      return printSelector(expression) + printShift(expression, options);
    case 'range': {
      const { selector, rangeMs } = expression;
      return `${printSelector(selector)}[${rangeMs}ms]${printShift(selector, options)}`;
    }
    case 'subquery':
      return printSubquery(expression, options);
    case 'call':
      return `${expression.name}(${expression.args.map(print).join(', ')})`;
    case 'aggregate':
      return printAggregate(expression, print);
    case 'binary':
      return printBinary(expression, print);
    case 'negate':
      return `(-${print(expression.of)})`;
    case 'given':
      throw new Error('What was given by another source has no text.');
  }
}

function printNumber(value: number): string {
  const text = formatNumber(value);
  return text.startsWith('-') ? `(${text})` : text.replace('+', '');
}

/** Go's escapes are JSON's, but for halves of characters. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

const PLAIN_NAME = /^[a-zA-Z_:][\w:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_]\w*$/;
/** Words that the grammar reads as other things. */
const WORDS =
  /^(?:inf|nan|by|without|on|ignoring|group_left|group_right|bool|offset|and|or|unless|atan2|start|end|step|range)$/i;

function printSelector({ matchers }: Selector): string {
  const isName = ({ name, op, value }: Matcher) =>
    name === '__name__' && op === '=' && PLAIN_NAME.test(value) && !WORDS.test(value);
  const named = matchers.find(isName);
  const rest = matchers.filter((matcher) => matcher !== named);
  const written = rest.map(({ name, op, value }) => `${labelName(name)}${op}${quoted(value)}`);
  return `${named?.value ?? ''}{${written.join(', ')}}`;
}

function labelName(name: string): string {
  return PLAIN_LABEL.test(name) ? name : quoted(name);
}

function printShift({ offsetMs, fixedAt }: Shift, { fromAt, toAt }: PrintOptions): string {
  const instant = fixedAt === 'start' ? fromAt : fixedAt === 'end' ? toAt : fixedAt;
  const at =
    fixedAt === null
      ? ''
      : instant === undefined
        ? ` @ ${fixedAt}()`
        : ` @ ${((instant ?? 0) / 1000).toFixed(3)}`;
  return at + (offsetMs === 0 ? '' : ` offset ${offsetMs < 0 ? '-' : ''}${Math.abs(offsetMs)}ms`);
}

function printSubquery(subquery: SubqueryExpression, options: PrintOptions): string {
  const step = subquery.stepMs === null ? '' : `${subquery.stepMs}ms`;
  const of = printExpression(subquery.of, options);
  return `(${of})[${subquery.rangeMs}ms:${step}]${printShift(subquery, options)}`;
}

function printAggregate(
  { op, of, parameter, grouping }: AggregateExpression,
  print: (one: Expression) => string,
): string {
  const word = grouping.only ? 'by' : 'without';
  const groups =
    grouping.only && grouping.labels.length === 0
      ? ''
      : ` ${word} (${grouping.labels.map(labelName).join(', ')})`;
  return `${op}${groups} (${parameter ? `${print(parameter)}, ` : ''}${print(of)})`;
}

function printBinary(
  { op, left, right, bool, matching }: BinaryExpression,
  print: (one: Expression) => string,
): string {
  const list = (labels: readonly string[]) => `(${labels.map(labelName).join(', ')})`;
  const isPlain = !matching.only && matching.labels.length === 0 && !matching.many;
  const on = isPlain ? '' : ` ${matching.only ? 'on' : 'ignoring'} ${list(matching.labels)}`;
  const group =
    matching.many && !isSetOperator(op) ? ` group_${matching.many} ${list(matching.include)}` : '';
  return `(${print(left)} ${op}${bool ? ' bool' : ''}${on}${group} ${print(right)})`;
}
