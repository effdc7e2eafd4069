import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger, startWorker, systemClock } from '../../../main/platform/index.ts';
import type { MetricWriterApi } from '../../../main/store/index.ts';
import { loadSeries, parseSeriesLine } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { metricFolder, SMALL_LIMITS } from '../../support/metric-folder.ts';

const open = metricFolder();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe("the writer's thread", () => {
  it('answers after the commit, and a reader elsewhere sees it at once', async () => {
    const files = open();
    const worker = startWorker<MetricWriterApi>({
      name: 'metric-writer',
      entry: new URL('../../../main/store/metric.worker.ts', import.meta.url),
      init: { path: files.path, limits: SMALL_LIMITS },
      clock: systemClock(),
      log: silentLogger(),
    });
    stops.push(() => worker.stop());
    const { refs } = await worker.call.register([{ __name__: 'up' }]);
    const reader = files.reader();
    for (let i = 1; i <= 20; i += 1) {
      await worker.call.append({ at: i * 1000, refs, values: Float64Array.of(i) });
      const [series] = reader.select([{ name: '__name__', op: '=', value: 'up' }], 0, 60_000);
      expect(series?.values.at(-1)).toBe(i);
      expect(series?.times.length).toBe(i);
      if (i % 7 === 0) await worker.call.compact(i * 1000);
    }
    expect(await worker.call.stats()).toMatchObject({ series: 1, samples: 20, newestAt: 20_000 });
  });
});

describe('a reader', () => {
  it('finds nothing while there is no file, and finds it when it comes', () => {
    const files = open();
    const reader = files.reader();
    const ask = () => reader.select([{ name: '__name__', op: '=', value: 'up' }], 0, 10_000).length;
    expect(ask()).toBe(0);
    loadSeries(files.writer(), ['up 1'], 1000, 1000);
    expect(ask()).toBe(1);
    expect(reader.labelSets([]).map(({ __name__ }) => __name__)).toEqual(['up']);
  });

  it('keeps what it handed out as it was, while the cache grows and is cut', () => {
    const files = open();
    const writer = files.writer();
    const reader = files.reader(100);
    loadSeries(writer, ['m 0+1x50'], 1000, 1000);
    const ask = (toAt: number) =>
      reader.select([{ name: '__name__', op: '=', value: 'm' }], toAt - 20_000, toAt)[0];
    const first = ask(51_000);
    const copy = [...(first?.values ?? [])];
    for (let i = 51; i < 400; i += 1) {
      loadSeries(writer, [`m ${i}`], 1000, 1000 + i * 1000);
      expect([...(ask(1000 + i * 1000)?.values ?? [])]).toEqual(
        Array.from({ length: 20 }, (_, k) => i - 19 + k),
      );
    }
    expect([...(first?.values ?? [])]).toEqual(copy);
    expect(ask(51_000)?.values).toEqual(Float64Array.from(copy));
  });

  it('refuses a question over its samples by name', () => {
    const { writer, reader } = createMemorySamples();
    loadSeries(writer, ['m 0+1x50'], 1000);
    const files = open();
    loadSeries(files.writer(), ['m 0+1x50'], 1000);
    for (const one of [reader, files.reader()])
      expect(() =>
        one.select([{ name: '__name__', op: '=', value: 'm' }], -1, 60_000, { samplesMax: 50 }),
      ).toThrowError(expect.objectContaining({ code: 'too-many-samples' }));
  });
});

describe("Prometheus' series notation", () => {
  it('is read with its repetitions, gaps and ends', () => {
    expect(parseSeriesLine('m{a="b \\"c\\""} 0+10x2 _ stale 5x1 -1-2x1 NaN Inf _x2')).toEqual({
      labels: { __name__: 'm', a: 'b "c"' },
      values: [
        0,
        10,
        20,
        'absent',
        'stale',
        5,
        5,
        -1,
        -3,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        'absent',
        'absent',
      ],
    });
  });
});
