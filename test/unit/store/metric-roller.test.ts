import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  METRIC_LIMITS,
  type MetricReader,
  type MetricWriterApi,
  ROLLUP_WIDTHS,
  rollupIncrease,
} from '../../../main/store/index.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { metricFolder, SMALL_LIMITS } from '../../support/metric-folder.ts';

const open = metricFolder();
/** Midnight, so that the hours of a test are the hours of its buckets. */
const START = Math.ceil(1_700_000_000_000 / DAY_MS) * DAY_MS;
const [NARROW, WIDE] = ROLLUP_WIDTHS;
const ALL = [{ name: '__name__', op: '=~', value: '.+' }] as const;
const IMPORTANT = [[{ name: 'kept', op: '=', value: 'yes' }]] as const;
const named = (i: number): Labels => ({ __name__: 'm', i: String(i), kept: 'yes' });
const unnamed: Labels = { __name__: 'm', i: 'x' };

function append(writer: MetricWriterApi, ref: number, at: number, value: number) {
  return writer.append({ at, refs: Uint32Array.of(ref), values: Float64Array.of(value) });
}

/** A counter that grows by one a minute, appended from one instant to another. */
function count(writer: MetricWriterApi, ref: number, fromAt: number, toAt: number, stepMs = MINUTE_MS) {
  for (let at = fromAt; at <= toAt; at += stepMs) append(writer, ref, at, (at - START) / MINUTE_MS);
}

function compact(writer: MetricWriterApi, now: number): void {
  for (let calls = 0; calls < 10_000; calls += 1) if (!writer.compact(now).more) return;
  throw new Error('compaction never ends');
}

function read(reader: MetricReader, width: (typeof ROLLUP_WIDTHS)[number], fromAt = 0, toAt = START + 1e12) {
  return reader
    .rollups(ALL, fromAt, toAt, width)
    .map(({ ref: _ref, completeTo: _completeTo, labels, ...columns }) => ({
      i: labels.i,
      ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, [...column]])),
    }))
    .sort((a, b) => (a.i ?? '').localeCompare(b.i ?? ''));
}

const act = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      series: fc.nat(2),
      afterMs: fc.integer({ min: 1, max: 40 * MINUTE_MS }),
      value: fc.integer({ min: 0, max: 100 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('backfill' as const),
      series: fc.nat(2),
      beforeMs: fc.integer({ min: 0, max: 10 * HOUR_MS }),
      count: fc.integer({ min: 1, max: 30 }),
      stepMs: fc.integer({ min: 1, max: 10 * MINUTE_MS }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale' as const), series: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'compact' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('name' as const), all: fc.boolean() }) },
);

describe('rollups of named series', () => {
  it('answer what rolling up every sample answers, whatever was written, packed, filled in and reopened', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 5, maxLength: 40 }), (acts) => {
        const files = open();
        let writer = files.writer();
        const reader = files.reader();
        const model = createMemorySamples(SMALL_LIMITS);
        const labels = [named(0), named(1), unnamed];
        const modelRefs = model.writer.register(labels).refs;
        writer.nameSeries(IMPORTANT);
        let refs = writer.register(labels).refs;
        let at = START;
        for (const one of acts) {
          if (one.kind === 'append') {
            at += one.afterMs;
            append(writer, refs[one.series] ?? 0, at, one.value);
            append(model.writer, modelRefs[one.series] ?? 0, at, one.value);
          } else if (one.kind === 'stale') {
            at += 1;
            writer.markStale(refs.slice(one.series, one.series + 1), at);
            model.writer.markStale(modelRefs.slice(one.series, one.series + 1), at);
          } else if (one.kind === 'backfill') {
            const times = Float64Array.from(
              { length: one.count },
              (_, i) => at - one.beforeMs + i * one.stepMs,
            );
            const values = times.map((time) => time % 50);
            const block = { labels: labels[one.series] ?? {}, times, values, synthetic: false };
            writer.backfill([block]);
            model.writer.backfill([block]);
          } else if (one.kind === 'compact') compact(writer, at + 3 * HOUR_MS);
          else if (one.kind === 'name') writer.nameSeries(one.all ? [ALL] : IMPORTANT);
          else {
            writer.close();
            writer = files.writer();
            writer.nameSeries(IMPORTANT);
            refs = writer.register(labels).refs;
          }
          const fromAt = START - 2 * HOUR_MS;
          for (const width of ROLLUP_WIDTHS)
            expect(read(reader, width, fromAt, at)).toEqual(read(model.reader, width, fromAt, at));
        }
        for (const width of ROLLUP_WIDTHS) expect(read(reader, width)).toEqual(read(model.reader, width));
        writer.close();
        reader.close();
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('say which buckets are complete: those before the last packed sample, all of them after an hour of silence', () => {
    const files = open();
    const writer = files.writer();
    writer.nameSeries(IMPORTANT);
    const [ref = 0] = writer.register([named(0)]).refs;
    count(writer, ref, START, START + 62 * MINUTE_MS);
    compact(writer, START + 63 * MINUTE_MS);
    const complete = (width: (typeof ROLLUP_WIDTHS)[number]) =>
      files.reader().rollups(ALL, START, START + DAY_MS, width)[0]?.completeTo;
    expect(complete(NARROW)).toBe(START + 60 * MINUTE_MS);
    expect(complete(WIDE)).toBe(START + HOUR_MS);
    compact(writer, START + 3 * HOUR_MS);
    expect(complete(NARROW)).toBe(START + 65 * MINUTE_MS);
    // A sender that comes after all sets it back by what it brings, and the bucket is written again.
    append(writer, ref, START + 64 * MINUTE_MS, 64);
    compact(writer, START + 64 * MINUTE_MS);
    expect(complete(NARROW)).toBe(START + 60 * MINUTE_MS);
    const [rollup] = files.reader().rollups(ALL, START, START + DAY_MS, NARROW);
    expect(rollup?.last.at(-1)).toBe(64);
    expect(rollup?.count.at(-1)).toBe(3);
  });

  it('are written of what is there when a series is named, also after a restart', () => {
    const files = open();
    const writer = files.writer();
    const [ref = 0] = writer.register([named(0)]).refs;
    count(writer, ref, START, START + 5 * HOUR_MS);
    compact(writer, START + 6 * HOUR_MS);
    expect(files.reader().rollups(ALL, START, START + DAY_MS, WIDE)[0]?.completeTo).toBe(
      Number.NEGATIVE_INFINITY,
    );
    writer.close();
    const second = files.writer();
    expect(second.nameSeries(IMPORTANT)).toEqual({ named: 1 });
    compact(second, START + 7 * HOUR_MS);
    const [rollup] = files.reader().rollups(ALL, START, START + DAY_MS, WIDE);
    expect(rollup?.completeTo).toBe(START + 5 * HOUR_MS);
    expect([...(rollup?.count ?? [])]).toEqual([60, 60, 60, 60, 60]);
    if (rollup) expect(rollupIncrease(rollup)).toBe(299);
  });

  it('outlive the raw samples by thirteen months; of what nothing names, nothing stays', () => {
    const files = open();
    const writer = files.writer();
    writer.nameSeries(IMPORTANT);
    const refs = writer.register([named(0), unnamed]).refs;
    for (const ref of refs) count(writer, ref, START, START + 2 * HOUR_MS, 5 * MINUTE_MS);
    compact(writer, START + 3 * HOUR_MS);
    compact(writer, START + 16 * DAY_MS);
    const reader = files.reader();
    expect(reader.select(ALL, 0, START + DAY_MS)).toEqual([]);
    const kept = reader.rollups(ALL, START - DAY_MS, START + DAY_MS, NARROW);
    expect(kept.map(({ labels }) => labels.i)).toEqual(['0']);
    expect(kept[0]?.ends.length).toBe(25);
    files.clock.at = START + 395 * DAY_MS;
    compact(writer, START + 395 * DAY_MS);
    expect(reader.rollups(ALL, START - DAY_MS, START + DAY_MS, WIDE)).toHaveLength(1);
    compact(writer, START + 399 * DAY_MS);
    expect(reader.rollups(ALL, START - DAY_MS, START + DAY_MS, WIDE)).toEqual([]);
  });

  it('stay for fifteen days when nothing names their series any more, and go then', () => {
    const files = open();
    const writer = files.writer();
    writer.nameSeries(IMPORTANT);
    const [ref = 0] = writer.register([named(0)]).refs;
    count(writer, ref, START, START + 2 * HOUR_MS, 5 * MINUTE_MS);
    compact(writer, START + 3 * HOUR_MS);
    compact(writer, START + 30 * DAY_MS);
    writer.nameSeries([]);
    compact(writer, START + 44 * DAY_MS);
    expect(files.reader().rollups(ALL, START - DAY_MS, START + DAY_MS, NARROW)).toHaveLength(1);
    compact(writer, START + 46 * DAY_MS);
    expect(files.reader().rollups(ALL, START - DAY_MS, START + DAY_MS, NARROW)).toEqual([]);
  });

  it('are not overwritten by late samples of a time whose raw samples are gone', () => {
    const files = open();
    const writer = files.writer();
    writer.nameSeries(IMPORTANT);
    const [ref = 0] = writer.register([named(0)]).refs;
    count(writer, ref, START, START + 2 * HOUR_MS);
    compact(writer, START + 16 * DAY_MS);
    const before = read(files.reader(), NARROW);
    const times = Float64Array.of(START + 90 * MINUTE_MS + 1);
    writer.backfill([{ labels: named(0), times, values: Float64Array.of(1e6), synthetic: true }]);
    compact(writer, START + 16 * DAY_MS);
    expect(read(files.reader(), NARROW)).toEqual(before);
  });

  it('stop at a question that asks for too much', () => {
    const files = open();
    const writer = files.writer();
    const [ref = 0] = writer.register([named(0)]).refs;
    count(writer, ref, START, START + HOUR_MS);
    const reader = files.reader();
    const refused = expect.objectContaining({ code: 'too-many-samples' });
    expect(() => reader.rollups(ALL, 0, START + DAY_MS, NARROW, { bucketsMax: 12 })).toThrowError(refused);
    expect(() => reader.rollups(ALL, 0, START + DAY_MS, NARROW, { samplesMax: 60 })).toThrowError(refused);
    expect(reader.rollups(ALL, 0, START + DAY_MS, NARROW, { bucketsMax: 13 })).toHaveLength(1);
  });
});

describe('what gives way over the size', () => {
  const noise = (i: number) => Math.sin(i * 12.9898) * 43_758.5453;

  it('is first what nothing names, then other raw samples, then rollups, five minutes before hours', () => {
    const files = open({ ...METRIC_LIMITS, packAfterSamples: 1, bytesMax: 1e9 });
    const writer = files.writer();
    writer.nameSeries(IMPORTANT);
    const labels = [named(0), unnamed];
    const times = Float64Array.from({ length: 20_000 }, (_, i) => START + i * 15_000);
    const values = times.map((_at, i) => noise(i));
    writer.backfill(labels.map((one) => ({ labels: one, times, values, synthetic: false })));
    const now = START + 20_000 * 15_000 + 2 * HOUR_MS;
    compact(writer, now);
    writer.close();
    const reader = files.reader();
    const held = () => {
      const raw = new Map(reader.select(ALL, 0, now).map(({ labels: one, times: at }) => [one.i, at.length]));
      const buckets = (width: (typeof ROLLUP_WIDTHS)[number]) => {
        const db = new Database(files.path, { readonly: true });
        const sum = db.prepare('SELECT sum(buckets) FROM rollup WHERE width = ?').pluck().get(width);
        db.close();
        return Number(sum);
      };
      return [raw.get('x') ?? 0, raw.get('0') ?? 0, buckets(NARROW), buckets(WIDE)];
    };
    const [unnamedAll = 0, namedAll = 0, narrowAll = 0, wideAll = 0] = held();
    expect([unnamedAll, namedAll]).toEqual([20_000, 20_000]);
    let kept = [unnamedAll, namedAll, narrowAll, wideAll];
    const all = kept;
    for (let bytesMax = 450_000; bytesMax > 80_000; bytesMax -= 20_000) {
      const smaller = files.writer({ ...METRIC_LIMITS, bytesMax });
      smaller.nameSeries(IMPORTANT);
      compact(smaller, now);
      smaller.close();
      kept = held();
      // Whatever is touched, all that gives way before it is gone, but for what is too young to be rolled up.
      kept.forEach((left, i) => {
        if (left < (all[i] ?? 0)) for (const before of kept.slice(0, i)) expect(before).toBe(0);
      });
    }
    expect(kept[0]).toBe(0);
    expect(kept[1]).toBeLessThan(namedAll);
  });
});

describe('a file of the format before rollups', () => {
  it('is opened as it is, and its samples are rolled up', () => {
    const files = open();
    const writer = files.writer();
    const [ref = 0] = writer.register([named(0)]).refs;
    count(writer, ref, START, START + 2 * HOUR_MS);
    compact(writer, START + 3 * HOUR_MS);
    writer.close();
    const db = new Database(files.path);
    for (const trigger of ['chunk_came', 'chunk_went', 'rollup_came', 'rollup_went'])
      db.exec(`DROP TRIGGER ${trigger}`);
    for (const table of ['rollup', 'rollup_progress', 'size', 'size_seen']) db.exec(`DROP TABLE ${table}`);
    db.exec('DROP INDEX chunk_by_age; CREATE INDEX chunk_by_age ON chunk (to_at)');
    db.exec('ALTER TABLE series DROP COLUMN source');
    db.pragma('user_version = 1');
    db.close();
    const second = files.writer();
    expect(second.stats()).toMatchObject({ notice: null, samples: 121 });
    expect(second.sizes().rawBytes).toBeGreaterThan(0);
    second.nameSeries(IMPORTANT);
    compact(second, START + 4 * HOUR_MS);
    expect(files.reader().rollups(ALL, START, START + DAY_MS, WIDE)[0]?.completeTo).toBe(START + 2 * HOUR_MS);
  });
});
