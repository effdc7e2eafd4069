import { RE2JS, RE2JSException } from 're2js';
import { CodedError } from '../../../shared/error/coded.ts';

/**
 * A regular expression in RE2's syntax, matched in linear time and anchored at both ends, as Prometheus takes those of
 * matchers and relabelling; a dot matches a line break too.
 */
export interface Pattern {
  test(value: string): boolean;
  /**
   * The template with `$1`, `${1}` and `${name}` replaced by what the groups matched and `$$` by a dollar; a group that
   * is not there is empty. Null where the value does not match.
   */
  expand(value: string, template: string): string | null;
}

/** Whoever writes a longer one has generated it; compiling it would cost more than it can tell. */
const LENGTH_MAX = 64 * 1024;
const PROGRAM_MAX = 200_000;
const REFERENCE = /\$(?:(\$)|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})/g;

/** Throws the code `bad-regex`, which says why and what to do, where the expression is not RE2 or cannot be bounded. */
export function compilePattern(text: string): Pattern {
  const literals = literalAlternatives(text);
  const compiled = compile(text);
  return {
    test: literals ? (value) => literals.has(value) : (value) => compiled.testExact(value),
    expand(value, template) {
      const matcher = compiled.matcher(value);
      if (!matcher.matches()) return null;
      const groups = compiled.namedGroups();
      return template.replace(REFERENCE, (_whole, dollar, plain, braced) => {
        if (dollar !== undefined) return '$';
        const name: string = plain ?? braced;
        const index = /^\d+$/.test(name) ? Number(name) : (groups[name] ?? -1);
        return index >= 0 && index <= matcher.groupCount() ? (matcher.group(index) ?? '') : '';
      });
    },
  };
}

function compile(text: string): RE2JS {
  if (text.length > LENGTH_MAX) throw refusal(text, `it is longer than ${LENGTH_MAX} characters`);
  try {
    const compiled = RE2JS.compile(text, RE2JS.DOTALL);
    if (compiled.programSize() > PROGRAM_MAX)
      throw refusal(text, 'it is too large once its repetitions are written out');
    return compiled;
  } catch (thrown) {
    if (thrown instanceof RE2JSException) throw refusal(text, thrown.message, thrown);
    throw thrown;
  }
}

function refusal(text: string, why: string, cause?: unknown): CodedError<'bad-regex'> {
  return new CodedError(
    'bad-regex',
    `The regular expression ${JSON.stringify(text.slice(0, 200))} cannot be used: ${why}. Nothing was selected; write it in RE2 syntax.`,
    { cause },
  );
}

/** `a|b|c` without anything special is the commonest expression, and a set decides it. */
function literalAlternatives(text: string): ReadonlySet<string> | undefined {
  return /[\\.+*?()[\]{}^$]/.test(text) ? undefined : new Set(text.split('|'));
}
