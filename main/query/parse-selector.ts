import type { SyntaxNode } from '@lezer/common';
import { CodedError } from '../../shared/error/coded.ts';
import { type Matcher, valueTest } from '../store/index.ts';
import type { Selector } from './expression.ts';
import { notPromQL } from './failure.ts';
import { childrenOf, positionOf, quotedText, type Source, textOf } from './syntax.ts';

/** A matcher of this label is none: it names the source that the selector's series come from. */
export const SOURCE_LABEL = '__source__';

/** Reads `name{label="value"}`. */
export function parseSelector(source: Source, node: SyntaxNode): Selector {
  const matchers: Matcher[] = [];
  const tests: ((value: string) => boolean)[] = [];
  let asked: string | null = null;
  const add = (matcher: Matcher, at: SyntaxNode) => {
    if (matcher.name === SOURCE_LABEL) {
      asked = sourceOf(matcher, asked, at);
      return;
    }
    if (matcher.name === '__name__' && matcher.op === '=' && matchers.some(isName))
      throw notPromQL('the metric name is given twice', positionOf(at));
    tests.push(testOf(matcher, at));
    matchers.push(matcher);
  };
  for (const child of childrenOf(node)) {
    if (child.name === 'Identifier') add({ name: '__name__', op: '=', value: textOf(source, child) }, child);
    else for (const part of childrenOf(child)) add(readMatcher(source, part), part);
  }
  if (tests.every((test) => test('')))
    throw notPromQL(
      'a selector needs at least one matcher that an absent label does not match',
      positionOf(node),
    );
  return {
    kind: 'selector',
    matchers,
    source: asked,
    offsetMs: 0,
    fixedAt: null,
    position: positionOf(node),
  };
}

function sourceOf(matcher: Matcher, asked: string | null, at: SyntaxNode): string {
  if (matcher.op !== '=' || matcher.value === '')
    throw notPromQL(`${SOURCE_LABEL} names one source, as in ${SOURCE_LABEL}="prom"`, positionOf(at));
  if (asked !== null) throw notPromQL(`${SOURCE_LABEL} is given twice`, positionOf(at));
  return matcher.value;
}

function isName(matcher: Matcher): boolean {
  return matcher.name === '__name__' && matcher.op === '=';
}

function readMatcher(source: Source, node: SyntaxNode): Matcher {
  if (node.name === 'QuotedLabelName') return { name: '__name__', op: '=', value: quotedText(source, node) };
  const [name, operator, value] = childrenOf(node);
  if (!name || !operator || !value) throw notPromQL('the matcher is incomplete', positionOf(node));
  const op = textOf(source, operator);
  const isPattern = op === '=~' || op === '!~';
  if (op !== '=' && op !== '!=' && op !== '=~' && op !== '!~')
    throw notPromQL(`${op} does not match labels`, positionOf(operator));
  return {
    name: name.name === 'QuotedLabelName' ? quotedText(source, name) : textOf(source, name),
    op,
    value: patternOf(source, quotedText(source, value), isPattern),
  };
}

/** In Prometheus 2 the dot of a regular expression does not match a line break. */
function patternOf(source: Source, value: string, isPattern: boolean): string {
  return isPattern && source.compat === 2 && value.includes('.') ? `(?-s:${value})` : value;
}

function testOf(matcher: Matcher, at: SyntaxNode): (value: string) => boolean {
  try {
    return valueTest(matcher);
  } catch (thrown) {
    if (thrown instanceof CodedError) throw notPromQL(thrown.message, positionOf(at));
    throw thrown;
  }
}
