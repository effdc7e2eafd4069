import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatchers, valueTest } from '../../../main/store/index.ts';
import { compileRegex } from '../../../main/store/metric-regex.ts';

describe('a regular expression', () => {
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
    expect(compileRegex(expression)(value)).toBe(expected);
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
          expect(compileRegex(text)(value)).toBe(new RegExp(`^(?:${text})$`).test(value));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('ends on what makes a backtracking matcher run for ever', () => {
    expect(compileRegex('(a*)*(a*)*b')('a'.repeat(2000))).toBe(false);
  });

  it.each(['(', 'a)', '[a', '*a', 'a{1001}', '(a{1000}){1000}', '\\8', '(?=a)', '[b-a]', 'a\\'])(
    '%s is refused by name',
    (text) => {
      expect(() => valueTest({ name: 'x', op: '=~', value: text })).toThrowError(
        expect.objectContaining({ code: 'bad-regex' }),
      );
    },
  );
});

describe('matchers', () => {
  it('take an absent label for the empty text', () => {
    const labels = { __name__: 'up', job: 'a' };
    expect(compileMatchers([{ name: 'zone', op: '=', value: '' }])(labels)).toBe(true);
    expect(compileMatchers([{ name: 'zone', op: '!=', value: '' }])(labels)).toBe(false);
    expect(compileMatchers([{ name: 'constructor', op: '=', value: '' }])(labels)).toBe(true);
    expect(compileMatchers([{ name: 'job', op: '!~', value: 'b.*' }])(labels)).toBe(true);
  });
});
