import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatchers } from '../../../main/alert/matcher.ts';
import { formatMatchers, type Matcher, parseMatchers } from '../../../shared/model/matcher.ts';

const matchersOf = (text: string): Matcher[] => {
  const parsed = parseMatchers(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const matches = (text: string, labels: Record<string, string>) => {
  const compiled = compileMatchers(matchersOf(text));
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value(labels);
};

describe('matchers as they are written', () => {
  it.each([
    ['service=api', 'service="api"'],
    ['{service="api"}', 'service="api"'],
    [
      '{ service = "api" , code=~"5..", zone!="eu",pod!~"canary-.*" }',
      'service="api", code=~"5..", zone!="eu", pod!~"canary-.*"',
    ],
    ['message="a \\"quoted\\" \\\\ text, with = and }"', 'message="a \\"quoted\\" \\\\ text, with = and }"'],
    ['zone=""', 'zone=""'],
    ['"service.name"="api", "plain"=x', '"service.name"="api", plain="x"'],
    ['{"a \\"b\\" \\\\"!~"c"}', '"a \\"b\\" \\\\"!~"c"'],
  ])('%s is read as %s', (text, read) => {
    expect(formatMatchers(matchersOf(text))).toBe(read);
  });

  it.each([
    ['', 'at least one matcher'],
    ['{}', 'at least one matcher'],
    ['service', 'expected =, !=, =~ or !~ after service'],
    ['service="api', 'is not closed'],
    ['=api', 'expected a label name'],
    ['5xx="a"', 'expected a label name'],
    ['""="a"', 'is not a label name: it is empty'],
    ['"service.name', 'expected a label name'],
  ])('%s is refused: %s', (text, why) => {
    expect(parseMatchers(text)).toMatchObject({ ok: false, error: expect.stringContaining(why) });
  });

  it('come back the same however they are written, for any value', () => {
    const matcher = fc.record({
      name: fc.oneof(
        fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,9}$/),
        fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
          .map((text) => text.replace(/[\r\n]/g, '.')),
      ),
      op: fc.constantFrom('=' as const, '!=' as const, '=~' as const, '!~' as const),
      value: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ' ')),
    });
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 5 }), (matchers) => {
        expect(matchersOf(formatMatchers(matchers))).toEqual(matchers);
        expect(matchersOf(`{${formatMatchers(matchers)}}`)).toEqual(matchers);
      }),
    );
  });
});

describe('what matchers match', () => {
  const labels = { service: 'api', code: '503' };
  it.each([
    ['service="api"', true],
    ['service="ap"', false],
    ['service=~"a.*"', true],
    ['service=~"p"', false],
    ['code="503", service!="api"', false],
    ['service="api", code=~"5.."', true],
    ['service="api", code!~"5.."', false],
    ['service="api", zone=""', true],
    ['service="api", zone!=""', false],
  ])('%s: %s', (text, expected) => {
    expect(matches(text, labels)).toBe(expected);
  });

  it('are refused where they would match an alert without any label', () => {
    for (const text of ['zone=""', 'zone=~".*"', 'zone!="eu"', 'zone!~"eu|us"'])
      expect(compileMatchers(matchersOf(text))).toMatchObject({
        ok: false,
        error: expect.stringContaining('it would match everything'),
      });
  });

  it('are refused where an expression is no RE2, and say why', () => {
    expect(compileMatchers(matchersOf('service=~"(?=a)"'))).toMatchObject({
      ok: false,
      error: expect.stringContaining('cannot be used'),
    });
  });

  it('take linear time for an expression that others run away with', () => {
    expect(matches('service=~"(a+)+b"', { service: 'a'.repeat(2_000) })).toBe(false);
  });
});
