import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../../main/source/exposition/format.ts';
import {
  decodeExposition,
  EXPOSITION_LIMITS,
  parseExposition,
} from '../../../main/source/exposition/parse.ts';
import { parseSeriesText } from '../../../main/source/exposition/series-text.ts';

const parse = (text: string, format: 'text' | 'openmetrics' = 'text') => {
  const read = parseExposition(text, format);
  if (!read.ok) throw new Error(`line ${read.error.line}: ${read.error.message}`);
  return read.value;
};
const problem = (text: string, format: 'text' | 'openmetrics' = 'text') => {
  const read = parseExposition(text, format);
  return read.ok ? 'no problem' : `line ${read.error.line}: ${read.error.message}`;
};

describe('the text format', () => {
  it('reads names, labels, values and times', () => {
    const text = [
      '# HELP http_requests_total All "requests" {so far}',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      'http_requests_total { method = "get" , } 3.5e2\r',
      '',
      '  msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find\\nfile:\\"X\\""} 1.458255915e9',
      'plain 12',
      'rpc_duration_seconds{quantile="0.5"} NaN',
      'inf_metric +Inf',
      'minus_inf -Inf -3982045',
    ].join('\n');
    expect(parse(text)).toEqual([
      {
        labels: { __name__: 'http_requests_total', method: 'post', code: '200' },
        value: 1027,
        at: 1395066363000,
      },
      { labels: { __name__: 'http_requests_total', method: 'get' }, value: 350, at: undefined },
      {
        labels: {
          __name__: 'msdos_file_access_time_seconds',
          path: 'C:\\DIR\\FILE.TXT',
          error: 'Cannot find\nfile:"X"',
        },
        value: 1.458255915e9,
        at: undefined,
      },
      { labels: { __name__: 'plain' }, value: 12, at: undefined },
      { labels: { __name__: 'rpc_duration_seconds', quantile: '0.5' }, value: Number.NaN, at: undefined },
      { labels: { __name__: 'inf_metric' }, value: Number.POSITIVE_INFINITY, at: undefined },
      { labels: { __name__: 'minus_inf' }, value: Number.NEGATIVE_INFINITY, at: -3982045 },
    ]);
  });

  it('keeps braces, commas and hashes that stand inside a label', () => {
    expect(parse('a{b="}, c=\\"#{"} 1')[0]?.labels).toEqual({ __name__: 'a', b: '}, c="#{' });
  });

  it('leaves out labels without a value, as they are none', () => {
    expect(parse('a{b="",c="1"} 1')[0]?.labels).toEqual({ __name__: 'a', c: '1' });
  });

  it('keeps a label named __proto__ as a label', () => {
    const labels = parse('a{__proto__="x"} 1')[0]?.labels ?? {};
    expect(Object.entries(labels)).toContainEqual(['__proto__', 'x']);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });

  it.each([
    ['ok 1\n1bad 2', 'line 2: the metric name is not letters, digits, _ and :'],
    ['a{b="1" 2', 'line 1: the labels do not end'],
    ['a{b="1\n"} 2', 'line 1: the labels do not end'],
    ['a{b=1} 2', 'line 1: the value of the label b is not in quotes'],
    ['a{1b="1"} 2', 'line 1: a label name is not letters, digits and _'],
    ['a{b="1",b="2"} 2', 'line 1: the label b stands twice'],
    ['a{__name__="1"} 2', 'line 1: the label __name__ stands twice'],
    ['a{b="1" c="2"} 2', 'line 1: two labels are not parted by a comma'],
    ['a{b="1"}', 'line 1: the series has no value'],
    ['\n\na ', 'line 3: the series has no value'],
    ['a 0x10', 'line 1: the value is not a number'],
    ['a 1 2 3', 'line 1: something follows the timestamp'],
    ['a 1 soon', 'line 1: the timestamp is not a number'],
    ['a 1 # {trace_id="1"} 1', 'line 1: something follows the value'],
    ['<html><body>Sign in</body></html>', 'line 1: the value is not a number'],
  ])('refuses %j with its line', (text, said) => {
    if (text.startsWith('<html')) expect(problem(text)).toMatch(/^line 1: /);
    else expect(problem(text)).toBe(said);
  });

  it('is bounded in series, labels, names and values', () => {
    const limits = { ...EXPOSITION_LIMITS, seriesMax: 2, labelsMax: 2, nameLengthMax: 10, valueLengthMax: 5 };
    const said = (text: string) => {
      const read = parseExposition(text, 'text', limits);
      return read.ok ? 'ok' : read.error.message;
    };
    expect(said('a 1\nb 2')).toBe('ok');
    expect(said('a 1\nb 2\nc 3')).toContain('more than 2 series');
    expect(said('a{b="1",c="2",d="3"} 1')).toContain('more than 2 labels');
    expect(said('aaaaaaaaaaa 1')).toContain('longer than 10');
    expect(said('a{b="123456"} 1')).toContain('longer than 5');
  });

  it('never throws, whatever comes', () => {
    const piece = fc.constantFrom(
      'a',
      '{',
      '}',
      '"',
      '\\',
      '=',
      ',',
      ' ',
      '\n',
      '#',
      '1',
      'EOF',
      '\r',
      'é',
      '\u0000',
    );
    const foreign = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(foreign, fc.constantFrom('text', 'openmetrics'), (text, format) => {
        const read = parseExposition(text, format as 'text' | 'openmetrics');
        if (!read.ok) expect(read.error.line).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back every label and value that was written', () => {
    const escaped = (value: string) =>
      value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    const labels = fc.dictionary(
      fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
      fc.string({ unit: 'grapheme', minLength: 1 }),
    );
    fc.assert(
      fc.property(labels, fc.double(), (written, value) => {
        const inside = Object.entries(written).map(([name, text]) => `${name}="${escaped(text)}"`);
        const number = Number.isNaN(value) ? 'NaN' : String(value).replace('Infinity', 'Inf');
        const [sample] = parse(`metric{${inside.join(',')}} ${number}\n`);
        expect(Object.entries(sample?.labels ?? {}).sort()).toEqual(
          Object.entries({ ...written, __name__: 'metric' }).sort(),
        );
        expect(Object.is(sample?.value, value) || (value === 0 && sample?.value === 0)).toBe(true);
      }),
    );
  });
});

describe('OpenMetrics', () => {
  it('reads seconds as milliseconds and passes over exemplars, units and types', () => {
    const text = [
      '# TYPE foo histogram',
      '# UNIT foo seconds',
      'foo_bucket{le="0.1"} 8 # {} 0.054',
      'foo_bucket{le="1"} 11 1520879607.789 # {trace_id="K}x#O"} 0.67 1520879606.1',
      'foo_count 17',
      '# EOF',
    ].join('\n');
    expect(parse(text, 'openmetrics').map((one) => [one.labels.le, one.value, one.at])).toEqual([
      ['0.1', 8, undefined],
      ['1', 11, 1520879607789],
      [undefined, 17, undefined],
    ]);
  });

  it('is not whole without its end, and has nothing after it', () => {
    expect(problem('a 1\nb 2\n', 'openmetrics')).toBe(
      'line 2: the answer ends without # EOF: part of it is missing',
    );
    expect(problem('', 'openmetrics')).toContain('without # EOF');
    expect(problem('# EOF\na 1\n', 'openmetrics')).toBe('line 2: something follows # EOF');
    expect(problem('a 1\n# EOF\n', 'openmetrics')).toBe('no problem');
  });
});

describe('what surrounds the text', () => {
  it('knows the format by its type, and a web page by its', () => {
    expect(formatOf('text/plain; version=0.0.4; charset=utf-8')).toBe('text');
    expect(formatOf('')).toBe('text');
    expect(formatOf('application/openmetrics-text; version=1.0.0')).toBe('openmetrics');
    expect(formatOf('text/html')).toBeUndefined();
    expect(formatOf('application/json')).toBeUndefined();
  });

  it('refuses bytes that are not text', () => {
    expect(decodeExposition(Uint8Array.of(0x61, 0xff)).ok).toBe(false);
    expect(decodeExposition(new TextEncoder().encode('é'))).toEqual({ ok: true, value: 'é' });
  });

  it('leaves an unknown escape as it is', () => {
    expect(parseSeriesText('a{b="\\d\\\\n"}')).toEqual({ ok: true, value: { __name__: 'a', b: '\\d\\n' } });
  });
});
