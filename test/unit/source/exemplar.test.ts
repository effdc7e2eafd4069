import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExemplar } from '../../../main/source/exposition/exemplar.ts';
import { scanExposition } from '../../../main/source/exposition/scan.ts';

describe('an exemplar', () => {
  it.each([
    [' {trace_id="KOO5S4vxi0o"} 0.67', { labels: { trace_id: 'KOO5S4vxi0o' }, value: 0.67, at: null }],
    [
      ' {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789',
      { labels: { trace_id: 'oHg5SJYRHA0' }, value: 9.8, at: 1_520_879_607_789 },
    ],
    ['{} 1', { labels: {}, value: 1, at: null }],
    [
      ' {a="}",b="\\"\\\\"} +Inf',
      { labels: { a: '}', b: '"\\' }, value: Number.POSITIVE_INFINITY, at: null },
    ],
  ])('is read from %s', (text, found) => expect(parseExemplar(text)).toEqual(found));

  it.each([
    'trace_id="x" 1',
    '{trace_id="x"}',
    '{trace_id="x} 1',
    '{trace_id="x"} one',
    '{trace_id="x"} 1 NaN',
    '{trace_id="x"} 1 2 3',
    `{trace_id="${'x'.repeat(200)}"} 1`,
    '{trace_id="x",trace_id="y"} 1',
  ])('is none where it is %s', (text) => expect(parseExemplar(text)).toBeUndefined());

  it('never throws, whatever stands there', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseExemplar(text)));
  });
});

describe('a scan of OpenMetrics', () => {
  it('hands on the text behind the number sign, with and without a time, and only there', () => {
    const seen: unknown[] = [];
    const text =
      'h_bucket{le="1"} 3 # {trace_id="a#b"} 0.5\nh_bucket{le="2"} 4 12.5 # {trace_id="c"} 1.5 12\nq{x="#"} 7\n# EOF\n';
    const problem = scanExposition(text, 'openmetrics', (series, value, at, exemplar) => {
      seen.push([series, value, at, exemplar]);
      return undefined;
    });
    expect(problem).toBeUndefined();
    expect(seen).toEqual([
      ['h_bucket{le="1"}', 3, undefined, ' {trace_id="a#b"} 0.5'],
      ['h_bucket{le="2"}', 4, 12_500, ' {trace_id="c"} 1.5 12'],
      ['q{x="#"}', 7, undefined, undefined],
    ]);
  });
});
