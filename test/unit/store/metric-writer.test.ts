import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricWriterApi, openMetricWriter } from '../../../main/store/index.ts';
import { DAY_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { metricFolder, SMALL_LIMITS } from '../../support/metric-folder.ts';

const open = metricFolder();
const START = 1_700_000_000_000;
const ALL = [{ name: '__name__', op: '=~', value: '.+' }] as const;

function append(writer: MetricWriterApi, at: number, refs: ArrayLike<number>, value = at % 1000) {
  return writer.append({
    at,
    refs: Uint32Array.from(refs),
    values: new Float64Array(refs.length).fill(value),
  });
}

function read(reader: ReturnType<ReturnType<typeof open>['reader']>, fromAt = 0, toAt = START + 40 * DAY_MS) {
  return reader.select(ALL, fromAt, toAt).map(({ labels, times, values, stale }) => ({
    labels: { ...labels },
    times: [...times],
    values: [...values],
    stale: [...stale],
  }));
}

describe('the writer of metrics.db', () => {
  it('says once which series of a source it ended with, whether they wait or are packed', () => {
    const files = open({ ...SMALL_LIMITS, packAfterSamples: 1 });
    const first = files.writer();
    const own = { sourceId: 'fleet', seriesMax: 10 };
    const { refs } = first.register([{ __name__: 'a' }, { __name__: 'b' }, { __name__: 'old' }], own);
    const [a = 0, b = 0, old = 0] = refs;
    const [other = 0] = first.register([{ __name__: 'c' }], { sourceId: 'other', seriesMax: 10 }).refs;
    append(first, START, [a, b, old, other]);
    append(first, START + 60_000, [a, b]);
    while (first.compact(START + 60_000).more);
    append(first, START + 75_000, [a]);
    first.close();
    const second = files.writer();
    const { refs: alive, times } = second.aliveAtOpening('fleet', START + 1);
    expect([...alive].map((ref, i) => [ref, (times[i] ?? 0) - START]).sort()).toEqual(
      [
        [a, 75_000],
        [b, 60_000],
      ].sort(),
    );
    expect(second.aliveAtOpening('fleet', START + 1).refs).toHaveLength(0);
    expect(second.aliveAtOpening('nobody', START + 1).refs).toHaveLength(0);
  });

  it('gives the same series the same number, whatever the order of its labels, also after a restart', () => {
    const files = open();
    const first = files.writer();
    const { refs } = first.register([{ __name__: 'up', a: '1', b: '2' }, { __name__: 'up' }]);
    const again = files.writer().register([{ b: '2', __name__: 'up', a: '1', empty: '' }]);
    expect(again.refs[0]).toBe(refs[0]);
    expect(refs[1]).not.toBe(refs[0]);
  });

  it('refuses by name what has no name, too much text, or comes over the cap', () => {
    const writer = open({ ...SMALL_LIMITS, seriesMax: 1 }).writer();
    const { refs, refused } = writer.register([
      { job: 'x' },
      { __name__: 'long', text: 'x'.repeat(5000) },
      { __name__: 'one' },
      { __name__: 'two' },
    ]);
    expect(Array.from(refs).map((ref) => ref > 0)).toEqual([false, false, true, false]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('no metric name'),
      expect.stringContaining('5000 characters'),
      expect.stringContaining('keeps 1 series'),
    ]);
  });

  it('gives each source four times its limit, and room of one is not taken by another', () => {
    const files = open();
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({ __name__: name, i: String(i) }));
    const loud = { sourceId: 'loud', seriesMax: 2 };
    const writer = files.writer();
    const { refs, refused } = writer.register(many('a', 10), loud);
    expect(Array.from(refs).filter((ref) => ref > 0)).toHaveLength(8);
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^loud has 8 series .* 4 times its series_limit \(2\)\. Raise series_limit/),
      expect.stringMatching(/^loud has 8 series/),
    ]);
    expect(writer.register(many('b', 4), { sourceId: 'quiet', seriesMax: 1 }).refused).toEqual([]);
    writer.close();
    // The account is in the file: a restart is no way around it.
    const again = files.writer();
    expect(again.register(many('c', 1), loud).refused).toHaveLength(1);
    expect(again.register(many('a', 8), loud).refused).toEqual([]);
    expect(again.register(many('c', 1), { ...loud, seriesMax: 3 }).refused).toEqual([]);
  });

  it('keeps the first sample of an instant, and refuses older ones and unknown numbers by count', () => {
    const writer = open().writer();
    const [ref = 0] = writer.register([{ __name__: 'up' }]).refs;
    expect(append(writer, START, [ref])).toEqual({ accepted: 1, duplicates: 0, outOfOrder: 0, unknown: 0 });
    expect(append(writer, START, [ref, 7])).toEqual({
      accepted: 0,
      duplicates: 1,
      outOfOrder: 0,
      unknown: 1,
    });
    expect(append(writer, START - 1, [ref]).outOfOrder).toBe(1);
  });

  it('knows after a restart what it has, packed or not', () => {
    const files = open();
    const writer = files.writer();
    const [ref = 0] = writer.register([{ __name__: 'up' }]).refs;
    append(writer, START, [ref]);
    writer.close();
    const second = files.writer();
    expect(append(second, START, [ref]).duplicates).toBe(1);
    second.compact(START);
    second.close();
    expect(append(files.writer(), START, [ref]).duplicates).toBe(1);
  });

  it('adds nothing when the same backfill comes again, before and after packing', () => {
    const files = open();
    const writer = files.writer();
    const [ref = 0] = writer.register([{ __name__: 'up' }]).refs;
    append(writer, START + 5000, [ref]);
    const times = Float64Array.from({ length: 100 }, (_, i) => START + i * 1000);
    const block = { labels: { __name__: 'up' }, times, values: times.map((at) => at % 7), synthetic: true };
    expect(writer.backfill([block]).samples).toBe(99);
    expect(writer.backfill([block]).samples).toBe(0);
    while (writer.compact(START).more);
    expect(writer.backfill([block]).samples).toBe(0);
    expect(writer.stats()).toMatchObject({
      series: 1,
      samples: 100,
      oldestAt: START,
      newestAt: START + 99_000,
    });
    expect(append(writer, START + 50_500, [ref]).outOfOrder).toBe(1);
  });

  it('drops live samples after 15 days and written history after 35', () => {
    const files = open();
    const writer = files.writer();
    const block = (name: string, synthetic: boolean) => ({
      labels: { __name__: name },
      times: Float64Array.of(START),
      values: Float64Array.of(1),
      synthetic,
    });
    writer.backfill([block('live', false), block('written', true)]);
    expect(writer.compact(START + 15 * DAY_MS).dropped).toBe(0);
    expect(writer.compact(START + 16 * DAY_MS).dropped).toBe(1);
    expect(read(files.reader()).map(({ labels }) => labels.__name__)).toEqual(['written']);
    expect(writer.compact(START + 36 * DAY_MS).dropped).toBe(1);
    expect(writer.stats().samples).toBe(0);
  });

  it('drops the oldest while the file is over its size', () => {
    const files = open({ ...SMALL_LIMITS, bytesMax: 200_000 });
    const writer = files.writer();
    const times = Float64Array.from({ length: 20_000 }, (_, i) => START + i * 1000);
    const values = times.map((_at, i) => Math.sin(i) * 1e9);
    writer.backfill([{ labels: { __name__: 'noise' }, times, values, synthetic: false }]);
    for (let calls = 0; calls < 1000 && writer.compact(START).more; calls += 1);
    const stats = writer.stats();
    expect(stats.bytes).toBeLessThanOrEqual(200_000);
    expect(stats.oldestAt).toBeGreaterThan(START);
    expect(stats.newestAt).toBe(START + 19_999_000);
    expect(stats.samples).toBe(read(files.reader())[0]?.times.length);
  });

  it('answers the same before and after each step of packing, as the memory store does', () => {
    const step = fc.record({
      kind: fc.constantFrom('append', 'append', 'append', 'stale', 'backfill', 'compact'),
      at: fc.integer({ min: 0, max: 60 }),
      series: fc.uniqueArray(fc.nat(3), { minLength: 1 }),
      value: fc.integer({ min: -3, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const files = open();
        const real = files.writer();
        const reader = files.reader(20);
        const memory = createMemorySamples(SMALL_LIMITS);
        const labels = [0, 1, 2, 3].map((i) => ({ __name__: 'm', i: String(i) }));
        const refs = real.register(labels).refs;
        const memoryRefs = memory.writer.register(labels).refs;
        for (const { kind, at, series, value } of steps) {
          for (const [writer, numbers] of [
            [real, refs],
            [memory.writer, memoryRefs],
          ] as const) {
            const chosen = Uint32Array.from(series, (i) => numbers[i] ?? 0);
            const when = START + at * 1000;
            if (kind === 'append') append(writer, when, chosen, value);
            else if (kind === 'stale') writer.markStale(chosen, when);
            else if (kind === 'compact') writer.compact(START);
            else
              writer.backfill(
                series.map((i) => ({
                  labels: labels[i] ?? {},
                  times: Float64Array.of(when, when + 500),
                  values: Float64Array.of(value, value),
                  synthetic: false,
                })),
              );
          }
          const sorted = (one: ReturnType<typeof read>) =>
            one.sort((a, b) => (a.labels.i ?? '').localeCompare(b.labels.i ?? ''));
          expect(sorted(read(reader))).toEqual(sorted(read(memory.reader)));
          const part = [START + 10_000, START + 30_000] as const;
          expect(sorted(read(reader, ...part))).toEqual(sorted(read(memory.reader, ...part)));
        }
        real.close();
        reader.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('a file that cannot be used', () => {
  it('says that its folder is missing, as an error that people can act on', () => {
    const clock = { now: () => START };
    expect(() => openMetricWriter('/nowhere/at/all/metrics.db', SMALL_LIMITS, clock)).toThrowError(
      expect.objectContaining({ code: 'store-failed', message: expect.stringContaining('/nowhere/at/all') }),
    );
  });

  it('is moved aside when it is a database of somebody else', () => {
    const files = open();
    const db = new Database(files.path);
    db.exec('CREATE TABLE other (a)');
    db.pragma('user_version = 3');
    db.close();
    expect(files.writer().stats().notice).toContain('not one of Midwatch');
  });

  it('is moved aside when a table is missing', () => {
    const files = open();
    files.writer().close();
    const db = new Database(files.path);
    db.exec('DROP TABLE head');
    db.close();
    expect(files.writer().stats().notice).toContain('no such table');
  });

  it('is moved aside when it is damaged, and said', () => {
    const files = open();
    writeFileSync(files.path, 'this is no database'.repeat(100));
    const writer = files.writer();
    expect(writer.stats().notice).toContain('damaged');
    expect(readdirSync(files.folder).some((name) => name.startsWith('metrics.db.damaged-'))).toBe(true);
    expect(append(writer, START, writer.register([{ __name__: 'up' }]).refs).accepted).toBe(1);
  });

  it('is moved aside when a newer Midwatch wrote it, and said', () => {
    const files = open();
    files.writer().close();
    const db = new Database(files.path);
    db.pragma('user_version = 99');
    db.close();
    expect(files.writer().stats().notice).toContain('newer Midwatch (format 99');
    expect(readdirSync(files.folder).some((name) => name.startsWith('metrics.db.newer-'))).toBe(true);
  });

  it('leaves numbers of the old file unknown, so that no sample goes to another series', () => {
    const files = open();
    const first = files.writer();
    const { refs } = first.register([{ __name__: 'a' }]);
    first.close();
    writeFileSync(files.path, 'gone'.repeat(1000));
    files.clock.at += 60_000;
    const second = files.writer();
    second.register([{ __name__: 'b' }]);
    expect(append(second, START, refs)).toMatchObject({ accepted: 0, unknown: 1 });
  });
});

describe('kill -9 while appending and packing', () => {
  it('loses no batch that was answered', { timeout: 60_000 }, async () => {
    const files = open();
    const script = new URL('../../support/metric-append.main.ts', import.meta.url);
    const child = spawn(process.execPath, [script.pathname, files.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acked = 0;
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        for (const line of data.toString().split('\n')) if (line) acked = Math.max(acked, Number(line));
        if (acked > 300) resolve();
      });
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const db = new Database(files.path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    const writer = files.writer();
    expect(writer.stats().notice).toBeNull();
    const series = read(files.reader());
    expect(series).toHaveLength(20);
    for (const { times } of series) {
      expect(times.length).toBeGreaterThanOrEqual(acked);
      expect(times).toEqual(times.map((_at, i) => START + i * 1000));
    }
  });
});
