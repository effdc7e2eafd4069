import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces, valueTicks } from '../../../main/postmortem/chart-path.ts';
import { escapeXml, renderChartSvg } from '../../../main/postmortem/chart-svg.ts';
import type { EvidenceSeries } from '../../../main/store/index.ts';
import { evidenceWrite, NOW } from '../../support/incident.ts';

const series = (samples: readonly (readonly [number, number])[], labels = {}): EvidenceSeries => ({
  labels,
  times: Float64Array.from(samples, ([at]) => NOW - 600_000 + at * 1000),
  values: Float64Array.from(samples, ([, value]) => value),
});
const chart = { ...evidenceWrite('e1').chart, fromAt: NOW - 600_000, toAt: NOW };
const paths = (svg: string) => [...svg.matchAll(/ d="([^"]*)"/g)].map((match) => match[1] ?? '');

describe('a chart as SVG', () => {
  it('draws a gap as a gap: where samples are missing and where a value is not a number', () => {
    const even = [0, 10, 20, 30, 40].map((at) => [at, 1] as const);
    expect(paths(renderChartSvg(chart, [series(even)]))[0]?.match(/M/g)).toHaveLength(1);
    const holed = [
      [0, 1],
      [10, 1],
      [20, 1],
      [60, 1],
      [70, 1],
      [80, Number.NaN],
      [90, 1],
      [100, 1],
    ] as const;
    expect(paths(renderChartSvg(chart, [series(holed)]))[0]?.match(/M/g)).toHaveLength(3);
    expect(pieces(series(holed)).map((piece) => piece.length)).toEqual([3, 2, 2]);
  });

  it('says the unit, the times in UTC, the threshold and the marks', () => {
    const svg = renderChartSvg(
      chart,
      [
        series([
          [0, 1],
          [10, 20],
        ]),
      ],
      [{ at: NOW - 1000, label: 'opened' }],
    );
    expect(svg).toContain('UTC, 2026-11-24');
    expect(svg).toContain('>01:46<');
    expect(svg).toMatch(/>20 ×</);
    expect(svg).toContain('page 13.44×');
    expect(svg).toContain('>opened<');
  });

  it('says that there is no data instead of drawing a line at zero', () => {
    expect(renderChartSvg(chart, [])).toContain('>No data<');
    expect(renderChartSvg(chart, [])).not.toContain('<path');
    expect(renderChartSvg({ ...chart, missing: 'no <answer>' }, [])).toContain('Missing: no &lt;answer&gt;');
  });

  it('names the lines, and how many are not shown', () => {
    const many = Array.from({ length: 7 }, (_, i) =>
      series(
        [
          [0, i],
          [10, i],
        ],
        { __name__: 'q', pod: `p${i}` },
      ),
    );
    const svg = renderChartSvg(chart, many);
    expect(paths(svg)).toHaveLength(5);
    expect(svg).toContain('● pod=p0');
    expect(svg).toContain('and 2 more, not shown');
  });

  it('stays well-formed and holds no script whatever the labels are', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('</text><script>', '"onload="x', ']]>', '<!--', '\u0000\ud800'),
    );
    fc.assert(
      fc.property(nasty, nasty, (title, label) => {
        const svg = renderChartSvg({ ...chart, title, unit: label, threshold: { value: 1, label } }, [
          series(
            [
              [0, 1],
              [10, 2],
            ],
            { a: title },
          ),
          series([[0, 1]], { a: label }),
        ]);
        const bare = svg.replace(
          /<(\/?)(svg|title|rect|text|tspan|line|path)((?: [a-zA-Z0-9-]+="[^"<>&]*")*)\/?>/g,
          '',
        );
        expect(bare).not.toMatch(/[<>]/);
        expect(bare.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
    expect(escapeXml('\u0000a\u202eb<')).toBe('ab&lt;');
  });

  it('thins a long line without losing a spike', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => [i / 50, i === 12_345 ? 99 : 1] as const);
    const [path] = paths(renderChartSvg(chart, [series(long)]));
    expect((path ?? '').length).toBeLessThan(40_000);
    const heights = [...(path ?? '').matchAll(/ (-?[\d.]+)/g)].map((match) => Number(match[1]));
    expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(100);
  });
});

describe('the ticks of the value axis', () => {
  it('take in each value, ascend, and are few', () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const ticks = valueTicks(values);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(12);
        for (const one of values) {
          const slack = Math.abs(one) * 1e-9 + 1e-300;
          expect(ticks[0]).toBeLessThanOrEqual(one + slack);
          expect((ticks.at(-1) ?? 0) + slack).toBeGreaterThanOrEqual(one);
        }
        expect([...ticks].sort((a, b) => a - b)).toEqual(ticks);
      }),
    );
  });
});
