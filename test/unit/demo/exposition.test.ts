import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseFormat, writeBound, writeExposition } from '../../../main/demo/exposition.ts';
import { MetricRegistry } from '../../../main/demo/metric-registry.ts';
import { readExposition } from '../../integration/demo/scraped.ts';

describe('writing an exposition', () => {
  it('writes help, type and samples', () => {
    const registry = new MetricRegistry();
    registry.counter('requests_total', 'Requests.').with({ code: '200' }).add(3);
    registry.gauge('depth', 'Depth.').with({}).set(1.5);
    expect(writeExposition([registry], 'prometheus')).toBe(
      [
        '# HELP requests_total Requests.',
        '# TYPE requests_total counter',
        'requests_total{code="200"} 3',
        '# HELP depth Depth.',
        '# TYPE depth gauge',
        'depth 1.5',
        '',
      ].join('\n'),
    );
  });

  it('adds histogram buckets up, a value on a bound belonging below it', () => {
    const registry = new MetricRegistry();
    const histogram = registry.histogram('size', 'Size.', [1, 2.5]).with({ a: 'b' });
    for (const value of [0.5, 1, 2, 99]) histogram.observe(value);
    expect(writeExposition([registry], 'openmetrics').split('\n').slice(2)).toEqual([
      'size_bucket{a="b",le="1.0"} 2',
      'size_bucket{a="b",le="2.5"} 3',
      'size_bucket{a="b",le="+Inf"} 4',
      'size_sum{a="b"} 102.5',
      'size_count{a="b"} 4',
      '# EOF',
      '',
    ]);
  });

  it('puts the same family of several processes together', () => {
    const [one, two] = [new MetricRegistry(), new MetricRegistry()];
    one.counter('requests_total', 'Requests.').with({ service: 'a' }).add();
    one.gauge('depth', 'Depth.').with({ service: 'a' }).set(1);
    two.counter('requests_total', 'Requests.').with({ service: 'b' }).add();
    const text = writeExposition([one, two], 'prometheus');
    expect(text.match(/# TYPE requests_total/g)).toHaveLength(1);
    expect(readExposition(text).find('requests_total')).toHaveLength(2);
  });

  it('leaves out a family without series, and says nothing at all of nothing', () => {
    const registry = new MetricRegistry();
    registry.gauge('empty', 'Empty.');
    expect(writeExposition([registry], 'prometheus')).toBe('');
    expect(writeExposition([], 'openmetrics')).toBe('# EOF\n');
  });

  it('brings hostile label values through unchanged', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('prometheus', 'openmetrics'),
        (value, format) => {
          const registry = new MetricRegistry();
          registry.gauge('g', 'Line one\nline "two" \\').with({ label: value }).set(1);
          const text = writeExposition([registry], format);
          expect(readExposition(text).find('g')[0]?.labels).toEqual({ label: value });
        },
      ),
    );
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [1e21, '1e+21'],
    [0, '0'],
  ])('writes %d as %s', (value, text) => {
    const registry = new MetricRegistry();
    registry.gauge('g', 'G.').with({}).set(value);
    expect(writeExposition([registry], 'prometheus')).toContain(`g ${text}\n`);
  });

  it('writes bounds as floats', () => {
    expect([1, 0.25, 10].map(writeBound)).toEqual(['1.0', '0.25', '10.0']);
  });

  it('chooses OpenMetrics only where it is asked for', () => {
    expect(chooseFormat(undefined)).toBe('prometheus');
    expect(chooseFormat('*/*')).toBe('prometheus');
    expect(chooseFormat('application/openmetrics-text; version=1.0.0')).toBe('openmetrics');
  });
});

describe('a registry', () => {
  it('finds a series by its labels in whatever order they are named', () => {
    const family = new MetricRegistry().counter('c_total', 'C.');
    family.with({ a: '1', b: '2' }).add(2);
    expect(family.with({ b: '2', a: '1' }).value).toBe(2);
    expect(family.with({ a: '12', b: '' }).value).toBe(0);
  });

  it('refuses a second metric of the same name', () => {
    const registry = new MetricRegistry();
    registry.counter('c_total', 'C.');
    expect(() => registry.gauge('c_total', 'Again.')).toThrow('c_total');
  });
});
