import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger, startWorker, systemClock } from '../../../main/platform/index.ts';
import { evaluateInstant, evaluateRange } from '../../../main/query/engine.ts';
import { createInlineTarget, createLocalTarget, type QueryApi } from '../../../main/query/index.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { metricFolder } from '../../support/metric-folder.ts';

const open = metricFolder();
const START = 1_700_000_000_000;
const MINUTE = 60_000;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function localTarget(path: string) {
  const worker = startWorker<QueryApi>({
    name: 'query',
    entry: new URL('../../../main/query/query.worker.ts', import.meta.url),
    init: { path },
    clock: systemClock(),
    log: silentLogger(),
  });
  stops.push(() => worker.stop());
  return { worker, target: createLocalTarget({ id: 'local', worker }) };
}

describe('local metrics as a target', () => {
  it('answers from its worker what was just appended, also across a packing', async () => {
    const files = open();
    const writer = files.writer();
    const { target } = localTarget(files.path);
    loadSeries(writer, ['hits{path="/"} 0+60x10'], MINUTE, START);
    const at = START + 10 * MINUTE;
    const ask = () => target.instant('rate(hits[5m])', at);
    const before = await ask();
    expect(before).toEqual({
      ok: true,
      value: { kind: 'vector', samples: [{ labels: { path: '/' }, at, value: 1 }] },
    });
    while (writer.compact(START).more);
    expect(await ask()).toEqual(before);
    loadSeries(writer, ['hits{path="/"} 1000'], MINUTE, at + MINUTE);
    expect(await target.instant('hits', at + MINUTE)).toMatchObject({
      ok: true,
      value: { samples: [{ value: 1000 }] },
    });
  });

  it('answers ranges as arrays, gaps left out, and b only where a is not', async () => {
    const files = open();
    loadSeries(files.writer(), ['a 1 2 stale _ 5', 'b 7'], MINUTE, START);
    const { target } = localTarget(files.path);
    const answer = await target.range('a or b', { fromAt: START, toAt: START + 4 * MINUTE, stepMs: MINUTE });
    if (!answer.ok) throw new Error(answer.error.message);
    expect(
      answer.value.map(({ labels, times, values }) => [
        labels.__name__,
        times.map((at) => (at - START) / MINUTE),
        [...values],
      ]),
    ).toEqual([
      ['a', Float64Array.of(0, 1, 4), [1, 2, 5]],
      ['b', Float64Array.of(2, 3), [7, 7]],
    ]);
  });

  it('is blind, not wrong, when its worker dies', async () => {
    const files = open();
    files.writer();
    const { worker, target } = localTarget(files.path);
    await target.instant('1', START);
    const asked = target.instant('up', START);
    await worker.kill();
    const answers = [await target.instant('up', START), await asked];
    expect(answers[0]).toMatchObject({ ok: false, error: { code: 'blind', retryable: true } });
  });

  it('says cancelled at once when the asker gives up', async () => {
    const target = createInlineTarget('local', createMemorySamples().reader);
    const signal = AbortSignal.abort();
    expect(await target.instant('up', START, { signal })).toMatchObject({ error: { code: 'cancelled' } });
  });

  it('ends the evaluation itself when the asker gives up, and shows how far it came', async () => {
    const files = open();
    const writer = files.writer();
    const lines = Array.from({ length: 20 }, (_, i) => `many{i="${i}"} 0+1x500`);
    loadSeries(writer, lines, MINUTE, START);
    const { target } = localTarget(files.path);
    await target.instant('many', START);
    const abort = new AbortController();
    let progress = () => ({ state: 'none', samples: 0 });
    const window = { fromAt: START, toAt: START + 500 * MINUTE, stepMs: MINUTE };
    const heavy = target.range(
      // Thousands of selections: far longer than anybody waits in a test.
      Array.from({ length: 90 }, (_, i) => `quantile_over_time(0.5, many[${i + 100}m])`).join(' or '),
      window,
      {
        timeoutMs: 600_000,
        signal: abort.signal,
        onStart: (read) => {
          progress = read;
        },
      },
    );
    while (progress().samples === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(progress().state).toBe('evaluating');
    abort.abort();
    expect(await heavy).toMatchObject({ error: { code: 'cancelled' } });
    // The thread is free again, long before the deadline.
    expect(await target.instant('count(many)', START)).toMatchObject({
      value: { samples: [{ value: 20 }] },
    });
  });

  it('follows the rules of Prometheus 2 where it is told so, at each question anew', async () => {
    const store = createMemorySamples();
    loadSeries(store.writer, ['a 1x10'], MINUTE);
    let compat: 2 | 3 = 3;
    const target = createInlineTarget('local', store.reader, { compat: () => compat });
    const count = () => target.instant('count_over_time(a[2m])', 5 * MINUTE);
    expect(await count()).toMatchObject({ value: { samples: [{ value: 2 }] } });
    compat = 2;
    expect(await count()).toMatchObject({ value: { samples: [{ value: 3 }] } });
  });

  it('has no data where nothing is, which is not zero', async () => {
    const target = createInlineTarget('local', createMemorySamples().reader);
    expect(await target.instant('sum(rate(nothing[5m]))', START)).toEqual({
      ok: true,
      value: { kind: 'vector', samples: [] },
    });
  });
});

describe('the limits of a question', () => {
  const store = createMemorySamples();
  loadSeries(store.writer, ['m{i="1"} 0+1x1000', 'm{i="2"} 0+1x1000'], 1000, START);
  const at = START + 1_000_000;

  it('are said by name: samples, points, time', () => {
    const still = { monotonic: () => 0, timeoutMs: 10 };
    expect(evaluateInstant(store.reader, 'rate(m[1h])', at, { ...still, samplesMax: 1500 })).toMatchObject({
      error: { code: 'limit', position: { from: 5, to: 6 } },
    });
    expect(evaluateRange(store.reader, 'm', { fromAt: START, toAt: at, stepMs: 10 }, still)).toMatchObject({
      error: { code: 'limit' },
    });
    let now = 0;
    const running = { monotonic: () => (now += 1), timeoutMs: 10 };
    expect(
      evaluateRange(
        store.reader,
        'max_over_time(m[10m])',
        { fromAt: START, toAt: at, stepMs: 1000 },
        running,
      ),
    ).toMatchObject({ error: { code: 'timeout', retryable: true } });
  });

  it('a range is the same as its instants one by one', () => {
    const options = { monotonic: () => 0, timeoutMs: 1 };
    const names = [
      'rate(m[2m])',
      'sum(increase(m[90s]))',
      'avg_over_time(m[1m]) > 300',
      'm offset 70s',
      'topk(1, m)',
      'absent(m)',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: -100, max: 1500 }),
        fc.integer({ min: 1, max: 90 }),
        (text, from, step) => {
          const fromAt = START + from * 1000;
          const answer = evaluateRange(
            store.reader,
            text,
            { fromAt, toAt: fromAt + step * 5000, stepMs: step * 1000 },
            options,
          );
          if (!answer.ok) throw new Error(answer.error.message);
          for (let i = 0; i <= 5; i += 1) {
            const instantAt = fromAt + i * step * 1000;
            const instant = evaluateInstant(store.reader, text, instantAt, options);
            if (!instant.ok || instant.value.kind !== 'vector') throw new Error('no vector');
            const there = answer.value.flatMap(({ labels, times, values }) => {
              const index = times.indexOf(instantAt);
              return index < 0 ? [] : [{ labels, at: instantAt, value: values[index] }];
            });
            expect(there).toEqual(instant.value.samples);
          }
        },
      ),
    );
  });
});

describe('a series that is new while its target was already being seen', () => {
  it('counts from 0 where that is asked for, and as Prometheus otherwise', async () => {
    const store = createMemorySamples();
    loadSeries(
      store.writer,
      ['up{instance="a"} 1x20', 'errors_total{instance="a"} _x10 5x10', 'old_total{instance="a"} 5x20'],
      MINUTE,
      START,
    );
    const at = START + 15 * MINUTE;
    const plain = createInlineTarget('local', store.reader);
    const counting = createInlineTarget('local', store.reader, { countNewSeriesFromZero: true });
    expect(await plain.instant('increase(errors_total[10m])', at)).toMatchObject({
      value: { samples: [{ value: 0 }] },
    });
    const answer = await counting.instant('increase(errors_total[10m])', at);
    expect(answer).toMatchObject({ value: { samples: [{ value: 5 }] } });
    expect(await counting.instant('increase(old_total[20m])', at)).toMatchObject({
      value: { samples: [{ value: 0 }] },
    });
  });
});
