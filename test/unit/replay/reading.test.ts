import { describe, expect, it } from 'vitest';
import { createDetectApi, createDetection, PastDetector } from '../../../main/detect/index.ts';
import { inlineWorker, silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { createInlineTarget } from '../../../main/query/index.ts';
import { patientTarget } from '../../../main/replay/index.ts';
import { createReadAhead } from '../../../main/replay/read-ahead.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { Detector } from '../../../shared/model/detector.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

const T0 = Date.UTC(2026, 0, 5);

function store(lines: readonly string[], stepMs = MINUTE_MS) {
  const { writer, reader } = createMemorySamples();
  loadSeries(writer, lines, stepMs, T0);
  return createInlineTarget('store', reader);
}

/** Counts what is really asked. */
function counted(target: QueryTarget) {
  const asked: string[] = [];
  const over: QueryTarget = {
    id: target.id,
    instant: (expression, at) => {
      asked.push('instant');
      return target.instant(expression, at);
    },
    range: (expression, window) => {
      asked.push('range');
      return target.range(expression, window);
    },
  };
  return { over, asked };
}

describe('reading ahead', () => {
  const lines = ['queue{job="a"} 1+1x400', 'queue{job="b"} 5x100 stale _x298'];

  it('answers what the source answers at each instant, in a few questions', async () => {
    const target = store(lines);
    const { over, asked } = counted(target);
    const ahead = createReadAhead(over, MINUTE_MS, T0 + 150 * MINUTE_MS);
    for (const expression of ['queue', 'sum(queue)', 'scalar(sum(queue))', 'absent(queue{job="b"})'])
      for (let step = 0; step <= 150; step += 1) {
        const at = T0 + step * MINUTE_MS;
        const [one, other] = [await ahead.instant(expression, at), await target.instant(expression, at)];
        expect(one).toEqual(other);
      }
    expect(asked.length).toBeLessThan(4 * 8);
  });

  it('asks instants that lie beside its grid, before it or far apart one by one', async () => {
    const { over, asked } = counted(store(lines));
    const ahead = createReadAhead(over, MINUTE_MS, T0 + 400 * MINUTE_MS);
    for (const step of [10, 11, 12, 11.5, 5, 390]) await ahead.instant('queue', T0 + step * MINUTE_MS);
    expect(asked).toEqual(['instant', 'range', 'instant', 'instant', 'instant']);
  });

  it('gives back an error as the source gave it, and asks less where a range is too much', async () => {
    const tooMuch = err({ code: 'limit', message: 'too many samples', retryable: false } as const);
    const target: QueryTarget = {
      id: 'small',
      instant: async (_expression, at) => ok({ kind: 'vector', samples: [{ labels: {}, at, value: 1 }] }),
      range: async () => tooMuch,
    };
    const ahead = createReadAhead(target, MINUTE_MS, T0 + 400 * MINUTE_MS);
    await ahead.instant('up', T0);
    expect(await ahead.instant('up', T0 + MINUTE_MS)).toMatchObject({ ok: true });
    expect(await ahead.load('up', { fromAt: T0, toAt: T0 + 60 * MINUTE_MS, stepMs: MINUTE_MS })).toBe(
      tooMuch,
    );
    expect(await ahead.instant('up', T0 + 2 * MINUTE_MS)).toEqual(tooMuch);
  });
});

describe('a patient target', () => {
  const unreachable = err({ code: 'unreachable', message: 'refused', retryable: true } as const);
  const fails = (times: number) => {
    let left = times;
    return async () => {
      left -= 1;
      return left >= 0 ? unreachable : ok([]);
    };
  };
  const run = async (range: QueryTarget['range'], signal = new AbortController().signal) => {
    const clock = new VirtualClock(T0);
    const target = patientTarget(
      { id: 'prom', instant: async () => unreachable, range },
      { clock, signal, atOnce: 1 },
    );
    const answer = target.range('up', { fromAt: T0, toAt: T0, stepMs: 1 }).then(
      (value) => value.ok,
      (thrown: Error) => thrown.message,
    );
    for (let turn = 0; turn < 40; turn += 1) {
      await Promise.resolve();
      await clock.advance(1_000);
    }
    return answer;
  };

  it('tries again what did not answer, and ends the replay where it never does', async () => {
    expect(await run(fails(3))).toBe(true);
    expect(await run(fails(9))).toMatch(/prom did not answer 4 times, so the replay ends there: refused/);
  });

  it('asks nothing any more once it is cancelled', async () => {
    const cancel = new AbortController();
    cancel.abort();
    expect(await run(fails(0), cancel.signal)).toBe('The replay was cancelled.');
  });

  it('has no more questions under way than it may', async () => {
    let running = 0;
    let most = 0;
    const target = patientTarget(
      {
        id: 'prom',
        instant: async () => unreachable,
        range: async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return ok([]);
        },
      },
      { clock: new VirtualClock(T0), signal: new AbortController().signal, atOnce: 2 },
    );
    const all = Array.from({ length: 9 }, () => target.range('up', { fromAt: T0, toAt: T0, stepMs: 1 }));
    expect((await Promise.all(all)).length).toBe(9);
    expect(most).toBe(2);
  });
});

describe('a detector over history', () => {
  const detector: Detector = {
    id: 'latency',
    title: 'latency',
    service: 'ranking',
    source: 'prom',
    query: 'latency',
    unit: 's',
    algorithm: 'zscore',
    window: 10,
    threshold: 3,
    persistence: { flagged: 2, of: 3 },
    rebaseAfter: 8,
    priority: 'P2',
    definedAt: 'detectors/latency.yaml:2',
  };
  const wild = (at: number) =>
    `${Array.from({ length: at }, (_one, i) => 10 + (i % 3)).join(' ')} 95 96 97 10 11`;

  it('says at each instant what the live one says', async () => {
    const target = store([`latency{pod="a"} ${wild(60)}`, `latency{pod="b"} _x30 ${wild(40)}`]);
    const live = createDetection({
      worker: inlineWorker('detect', createDetectApi()),
      log: silentLogger(),
      stepMs: MINUTE_MS,
    });
    const past = new PastDetector(detector, MINUTE_MS);
    const beginAt = T0 + 30 * MINUTE_MS;
    const window = { fromAt: beginAt - past.warmUpMs, toAt: T0 + 80 * MINUTE_MS, stepMs: MINUTE_MS };
    const series = await past.read(target, window);
    if (!series.ok) throw new Error(series.error.message);
    const places = new Uint32Array(series.value.length);
    let anomalies = 0;
    for (let at = window.fromAt; at <= window.toAt; at += MINUTE_MS) {
      const anomalous = past.step(at, series.value, places);
      anomalies += Number(anomalous);
      if (at < beginAt) continue;
      const [status] = await live.evaluate([detector], target, at);
      if (!status) throw new Error('no status');
      expect(past.status(at)).toEqual(status);
      expect(past.observe(past.status(at))).toEqual(live.observe(status));
    }
    expect(anomalies).toBeGreaterThan(2);
  });
});
