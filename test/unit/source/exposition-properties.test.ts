import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../../main/source/exposition/parse.ts';
import { parseSeriesText } from '../../../main/source/exposition/series-text.ts';
import { parseSampleValue } from '../../../main/source/number.ts';
import { chunkWindow, joinChunks, pointsOf } from '../../../main/source/prometheus/chunk.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { hostileText } from '../../support/arbitrary.ts';

const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,12}$/);
const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/).filter((one) => one !== '__name__');
const labels = fc.dictionary(labelName, hostileText, { maxKeys: 5 });
const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
const numeral = (one: number) => {
  if (Number.isNaN(one)) return 'NaN';
  if (!Number.isFinite(one)) return one > 0 ? '+Inf' : '-Inf';
  return Object.is(one, -0) ? '-0' : String(one);
};
const written = (metric: string, all: Labels) => {
  const pairs = Object.entries(all).map(([key, text]) => `${key}="${escaped(text)}"`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(',')}}`;
};
/** A label without value is no label. */
const kept = (metric: string, all: Labels) =>
  Object.fromEntries([['__name__', metric], ...Object.entries(all).filter(([, text]) => text !== '')]);

describe('an exposition that a client library wrote', () => {
  it('is read as it was meant, whatever the values of labels hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, labels, value), { maxLength: 8 }), (series) => {
        const text = series.map(([metric, all, one]) => `${written(metric, all)} ${numeral(one)}\n`).join('');
        const read = parseExposition(text, 'text');
        if (!read.ok) throw new Error(JSON.stringify(read.error));
        expect(read.value.map((sample) => sample.labels)).toEqual(
          series.map(([metric, all]) => kept(metric, all)),
        );
        expect(read.value.map((sample) => sample.value)).toEqual(series.map(([, , one]) => one));
      }),
      { numRuns: 400 },
    );
  });

  it('is the same with blanks, comments, carriage returns and a trailing comma in it', () => {
    fc.assert(
      fc.property(name, labels, value, (metric, all, one) => {
        const pairs = Object.entries(all).map(([key, text]) => ` ${key} = "${escaped(text)}" `);
        const text = `# HELP x y\r\n\r\n\t${metric} {${pairs.join(',')}${pairs.length > 0 ? ',' : ''}}\t ${numeral(one)} \r\n# EOF of nothing\n`;
        const read = parseExposition(text, 'text');
        if (!read.ok) throw new Error(JSON.stringify(read.error));
        expect(read.value).toEqual([{ labels: kept(metric, all), value: one, at: undefined }]);
      }),
    );
  });

  it('of OpenMetrics that is cut off anywhere is refused: part of it never passes for all of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, labels, value), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (series, cut) => {
          const text = `${series.map(([metric, all, one]) => `${written(metric, all)} ${numeral(one)}\n`).join('')}# EOF\n`;
          expect(parseExposition(text, 'openmetrics').ok).toBe(true);
          const whole = text.trimEnd();
          expect(parseExposition(text.slice(0, cut % whole.length), 'openmetrics').ok).toBe(false);
        },
      ),
    );
  });
});

describe('any text at all', () => {
  it('is read or refused, never thrown at, and an error never repeats it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(hostileText, fc.constantFrom('{', '}', '"', '\\', '=', ',', ' ', '\n', '#', '1')), {
          maxLength: 20,
        }),
        fc.boolean(),
        (parts, open) => {
          const text = parts.join('');
          const read = parseExposition(text, open ? 'openmetrics' : 'text');
          if (read.ok) return;
          expect(read.error.line).toBeGreaterThanOrEqual(1);
          expect(read.error.line).toBeLessThanOrEqual(text.split('\n').length);
          expect(read.error.message.length).toBeLessThan(700);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('that is no number is no zero', () => {
    for (const text of ['', ' ', '-', '+', '.', 'e5', '1e', '0x10', '1_000', '1,5', 'null', 'true', '١'])
      expect({ text, value: parseSampleValue(text) }).toEqual({ text, value: undefined });
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (one) => {
        expect(parseSampleValue(String(one))).toBe(one + 0);
      }),
    );
  });

  it('as a series is refused beyond its limits', () => {
    const many = Array.from({ length: 65 }, (_, i) => `l${i}="x"`).join(',');
    expect(parseSeriesText(`up{${many}}`).ok).toBe(false);
    expect(parseSeriesText(`up{a="${'x'.repeat(4_097)}"}`).ok).toBe(false);
    expect(parseSeriesText(`up{a="1",a="2"}`).ok).toBe(false);
    expect(parseSeriesText('up{__name__="down"}').ok).toBe(false);
    const proto = parseSeriesText('up{__proto__="x"}');
    expect(proto.ok && Object.hasOwn(proto.value, '__proto__')).toBe(true);
  });
});

describe('a window in chunks', () => {
  const window = fc
    .record({
      from: fc.nat(10 ** 9),
      points: fc.integer({ min: 1, max: 5_000 }),
      stepMs: fc.integer({ min: 1, max: 100_000 }),
      rest: fc.nat(99),
    })
    .map(({ from, points, stepMs, rest }) => ({
      fromAt: from,
      toAt: from + (points - 1) * stepMs + Math.min(rest, stepMs - 1),
      stepMs,
    }));

  it('has each point once, in order, none too many in one, and joins to the whole', () => {
    fc.assert(
      fc.property(window, fc.integer({ min: 1, max: 700 }), (whole, most) => {
        const chunks = chunkWindow(whole, most);
        const times: number[] = [];
        const parts = chunks.map((chunk) => {
          const own: number[] = [];
          for (let at = chunk.fromAt; at <= chunk.toAt; at += chunk.stepMs) own.push(at);
          expect(own.length).toBeLessThanOrEqual(most);
          times.push(...own);
          return [
            { labels: { b: '2', a: '1' }, times: Float64Array.from(own), values: Float64Array.from(own) },
          ];
        });
        expect(times).toHaveLength(pointsOf(whole));
        expect(times[0]).toBe(whole.fromAt);
        for (let i = 1; i < times.length; i += 1)
          if ((times[i] ?? 0) - (times[i - 1] ?? 0) !== whole.stepMs) throw new Error(`a hole at ${i}`);
        const [joined, ...more] = joinChunks(parts);
        expect(more).toEqual([]);
        expect(joined?.times).toEqual(Float64Array.from(times));
      }),
      { numRuns: 60 },
    );
  });
});
