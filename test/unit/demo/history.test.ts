import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HistoryParts, historyLines, readRange } from '../../../main/demo/history.ts';
import type { MeasuredProfile, MeasuredSeries } from '../../../main/demo/measured-profile.ts';
import type { Era } from '../../../main/demo/past.ts';

const ANCHOR = Date.UTC(2026, 4, 5, 12);
const DAY_MS = 86_400_000;
const LABELS = { service: 'gateway' };

interface Line {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

function profile(requestsPerSecond: number, ...series: MeasuredSeries[]): MeasuredProfile {
  return {
    requestsPerSecond,
    series: new Map(series.map((each) => [each.name + JSON.stringify(each.labels), each])),
  };
}

function counter(rate: number, name = 'requests_total'): MeasuredSeries {
  return { kind: 'counter', name, labels: LABELS, rate };
}

function gauge(mean: number, deviation = 0, name = 'depth'): MeasuredSeries {
  return { kind: 'gauge', name, labels: LABELS, mean, deviation };
}

function parts(profiles: Partial<Record<Era, readonly MeasuredProfile[]>>, demand = 100): HistoryParts {
  return {
    seed: 1,
    demand: () => demand,
    anchorAt: ANCHOR,
    profiles: new Map(Object.entries(profiles) as [Era, MeasuredProfile[]][]),
  };
}

function write(of: HistoryParts, fromAt: number, toAt: number, stepMs: number): readonly Line[] {
  const [, ...lines] = [...historyLines({ fromAt, toAt, stepMs }, of)];
  return lines.map((line) => JSON.parse(line) as Line);
}

const [FROM, TO] = [ANCHOR - 100 * 60_000, ANCHOR];

describe('writing history from measured rates', () => {
  it('begins with its mark', () => {
    const [head] = historyLines({ fromAt: 1_000, toAt: 2_000, stepMs: 1_000 }, parts({}));
    expect(JSON.parse(head ?? '')).toEqual({ synthetic: true, from: 1_000, to: 2_000, step: 1_000 });
  });

  it('counts from 0 at its begin, at the measured rate', () => {
    const [line] = write(parts({ v41: [profile(100, counter(100))] }), FROM, TO, 60_000);
    expect(line?.labels).toEqual({ __name__: 'requests_total', service: 'gateway' });
    expect(line?.times).toHaveLength(101);
    expect(line?.values[0]).toBe(0);
    expect((line?.values.at(-1) ?? 0) / (100 * 6_000)).toBeCloseTo(1, 2);
  });

  it('follows the demand, and lies between measured levels where the demand does', () => {
    const levels = { v41: [profile(100, counter(100), gauge(0.2)), profile(300, counter(600), gauge(0.6))] };
    const at = (demand: number) => {
      const [requests, depth] = write(parts(levels, demand), FROM, TO, 60_000);
      return { perRequest: (requests?.values.at(-1) ?? 0) / (demand * 6_000), depth: depth?.values[5] };
    };
    expect(at(100).perRequest).toBeCloseTo(1, 1);
    expect(at(200).perRequest).toBeCloseTo(1.5, 1);
    expect(at(300).perRequest).toBeCloseTo(2, 1);
    expect(at(200).depth).toBeCloseTo(0.4, 5);
    // Beyond what was measured the level is the nearest one, never an extrapolation.
    expect(at(900).depth).toBe(0.6);
    expect(at(10).depth).toBe(0.2);
  });

  it('writes rare events as rare events, not as fractions', () => {
    const [line] = write(parts({ v41: [profile(100, counter(0.01))] }), FROM, TO, 60_000);
    expect(line?.values.every(Number.isInteger)).toBe(true);
    expect(line?.values.at(-1)).toBeGreaterThan(20);
    expect(line?.values.at(-1)).toBeLessThan(120);
  });

  it('keeps constant what is constant and ratios between 0 and 1', () => {
    const [constant, ratio] = write(
      parts({ v41: [profile(100, gauge(8), gauge(0.9, 0.3, 'busy_ratio'))] }),
      FROM,
      TO,
      60_000,
    );
    expect(new Set(constant?.values)).toEqual(new Set([8]));
    expect(Math.max(...(ratio?.values ?? []))).toBe(1);
    expect(Math.min(...(ratio?.values ?? []))).toBeGreaterThanOrEqual(0);
    expect(new Set(ratio?.values).size).toBeGreaterThan(20);
  });

  it('writes histograms with cumulative buckets whose last is the count', () => {
    const histogram: MeasuredSeries = {
      kind: 'histogram',
      name: 'size',
      labels: LABELS,
      bounds: [1, 2.5],
      rates: [10, 5, 1],
      meanValue: 1.5,
    };
    const lines = write(parts({ v41: [profile(100, histogram)] }), FROM, TO, 60_000);
    expect(lines.map(({ labels }) => [labels.__name__, labels.le])).toEqual([
      ['size_bucket', '1.0'],
      ['size_bucket', '2.5'],
      ['size_bucket', '+Inf'],
      ['size_sum', undefined],
      ['size_count', undefined],
    ]);
    const [one, two, all, sum, count] = lines.map(({ values }) => values.at(-1) ?? 0);
    expect((one ?? 0) / 60_000).toBeCloseTo(1, 1);
    expect(((two ?? 0) - (one ?? 0)) / 30_000).toBeCloseTo(1, 1);
    expect(all).toBe(count);
    expect((sum ?? 0) / (count ?? 1)).toBeCloseTo(1.5, 3);
  });

  it('gives a series only the times of the eras that have it', () => {
    const eras = {
      v40: [profile(100, counter(1, 'old_total'), counter(1, 'both_total'))],
      v41: [profile(100, counter(1, 'both_total'))],
    };
    const deployedAt = ANCHOR - 12 * DAY_MS;
    const lines = write(parts(eras), deployedAt - 600_000, deployedAt + 600_000, 60_000);
    const old = lines.find(({ labels }) => labels.__name__ === 'old_total');
    const both = lines.find(({ labels }) => labels.__name__ === 'both_total');
    expect(both?.times).toHaveLength(21);
    expect(old?.times.at(-1)).toBe(deployedAt);
    expect(old?.values).toHaveLength(old?.times.length ?? 0);
    expect(write(parts(eras), ANCHOR - 600_000, ANCHOR, 60_000)).toHaveLength(1);
  });
});

describe('reading a range', () => {
  const ask = (from: unknown, to: unknown, step: unknown) =>
    readRange(new URLSearchParams({ from: `${from}`, to: `${to}`, step: `${step}` }));

  it('takes whole milliseconds in order and bounds what it costs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0 }),
        fc.integer({ min: 1 }),
        fc.integer({ min: 1 }),
        (fromAt, spanMs, stepMs) => {
          const range = ask(fromAt, fromAt + spanMs, stepMs);
          const fits = spanMs <= 400 * DAY_MS && stepMs >= 1_000 && spanMs / stepMs <= 50_000;
          expect(range.ok).toBe(fits);
        },
      ),
    );
  });

  it.each([
    ['', 1, 1_000],
    ['abc', 1, 1_000],
    ['1e400', 2, 1_000],
    [-5, 10_000, 1_000],
    [10, 10, 1_000],
    [0.5, 10_000, 1_000],
    [0, 10_000, 0],
  ])('refuses %s to %s by %s with words', (from, to, step) => {
    const range = ask(from, to, step);
    expect(range).toMatchObject({ ok: false, error: { code: 'invalid' } });
  });
});
