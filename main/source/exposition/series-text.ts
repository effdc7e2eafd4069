import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Labels } from '../../../shared/model/metric.ts';

/** Hostile or runaway exposition is refused by line, before it is kept. */
export interface SeriesLimits {
  readonly labelsMax: number;
  readonly nameLengthMax: number;
  readonly valueLengthMax: number;
}

export const SERIES_LIMITS: SeriesLimits = { labelsMax: 64, nameLengthMax: 512, valueLengthMax: 4_096 };

const NAME = /^[A-Za-z_:][A-Za-z0-9_:]*$/;
const LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads `name{label="value",…}`. Empty labels are left out, as a label without value is no label.
 * The error is a clause without the line's text, which is foreign.
 */
export function parseSeriesText(text: string, limits: SeriesLimits = SERIES_LIMITS): Result<Labels, string> {
  const brace = text.indexOf('{');
  const name = (brace < 0 ? text : text.slice(0, brace)).trimEnd();
  if (!NAME.test(name)) return err('the metric name is not letters, digits, _ and :');
  if (name.length > limits.nameLengthMax)
    return err(`the metric name is longer than ${limits.nameLengthMax}`);
  const pairs: [string, string][] = [['__name__', name]];
  if (brace >= 0) {
    const problem = readPairs(text, brace + 1, pairs, limits);
    if (problem) return err(problem);
  }
  // `fromEntries` defines, where an assignment to a label named __proto__ would be lost.
  return ok(Object.fromEntries(pairs));
}

function readPairs(
  text: string,
  from: number,
  pairs: [string, string][],
  limits: SeriesLimits,
): string | undefined {
  const names = new Set(['__name__']);
  let at = skipBlank(text, from);
  while (text[at] !== '}') {
    const equals = text.indexOf('=', at);
    if (equals < 0) return 'a label has no value';
    const name = text.slice(at, equals).trim();
    if (!LABEL.test(name)) return 'a label name is not letters, digits and _';
    if (name.length > limits.nameLengthMax) return `a label name is longer than ${limits.nameLengthMax}`;
    if (names.has(name)) return `the label ${name} stands twice`;
    names.add(name);
    if (names.size > limits.labelsMax + 1) return `it has more than ${limits.labelsMax} labels`;
    const open = skipBlank(text, equals + 1);
    if (text[open] !== '"') return `the value of the label ${name} is not in quotes`;
    const close = endOfQuoted(text, open + 1);
    if (close < 0) return `the value of the label ${name} has no closing quote`;
    const value = withoutEscapes(text.slice(open + 1, close));
    if (value.length > limits.valueLengthMax)
      return `the value of the label ${name} is longer than ${limits.valueLengthMax}`;
    if (value !== '') pairs.push([name, value]);
    at = skipBlank(text, close + 1);
    if (text[at] === ',') at = skipBlank(text, at + 1);
    else if (text[at] !== '}') return 'two labels are not parted by a comma';
  }
  return at === text.length - 1 ? undefined : 'something follows the labels';
}

/** The quote that ends the value which begins at the index; -1 where there is none. */
export function endOfQuoted(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (quote - slashes - 1 >= from && text.charCodeAt(quote - slashes - 1) === 92) slashes += 1;
    if (slashes % 2 === 0) return quote;
  }
  return -1;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at += 1;
  return at;
}

/** `\\`, `\"` and `\n`; another backslash stays what it is, as in Prometheus. */
function withoutEscapes(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\([\\"n])/g, (_whole, letter: string) => (letter === 'n' ? '\n' : letter));
}
