import { describe, expect, it } from 'vitest';
import { decodeSeries } from '../../../shared/contract/series-file.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { QueryOptions } from '../../../shared/model/metric.ts';
import { apiBench } from '../../support/api-bench.ts';

const series = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    labels: { i: String(i) },
    times: Float64Array.of(0),
    values: Float64Array.of(i),
  }));

function benchOf(target: object) {
  return apiBench({ 'query.target': target, 'series.unwatched': [] });
}

const range = { source: 's', expression: 'up', fromAt: 0, toAt: 60_000, stepMs: 1_000 };

describe('questions of people', () => {
  it('come with their notes, and as many series as are wanted of how many there are', async () => {
    const { call } = benchOf({
      range: async (_expression: string, _window: object, options: QueryOptions) => {
        options.onNotes?.([{ severity: 'info', message: 'Careful.', position: { from: 0, to: 2 } }]);
        return ok(series(5));
      },
    });
    const answer = await call.query.range({ ...range, seriesMax: 2 });
    expect(answer).toMatchObject({ seriesTotal: 5, notes: [{ message: 'Careful.' }] });
    expect(decodeSeries(await answer.series.arrayBuffer()).series.map(({ labels }) => labels.i)).toEqual([
      '0',
      '1',
    ]);
  });

  it('carry numbers that JSON has none for as text', async () => {
    const { call } = benchOf({
      instant: () => ok({ kind: 'vector', samples: [{ labels: {}, at: 5, value: Number.NaN }] }),
    });
    expect(await call.query.instant({ source: 's', expression: 'up', at: 5 })).toMatchObject({
      kind: 'vector',
      at: 5,
      samples: [{ value: 'NaN' }],
    });
  });

  it('say how far they are by the name that they were given, and are forgotten after', async () => {
    let finish: (value: unknown) => void = () => undefined;
    const { call } = benchOf({
      instant: (_expression: string, _at: number, options: QueryOptions) => {
        options.onStart?.(() => ({ state: 'evaluating', samples: 42 }));
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    const asked = call.query.instant({ source: 's', expression: 'up', ask: 'mine' });
    await new Promise((resolve) => setTimeout(resolve));
    expect(await call.query.progress({ ask: 'mine' })).toMatchObject({ state: 'evaluating', samples: 42 });
    finish(ok({ kind: 'scalar', at: 0, value: 1 }));
    await asked;
    expect(await call.query.progress({ ask: 'mine' })).toMatchObject({ state: 'unknown', samples: 0 });
  });

  it('hand the end of the waiting on, and answer errors with their code and place', async () => {
    const signals: unknown[] = [];
    const { call } = benchOf({
      instant: (_expression: string, _at: number, options: QueryOptions) => {
        signals.push(options.signal?.aborted);
        return err({ code: 'limit', message: 'Too much.', position: { from: 1, to: 2 }, retryable: false });
      },
    });
    const abort = new AbortController();
    const question = call.query.instant({ source: 's', expression: 'up' }, { signal: abort.signal });
    await expect(question).rejects.toMatchObject({ code: 'QUERY', data: { code: 'limit', from: 1, to: 2 } });
    expect(signals).toEqual([false]);
  });
});

describe('what an editor asks', () => {
  it('is whether an expression can be read, without an error where it cannot', async () => {
    const { call } = apiBench({
      'query.target': {},
      'query.check': err({ code: 'parse', message: 'No.', position: { from: 3, to: 4 }, retryable: false }),
    });
    expect(await call.query.check({ source: 's', expression: 'sum(' })).toEqual({
      type: null,
      problems: [{ severity: 'error', code: 'parse', message: 'No.', from: 3, to: 4 }],
      sources: [],
      metrics: [],
    });
  });

  it('is names, none of them where a source has no series', async () => {
    const bare = benchOf({});
    expect(await bare.call.query.labelNames({ source: 's' })).toEqual({ names: [], complete: true });
    const asked: unknown[] = [];
    const { call } = benchOf({
      names: {
        labelValues: async (...args: unknown[]) => {
          asked.push(args);
          return ok({ names: ['api'], complete: false });
        },
      },
    });
    const question = { source: 's', label: 'job', selector: 'up', contains: 'a', limit: 1 };
    expect(await call.query.labelValues(question)).toEqual({ names: ['api'], complete: false });
    expect(asked).toMatchObject([['job', { selector: 'up', contains: 'a', limit: 1 }]]);
  });
});
