import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EngineOptions, evaluateRange } from '../../../main/query/engine.ts';
import { METRIC_LIMITS, type MetricReader } from '../../../main/store/index.ts';
import type { QueryNote, RangeWindow } from '../../../shared/model/metric.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { metricFolder, SMALL_LIMITS } from '../../support/metric-folder.ts';

const open = metricFolder();
/** Midnight, so that the hours of a test are the hours of its buckets. */
const START = Math.ceil(1_700_000_000_000 / DAY_MS) * DAY_MS;
const DAYS = 2;
const OPTIONS: EngineOptions = { monotonic: () => 0, timeoutMs: 1 };

/** One sample: how long after the one before, and what it says; null is the end of the series. */
type Sample = readonly [afterMs: number, value: number | null];

function stored(series: readonly (readonly Sample[])[], limits = SMALL_LIMITS) {
  const files = open(limits);
  const writer = files.writer();
  writer.nameSeries([[{ name: '__name__', op: '=', value: 'm_total' }]]);
  const { refs } = writer.register(series.map((_, i) => ({ __name__: 'm_total', i: String(i) })));
  series.forEach((samples, i) => {
    const one = Uint32Array.of(refs[i] ?? 0);
    let at = START;
    for (const [afterMs, value] of samples) {
      at += afterMs;
      if (value === null) writer.markStale(one, at);
      else writer.append({ at, refs: one, values: Float64Array.of(value) });
    }
  });
  return { files, writer };
}

function pack(writer: ReturnType<typeof stored>['writer'], now: number): void {
  while (writer.compact(now).more);
}

/** The same question answered from whatever is there, and from raw samples alone. */
function both(reader: MetricReader, query: string, window: RangeWindow) {
  const notes: QueryNote[] = [];
  const ask = (more: Partial<EngineOptions>) => {
    const answer = evaluateRange(reader, query, window, { ...OPTIONS, ...more });
    if (!answer.ok) throw new Error(`${query}: ${answer.error.message}`);
    return answer.value;
  };
  const rolled = ask({ onNotes: (found) => void notes.push(...found) });
  const raw = ask({ select: (...asked) => reader.select(...asked) });
  return { rolled, raw, isRolled: notes.some(({ message }) => message.includes('buckets of')) };
}

const QUERIES = [
  'm_total',
  'timestamp(m_total)',
  'm_total offset 5m',
  'sum_over_time(m_total[1h])',
  'count_over_time(m_total[5m])',
  'avg_over_time(m_total[30m])',
  'min_over_time(m_total[1h])',
  'max_over_time(m_total[2h])',
  'present_over_time(m_total[10m])',
  'last_over_time(m_total[1h])',
  'first_over_time(m_total[1h])',
  'increase(m_total[1h])',
  'rate(m_total[15m])',
  'sum_over_time(m_total[6h] @ end())',
  'sum(rate(m_total[1h]))',
  'max_over_time(rate(m_total[5m])[1h:5m])',
];

const sample: fc.Arbitrary<Sample> = fc.tuple(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 20 * MINUTE_MS }) },
    { weight: 8, arbitrary: fc.integer({ min: 1, max: MINUTE_MS }) },
    // On the edges of buckets, where a window's ends decide.
    { weight: 3, arbitrary: fc.constantFrom(5 * MINUTE_MS, MINUTE_MS, HOUR_MS) },
    { weight: 1, arbitrary: fc.integer({ min: HOUR_MS, max: 6 * HOUR_MS }) },
  ),
  fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 1_000 }) },
    { weight: 4, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e300) },
    { weight: 2, arbitrary: fc.constant(null) },
  ),
);

describe('questions answered from rollups', () => {
  it('have the answer that each sample gives, but for the rounding of sums', () => {
    let times = 0;
    const window = { fromAt: START + 7 * HOUR_MS, toAt: START + DAYS * DAY_MS, stepMs: 30 * MINUTE_MS };
    fc.assert(
      fc.property(
        fc.array(fc.array(sample, { minLength: 60, maxLength: 150 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...QUERIES),
        (series, query) => {
          const { files, writer } = stored(series);
          pack(writer, START + 2 * DAYS * DAY_MS);
          const { rolled, raw, isRolled } = both(files.reader(), query, window);
          if (isRolled) times += 1;
          expect(rolled.map(({ labels }) => labels)).toEqual(raw.map(({ labels }) => labels));
          // All amounts that any sum adds up: what a sum is exact to.
          const amounts = series
            .flat()
            .reduce((sum, [, value]) => sum + (Number.isFinite(value) ? Math.abs(value ?? 0) : 0), 0);
          raw.forEach((one, i) => {
            expect(rolled[i]?.times).toEqual(one.times);
            one.values.forEach((value, k) => {
              const own = rolled[i]?.values[k] ?? Number.NaN;
              if (!Number.isFinite(value)) expect(own).toBe(value);
              else expect(Math.abs(own - value)).toBeLessThanOrEqual(1e-12 * amounts);
            });
          });
        },
      ),
      { numRuns: 60 },
    );
    expect(times).toBeGreaterThan(8);
  });

  it('answer what only rollups still know, and say what they are', () => {
    const minutes = (60 * 24 * 100) / 10;
    const { files, writer } = stored([Array.from({ length: minutes }, (_, i) => [10 * MINUTE_MS, i])], {
      ...METRIC_LIMITS,
      liveRetentionMs: 10 * DAY_MS,
    });
    const now = START + 100 * DAY_MS;
    files.clock.at = now;
    pack(writer, now);
    const window = { fromAt: START + 5 * DAY_MS, toAt: START + 20 * DAY_MS, stepMs: DAY_MS };
    const { rolled, raw, isRolled } = both(files.reader(), 'increase(m_total[1d])', window);
    expect({ isRolled, raw }).toEqual({ isRolled: true, raw: [] });
    expect(rolled[0]?.times).toHaveLength(16);
    for (const value of rolled[0]?.values ?? []) expect(value).toBeCloseTo(144, 6);
  });

  it('are asked of each sample where a window ends inside a bucket, where the start counts, and over short spans', () => {
    const { files, writer } = stored([Array.from({ length: 5_760 * DAYS }, (_, i) => [15_000, i])]);
    pack(writer, START + 2 * DAYS * DAY_MS);
    const reader = files.reader();
    const window = { fromAt: START + HOUR_MS, toAt: START + DAYS * DAY_MS, stepMs: HOUR_MS };
    const isRolled = (query: string, change: Partial<RangeWindow> = {}) =>
      both(reader, query, { ...window, ...change }).isRolled;
    expect(isRolled('rate(m_total[1h])')).toBe(true);
    expect(isRolled('rate(m_total[1h] offset 1m)')).toBe(false);
    expect(isRolled('rate(m_total[7m])')).toBe(false);
    expect(isRolled('rate(m_total[1h])', { stepMs: 7 * MINUTE_MS })).toBe(false);
    expect(isRolled('rate(m_total[1h])', { fromAt: START + HOUR_MS + 1 })).toBe(false);
    expect(isRolled('rate(m_total[1h])', { toAt: START + 3 * HOUR_MS })).toBe(false);
    expect(isRolled('quantile_over_time(0.5, m_total[1h])')).toBe(false);
    expect(isRolled('m_total')).toBe(true);
    // Fewer samples than a bucket has numbers.
    const sparse = stored([Array.from({ length: 144 * DAYS }, (_, i) => [10 * MINUTE_MS, i])]);
    pack(sparse.writer, START + 2 * DAYS * DAY_MS);
    expect(both(sparse.files.reader(), 'rate(m_total[1h])', window).isRolled).toBe(false);
    const notes: QueryNote[] = [];
    const onNotes = (found: readonly QueryNote[]) => void notes.push(...found);
    evaluateRange(reader, 'rate(m_total[1h])', window, { ...OPTIONS, compat: 2, onNotes });
    evaluateRange(reader, 'rate(m_total[1h])', window, { ...OPTIONS, countNewSeriesFromZero: true, onNotes });
    expect(notes).toEqual([]);
  });
});
