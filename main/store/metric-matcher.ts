import type { Labels } from '../../shared/model/metric.ts';
import { compilePattern } from '../platform/index.ts';
import type { Matcher } from './metric-api.ts';

/** Decides over one set of labels. A label that is absent counts as the empty text, as in Prometheus. */
export type LabelTest = (labels: Labels) => boolean;

/** Distinct values are few and series many, so answers are kept; a hostile label must not fill memory with them. */
const ANSWERS_MAX = 10_000;
/** Values beyond this length are decided without being kept. */
const KEPT_LENGTH_MAX = 256;

/** All matchers as one test. Throws the code `bad-regex` where an expression is not RE2 or cannot be bounded. */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: valueTest(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labelOf(labels, name)));
}

export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/** One matcher over one label value. */
export function valueTest({ op, value }: Matcher): (value: string) => boolean {
  if (op === '=') return (other) => other === value;
  if (op === '!=') return (other) => other !== value;
  const expected = op === '=~';
  const { test } = compilePattern(value);
  const answers = new Map<string, boolean>();
  return (other) => {
    const known = answers.get(other);
    if (known !== undefined) return known;
    const answer = test(other) === expected;
    if (other.length <= KEPT_LENGTH_MAX) {
      if (answers.size >= ANSWERS_MAX) answers.clear();
      answers.set(other, answer);
    }
    return answer;
  };
}
