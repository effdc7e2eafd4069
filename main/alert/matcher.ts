import { messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { formatMatcher, type Matcher } from '../../shared/model/matcher.ts';
import type { Labels } from '../../shared/model/metric.ts';
import { compilePattern } from '../platform/index.ts';

export type LabelTest = (labels: Labels) => boolean;

/**
 * Compiles matchers; all must match. Refused are expressions that are no RE2, and a set that matches an alert without
 * any label: it would match everything.
 */
export function compileMatchers(matchers: readonly Matcher[]): Result<LabelTest, string> {
  const tests: { readonly name: string; readonly test: (value: string) => boolean }[] = [];
  for (const matcher of matchers) {
    const compiled = compileOne(matcher);
    if (!compiled.ok) return compiled;
    tests.push({ name: matcher.name, test: compiled.value });
  }
  if (tests.every(({ test }) => test('')))
    return err(
      `${matchers.map(formatMatcher).join(', ')} matches alerts that have none of these labels, so it would match everything; name a value that must be there`,
    );
  return ok((labels) =>
    tests.every(({ name, test }) => test(Object.hasOwn(labels, name) ? (labels[name] ?? '') : '')),
  );
}

function compileOne({ op, value }: Matcher): Result<(text: string) => boolean, string> {
  if (op === '=') return ok((text) => text === value);
  if (op === '!=') return ok((text) => text !== value);
  try {
    const pattern = compilePattern(value);
    return ok(op === '=~' ? (text) => pattern.test(text) : (text) => !pattern.test(text));
  } catch (thrown) {
    return err(messageOf(thrown));
  }
}
