import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../main/platform/index.ts';

describe('a pattern', () => {
  it.each([
    ['a|b|c', 'b', true],
    ['a|b|c', 'd', false],
    ['5..', '503', true],
    ['5..', '5033', false],
    ['.*', '', true],
    ['.+', '', false],
    ['.+', 'a\nb', true],
    ['(?i:PRO).*', 'production', true],
    ['((?i)PRO)d', 'proD', false],
    ['api-\\d+', 'api-17', true],
    ['[^/]+/x', 'a/x', true],
    ['[[:alpha:]]{2,3}', 'abcd', false],
    ['[[:alpha:]]{2,3}', 'abc', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\p{Greek}+', 'αβγ', true],
    ['^foo$', 'foo', true],
    ['x{2}', 'xx', true],
    ['x{a}', 'x{a}', true],
    ['(a|ab)(c|bcd)', 'abcd', true],
    ['é', 'é', true],
    ['.', '😀', true],
  ])('%s on %s is %s', (expression, value, expected) => {
    expect(compilePattern(expression).test(value)).toBe(expected);
  });

  it('agrees with the machine’s own on random expressions', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '(a|b)', '(ab)', '(?:b|)', '\\w');
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{1,2}')).map((parts) => parts.join(''));
    const expression = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        expression,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }),
        (text, value) => {
          expect(compilePattern(text).test(value)).toBe(new RegExp(`^(?:${text})$`).test(value));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('ends on what makes a backtracking matcher run for ever', () => {
    expect(compilePattern('(a*)*(a*)*b').test('a'.repeat(2000))).toBe(false);
  });

  it.each(['(', 'a)', '[a', '*a', 'a{1001}', '(a{1000}){1000}', '\\8', '(?=a)', '[b-a]', 'a\\'])(
    '%s is refused by name',
    (text) => {
      expect(() => compilePattern(text)).toThrowError(expect.objectContaining({ code: 'bad-regex' }));
    },
  );
});

describe('what a pattern expands', () => {
  it.each([
    ['(.*):(\\d+)', 'host:90', '$1', 'host'],
    ['(.*):(\\d+)', 'host:90', '${2}x', '90x'],
    ['(.*):(\\d+)', 'host:90', '$3', ''],
    ['(.*):(\\d+)', 'host:90', '$0', 'host:90'],
    ['(?P<name>[a-z]+)-.*', 'api-7', 'is ${name}', 'is api'],
    ['(a)|(b)', 'b', '[$1$2]', '[b]'],
    ['.*', 'x', '$$1', '$1'],
    ['a', 'b', '$0', null],
    ['a|b', 'b', '$0', 'b'],
  ])('%s on %s with %s is %s', (expression, value, template, expected) => {
    expect(compilePattern(expression).expand(value, template)).toBe(expected);
  });

  it('never reads what a label says as a reference', () => {
    expect(compilePattern('(.*)').expand('$1 ${2} $$', '<$1>')).toBe('<$1 ${2} $$>');
  });
});
