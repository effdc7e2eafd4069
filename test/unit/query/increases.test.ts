import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateInstant } from '../../../main/query/engine.ts';
import { CARRIED, createIncreases, type PackedIncreases } from '../../../main/query/increases.ts';
import type { MetricReader, MetricWriterApi } from '../../../main/store/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { metricFolder, SMALL_LIMITS } from '../../support/metric-folder.ts';

const open = metricFolder();
const START = 1_700_000_000_000;
const SPANS = [2_500, MINUTE_MS, 5 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS];
const SELECTORS = ['m_total', 'm_total{code=~"5.."}'];
const CODES = ['200', '500', '503'];

/** What may happen between two questions. */
type Step =
  | { readonly kind: 'scrape'; readonly afterMs: number; readonly rises: readonly (number | null)[] }
  | { readonly kind: 'late'; readonly code: number; readonly byMs: number; readonly value: number }
  | { readonly kind: 'fill'; readonly code: number; readonly backMs: number; readonly value: number }
  | { readonly kind: 'twice' | 'stale' | 'compact' | 'restart' | 'back' }
  | { readonly kind: 'gap'; readonly ms: number };

const rise = fc.oneof(
  { weight: 6, arbitrary: fc.nat(20) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(-1) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('scrape' as const),
      afterMs: fc.integer({ min: 500, max: 40_000 }),
      rises: fc.array(rise, { minLength: 3, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('late' as const),
      code: fc.nat(2),
      byMs: fc.integer({ min: 1, max: 90_000 }),
      value: fc.nat(50),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      code: fc.nat(2),
      backMs: fc.integer({ min: 1, max: 2 * HOUR_MS }),
      value: fc.nat(50),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        'twice' as const,
        'stale' as const,
        'compact' as const,
        'restart' as const,
        'back' as const,
      )
      .map((kind) => ({ kind })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('gap' as const),
      ms: fc.integer({ min: MINUTE_MS, max: 3 * HOUR_MS }),
    }),
  },
);

interface World {
  readonly writer: MetricWriterApi;
  readonly reader: () => MetricReader;
}

/** Plays the steps, and after each compares what is carried with the same question counted anew. */
function play(world: World, steps: readonly Step[], compat: 2 | 3, fromZero: boolean): void {
  const refs = world.writer.register(
    CODES.map((code) => ({ __name__: 'm_total', code, job: 'gateway', instance: 'a' })),
  ).refs;
  const values = [0, 0, 0];
  let at = START;
  let ask = createIncreases(world.reader(), () => 0);
  const put = (code: number, time: number, value: number) =>
    world.writer.append({ at: time, refs: Uint32Array.of(refs[code] ?? 0), values: Float64Array.of(value) });
  for (const one of steps) {
    switch (one.kind) {
      case 'scrape':
        at += one.afterMs;
        one.rises.forEach((by, code) => {
          if (by === null) return;
          values[code] = by < 0 ? 0.5 : (values[code] ?? 0) + by;
          put(code, at, values[code] ?? 0);
        });
        break;
      case 'late':
        put(one.code, at - one.byMs, one.value);
        break;
      case 'fill':
        world.writer.backfill([
          {
            labels: { __name__: 'm_total', code: CODES[one.code] ?? '', job: 'gateway', instance: 'a' },
            times: Float64Array.of(at - one.backMs, at - one.backMs + 1_000),
            values: Float64Array.of(one.value, one.value + 1),
            synthetic: false,
          },
        ]);
        break;
      case 'twice':
        put(0, at, 1e6);
        break;
      case 'stale':
        world.writer.markStale(Uint32Array.of(refs[1] ?? 0), at + 1);
        break;
      case 'compact':
        while (world.writer.compact(at).more);
        break;
      case 'restart':
        ask = createIncreases(world.reader(), () => 0);
        break;
      case 'back':
        at -= 2 * MINUTE_MS;
        break;
      case 'gap':
        at += one.ms;
        break;
    }
    compare(world.reader(), ask, at, compat, fromZero);
  }
}

function question(
  at: number,
  compat: 2 | 3,
  countNewSeriesFromZero: boolean,
  spans: readonly number[],
): PackedIncreases {
  const windows = SELECTORS.flatMap((_, of) => spans.map((span) => ({ of, span })));
  return {
    at,
    lane: 'a',
    selectors: SELECTORS,
    of: Uint32Array.from(windows, (one) => one.of),
    spans: Float64Array.from(windows, (one) => one.span),
    build: true,
    compat,
    countNewSeriesFromZero,
  };
}

function compare(
  reader: MetricReader,
  ask: ReturnType<typeof createIncreases>,
  at: number,
  compat: 2 | 3,
  countNewSeriesFromZero: boolean,
): void {
  const since = START + 7 * MINUTE_MS;
  const spans = at - since >= 1 ? [...SPANS, -since] : SPANS;
  const asked = question(at, compat, countNewSeriesFromZero, spans);
  // As objectives ask: the poll, what is built beside it, and the next poll.
  ask({ ...asked, build: false });
  ask(asked);
  const { sums, states } = ask({ ...asked, build: false });
  let place = 0;
  for (const selector of SELECTORS)
    for (const span of spans) {
      const windowMs = span < 0 ? at + span : span;
      const options = { monotonic: () => 0, timeoutMs: 1, compat, countNewSeriesFromZero };
      const select = (...asked: Parameters<MetricReader['select']>) => reader.select(...asked);
      const anew = evaluateInstant(reader, `sum(increase(${selector}[${windowMs}ms]))`, at, {
        ...options,
        select,
      });
      if (!anew.ok || anew.value.kind !== 'vector') throw new Error(`${selector} could not be counted anew`);
      const expected = anew.value.samples[0]?.value ?? Number.NaN;
      expect(states[place]).toBe(CARRIED.ready);
      expect([selector, windowMs, at, sums[place]]).toEqual([selector, windowMs, at, expected]);
      place += 1;
    }
}

const LIMITS = { ...SMALL_LIMITS, liveRetentionMs: 90 * MINUTE_MS };

describe('a carried increase', () => {
  it.each([
    [3 as const, true],
    [3 as const, false],
    [2 as const, true],
  ])(
    'is the one counted anew, to the last bit, with Prometheus %i’s windows (from zero: %s)',
    (compat, fromZero) => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
          const store = createMemorySamples(LIMITS);
          play({ writer: store.writer, reader: () => store.reader }, steps, compat, fromZero);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('is so over the real store, which packs, rolls up and drops', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const files = open(LIMITS);
        const writer = files.writer();
        writer.nameSeries([[{ name: '__name__', op: '=', value: 'm_total' }]]);
        const reader = files.reader();
        play({ writer, reader: () => reader }, steps, 3, true);
        writer.close();
      }),
      { numRuns: 5 },
    );
  });
});

describe('what a step reads', () => {
  it('is what is new and what leaves, however long the window is', () => {
    const store = createMemorySamples();
    const { refs } = store.writer.register([{ __name__: 'm_total', code: '500' }]);
    const times = Float64Array.from({ length: 20_000 }, (_, i) => START + i * SECOND_MS);
    store.writer.backfill([
      {
        labels: { __name__: 'm_total', code: '500' },
        times,
        values: times.map((_, i) => i),
        synthetic: false,
      },
    ]);
    let read = 0;
    const reader: MetricReader = {
      ...store.reader,
      select: (...asked) => {
        const found = store.reader.select(...asked);
        read += found.reduce((sum, one) => sum + one.times.length, 0);
        return found;
      },
    };
    const ask = createIncreases(reader, () => 0);
    let at = START + 20_000 * SECOND_MS;
    ask(question(at, 3, false, [4 * HOUR_MS]));
    read = 0;
    for (let i = 0; i < 1_000; i += 1) {
      at += SECOND_MS;
      store.writer.append({ at, refs, values: Float64Array.of(20_000 + i) });
      expect(ask(question(at, 3, false, [4 * HOUR_MS])).states[0]).toBe(CARRIED.ready);
    }
    // Two selectors: a sample that comes, and one that leaves, each read once.
    expect(read).toBeLessThan(2 * 1_000 * 2.2);
  });

  it('stops building a long window when it holds up others, and goes on at the next question', () => {
    const store = createMemorySamples();
    const times = Float64Array.from({ length: 50_000 }, (_, i) => START + i * SECOND_MS);
    store.writer.backfill([
      {
        labels: { __name__: 'm_total', code: '500' },
        times,
        values: times.map((_, i) => i),
        synthetic: false,
      },
    ]);
    let now = 0;
    const ask = createIncreases(store.reader, () => {
      now += 20;
      return now;
    });
    const asked = question(START + 50_000 * SECOND_MS, 3, false, [13 * HOUR_MS, MINUTE_MS]);
    const states = [0, 1, 2, 3, 4, 5, 6, 7].map(() => Array.from(ask(asked).states));
    expect(states[0]).toEqual([CARRIED.building, CARRIED.ready, CARRIED.building, CARRIED.ready]);
    expect(states.at(-1)).toEqual([1, 1, 1, 1]);
  });

  it('is refused for what is no plain selector of stored series', () => {
    const ask = createIncreases(createMemorySamples().reader, () => 0);
    const selectors = [
      'm_total offset 5m',
      '{code="500"}',
      'm_total{__source__="prom"}',
      'm_total @ 5',
      'm_total[',
    ];
    const { states } = ask({
      ...question(START, 3, false, SPANS),
      selectors,
      of: Uint32Array.from(selectors.keys()),
      spans: new Float64Array(selectors.length).fill(MINUTE_MS),
    });
    expect(Array.from(states)).toEqual(selectors.map(() => CARRIED.never));
  });
});
