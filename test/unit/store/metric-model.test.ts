import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricReader, MetricWriterApi } from '../../../main/store/index.ts';
import { createSampleBuffer } from '../../../main/store/metric-buffer.ts';
import { decodeChunk, encodeChunk } from '../../../main/store/metric-chunk.ts';
import { firstAfter, mergeSamples } from '../../../main/store/metric-merge.ts';
import { labelsOfKey, refusalOf, seriesKey } from '../../../main/store/metric-series.ts';
import { isStale, staleIndices, staleValues, wordsOf } from '../../../main/store/metric-stale.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { metricFolder, SMALL_LIMITS } from '../../support/metric-folder.ts';

const open = metricFolder();
const START = 1_700_000_000_000;
const ALL = [{ name: '__name__', op: '=~', value: '.+' }] as const;
const SERIES: readonly Labels[] = [
  { __name__: 'a', job: 'x' },
  { __name__: 'a', job: 'y' },
  { __name__: 'b' },
];

function plain(reader: MetricReader, fromAt = 0, toAt = START + 1e9) {
  return reader
    .select(ALL, fromAt, toAt)
    .map(({ labels, times, values, stale }) => ({
      labels: { ...labels },
      times: [...times],
      // A stale marker's number says nothing.
      values: [...values].map((value, i) => (stale.includes(i) ? 'stale' : value)),
    }))
    .sort((one, other) => (seriesKey(one.labels) < seriesKey(other.labels) ? -1 : 1));
}

const act = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    afterMs: fc.integer({ min: -2_000, max: 20_000 }),
    series: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1 }),
    value: fc.oneof(fc.integer(), fc.double(), fc.constant(Number.NaN)),
  }),
  fc.record({
    kind: fc.constant('stale' as const),
    afterMs: fc.integer({ min: 1, max: 5_000 }),
    series: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('backfill' as const),
    series: fc.integer({ min: 0, max: 2 }),
    beforeMs: fc.integer({ min: 0, max: 200_000 }),
    count: fc.integer({ min: 1, max: 40 }),
    stepMs: fc.integer({ min: 1, max: 5_000 }),
    synthetic: fc.boolean(),
  }),
  fc.constant({ kind: 'compact' as const }),
  fc.constant({ kind: 'reopen' as const }),
  fc.record({
    kind: fc.constant('ask' as const),
    fromMs: fc.integer({ min: -200_000, max: 100_000 }),
    spanMs: fc.integer({ min: 0, max: 300_000 }),
  }),
);

describe('metrics.db', () => {
  it('answers what the plainest store in memory answers, whatever was done to it', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        const files = open(SMALL_LIMITS);
        let writer = files.writer();
        const model = createMemorySamples(SMALL_LIMITS);
        const both = <T>(work: (one: MetricWriterApi) => T): [T, T] => [work(writer), work(model.writer)];
        let [refs, modelRefs] = both((one) => one.register(SERIES).refs);
        const refsOf = (one: MetricWriterApi, chosen: readonly number[]) =>
          Uint32Array.from(chosen, (i) => (one === writer ? refs : modelRefs)[i] ?? 0);
        // One reader lives through all of it, with what it has decoded.
        const reader = files.reader();
        let at = START;
        for (const one of acts) {
          if (one.kind === 'append') {
            at = Math.max(START - 5_000, at + one.afterMs);
            const [found, expected] = both((store) =>
              store.append({
                at,
                refs: refsOf(store, one.series),
                values: new Float64Array(one.series.length).fill(one.value),
              }),
            );
            expect(found).toEqual(expected);
          } else if (one.kind === 'stale') {
            at += one.afterMs;
            both((store) => store.markStale(refsOf(store, one.series), at));
          } else if (one.kind === 'backfill') {
            const times = Float64Array.from(
              { length: one.count },
              (_, i) => START - one.beforeMs + i * one.stepMs,
            );
            const values = times.map((time) => time % 1_000);
            const [found, expected] = both((store) =>
              store.backfill([{ labels: SERIES[one.series] ?? {}, times, values, synthetic: one.synthetic }]),
            );
            expect(found.samples).toBe(expected.samples);
          } else if (one.kind === 'compact') {
            while (writer.compact(START).more);
          } else if (one.kind === 'reopen') {
            writer.close();
            writer = files.writer();
            refs = writer.register(SERIES).refs;
          } else {
            const from = START + one.fromMs;
            expect(plain(reader, from, from + one.spanMs)).toEqual(
              plain(model.reader, from, from + one.spanMs),
            );
          }
        }
        expect(plain(reader)).toEqual(plain(model.reader));
        expect(plain(files.reader())).toEqual(plain(model.reader));
        const [found, expected] = both((store) => store.stats());
        for (const name of ['samples', 'series', 'newestAt'] as const)
          expect(found[name], name).toBe(expected[name]);
        expect(found.oldestAt ?? 0).toBeGreaterThanOrEqual(expected.oldestAt ?? 0);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('refuses more samples than a question may take, and answers exactly as many', () => {
    const files = open();
    const writer = files.writer();
    const refs = writer.register(SERIES).refs;
    for (let i = 0; i < 100; i += 1)
      writer.append({ at: START + i * 1_000, refs, values: Float64Array.of(1, 2, 3) });
    const ask = (reader: MetricReader, samplesMax: number) =>
      reader.select(ALL, 0, START + 1e6, { samplesMax });
    for (const packed of [false, true]) {
      if (packed) while (writer.compact(START + 1e9).more);
      expect(ask(files.reader(), 300)).toHaveLength(3);
      expect(() => ask(files.reader(), 299)).toThrowError(
        expect.objectContaining({ code: 'too-many-samples' }),
      );
    }
  });

  it('stops in the middle where it is told to, and answers whole the next time', () => {
    const files = open();
    const writer = files.writer();
    writer.append({ at: START, refs: writer.register(SERIES).refs, values: Float64Array.of(1, 2, 3) });
    const reader = files.reader();
    let looks = 0;
    const check = () => {
      looks += 1;
      if (looks === 2) throw new Error('enough');
    };
    expect(() => reader.select(ALL, 0, START, { check })).toThrow('enough');
    expect(reader.select(ALL, 0, START)).toHaveLength(3);
  });

  it('goes on beside a chunk that cannot be read: the writer drops it and keeps the rest', () => {
    const files = open();
    const writer = files.writer();
    const [ref = 0] = writer.register([{ __name__: 'a' }]).refs;
    for (let i = 0; i < 32; i += 1)
      writer.append({ at: START + i * 1_000, refs: Uint32Array.of(ref), values: Float64Array.of(i) });
    while (writer.compact(START + 1e9).more);
    const db = new Database(files.path);
    db.prepare("UPDATE chunk SET data = x'ff' WHERE id = (SELECT min(id) FROM chunk)").run();
    db.close();
    const times = Float64Array.from({ length: 32 }, (_, i) => START + i * 1_000 + 500);
    writer.backfill([{ labels: { __name__: 'a' }, times, values: times.map(() => 7), synthetic: false }]);
    const [series] = files.reader().select(ALL, 0, START + 1e6);
    expect(series?.times.length).toBe(writer.stats().samples);
    expect(series?.values.at(-1)).toBe(7);
  });

  it('is a cache: gone, it begins again, and nothing says otherwise', () => {
    const files = open();
    const writer = files.writer();
    writer.append({ at: START, refs: writer.register(SERIES).refs, values: Float64Array.of(1, 2, 3) });
    writer.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(files.path + suffix, { force: true });
    expect(files.writer().stats()).toMatchObject({
      series: 0,
      samples: 0,
      oldestAt: null,
      newestAt: null,
      notice: null,
    });
  });

  it('drops the oldest where it is over its size, and never what is newest', () => {
    const files = open({ ...SMALL_LIMITS, bytesMax: 100_000 });
    const writer = files.writer();
    const [ref = 0] = writer.register([{ __name__: 'noise' }]).refs;
    for (let i = 0; i < 6_000; i += 1)
      writer.append({
        at: START + i * 1_000,
        refs: Uint32Array.of(ref),
        values: Float64Array.of(Math.sin(i * 12.9898) * 43_758.5453),
      });
    for (let round = 0; round < 400 && writer.compact(START + 6_000_000).more; round += 1);
    const { bytes, oldestAt, newestAt } = writer.stats();
    expect(bytes).toBeLessThanOrEqual(100_000);
    expect(newestAt).toBe(START + 5_999_000);
    expect(oldestAt).toBeGreaterThan(START);
  });
});

describe('a series’ identity', () => {
  const labels = fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ maxLength: 12 }), {
    maxKeys: 6,
    noNullPrototype: false,
  });

  it('is the same for the same labels in any order, and comes back whole', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const turned = Object.fromEntries(Object.entries(given).reverse());
        expect(seriesKey(turned)).toBe(seriesKey(given));
        const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
        expect({ ...labelsOfKey(seriesKey(given)) }).toEqual(present);
      }),
    );
  });

  it('tells labels apart that only look alike when they are joined', () => {
    const pairs: readonly (readonly [Labels, Labels])[] = [
      [{ a: 'b,c' }, { a: 'b', c: '' }],
      [{ a: 'b"],["c","d' }, { a: 'b', c: 'd' }],
      [{ ab: 'c' }, { a: 'bc' }],
      [{ a: '\u0000' }, { a: '' }],
    ];
    for (const [one, other] of pairs) expect(seriesKey(one)).not.toBe(seriesKey(other));
  });

  it.each([
    [{}, /no metric name/],
    [{ __name__: '' }, /no metric name/],
    [
      { __name__: 'x', ...Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`l${i}`, 'v'])) },
      /65 labels/,
    ],
    [{ __name__: 'x', ['n'.repeat(513)]: 'v' }, /513 characters/],
    [{ __name__: 'x', a: 'v'.repeat(4_097) }, /4097 characters/],
  ] as const)('of hostile size is refused by name', (given, said) => {
    expect(refusalOf(given as Labels)).toMatch(said);
  });

  it('at the very limit is kept', () => {
    expect(refusalOf({ __name__: 'x', ['n'.repeat(512)]: 'v'.repeat(4_096) })).toBeUndefined();
    expect(
      refusalOf({
        __name__: 'x',
        ...Object.fromEntries(Array.from({ length: 63 }, (_, i) => [`l${i}`, 'v'])),
      }),
    ).toBeUndefined();
  });
});

describe('the parts of the sample store', () => {
  const samples = fc
    .uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 80 })
    .map((times) => times.sort((a, b) => a - b))
    .chain((times) =>
      fc.tuple(
        fc.constant(times),
        fc.array(fc.oneof(fc.double(), fc.integer()), { minLength: times.length, maxLength: times.length }),
      ),
    )
    .map(([times, values]) => ({ times: Float64Array.from(times), values: Float64Array.from(values) }));

  it('a chunk gives back every bit, stale markers among the numbers too', () => {
    fc.assert(
      fc.property(samples, fc.nat(), (given, where) => {
        const index = where % given.values.length;
        given.values.set(staleValues(1), index);
        wordsOf(given.values).set(wordsOf(staleValues(1)), index * 2);
        const back = decodeChunk(encodeChunk(given));
        expect([...back.times]).toEqual([...given.times]);
        expect([...wordsOf(back.values)]).toEqual([...wordsOf(given.values)]);
        expect([...staleIndices(back.values)]).toEqual([index]);
        expect(isStale(wordsOf(back.values), index)).toBe(true);
      }),
    );
  });

  it('a chunk that was cut or changed is refused or differs, and never fills the memory', () => {
    fc.assert(
      fc.property(samples, fc.nat(), fc.integer({ min: 0, max: 255 }), (given, where, byte) => {
        const chunk = encodeChunk(given);
        const changed = chunk.slice();
        changed[where % chunk.length] = byte;
        for (const damaged of [changed, chunk.subarray(0, where % chunk.length)]) {
          try {
            expect(decodeChunk(damaged).times.length).toBeLessThanOrEqual(1 << 20);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Error);
          }
        }
      }),
    );
  });

  it('merging keeps each instant once, the earlier part’s value, in order', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 4 }), (parts) => {
        const expected = new Map<number, number>();
        for (const { times, values } of parts)
          times.forEach((at, i) => {
            if (!expected.has(at)) expected.set(at, values[i] ?? 0);
          });
        const merged = mergeSamples(parts);
        const order = [...expected.keys()].sort((a, b) => a - b);
        expect([...merged.times]).toEqual(order);
        expect([...merged.values]).toEqual(order.map((at) => expected.get(at)));
      }),
    );
  });

  it('the first after an instant is found as by looking at each', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: -10, max: 100_010 }), ({ times }, at) => {
        const found = times.findIndex((one) => one > at);
        expect(firstAfter(times, at)).toBe(found < 0 ? times.length : found);
      }),
    );
  });

  it('a buffer that grows and makes room answers what was appended, and what it gave stays as it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 100, max: 20_000 }),
        (steps, span) => {
          const buffer = createSampleBuffer({ times: new Float64Array(0), values: new Float64Array(0) }, 0);
          const kept: { at: number; value: number }[] = [];
          let at = 1;
          let first: { slice: Float64Array; copy: number[] } | undefined;
          steps.forEach((step, i) => {
            at += step;
            buffer.append(at, wordsOf(Float64Array.of(i)), 0);
            kept.push({ at, value: i });
            const { times, values } = buffer.slice(Math.max(buffer.coversAfterAt(), at - span), at);
            const expected = kept.filter((one) => one.at > Math.max(buffer.coversAfterAt(), at - span));
            expect([...times]).toEqual(expected.map((one) => one.at));
            expect([...values]).toEqual(expected.map((one) => one.value));
            first ??= { slice: values, copy: [...values] };
          });
          expect([...(first?.slice ?? [])]).toEqual(first?.copy);
          expect(buffer.newestAt()).toBe(at);
        },
      ),
      { numRuns: 50 },
    );
  });
});
