import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../shared/error/result.ts';
import { apiBench } from '../../support/api-bench.ts';

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly data: unknown;
}

async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const thrown = await call.then(
    () => undefined,
    (error: Refusal) => error,
  );
  if (!thrown) throw new Error('The call was expected to be refused, and was answered.');
  return thrown;
}

describe('requests for series', () => {
  const range = { source: 's', expression: 'up', fromAt: 0, toAt: 60_000, stepMs: 1_000 };

  it('of a source that is not there say so', async () => {
    const { call } = apiBench();
    expect(await refusal(call.series.range(range))).toMatchObject({
      code: 'NOT_FOUND',
      data: { what: 'source-not-found' },
    });
    expect(await refusal(call.series.instant({ source: 's', expression: 'up' }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('ask the source once with a time-out, at the given time or now', async () => {
    const asked: unknown[][] = [];
    const target = {
      instant: (...args: unknown[]) => {
        asked.push(args);
        return ok({ kind: 'vector', samples: [] });
      },
    };
    const { call, clock } = apiBench({ 'series.target': () => target });
    await call.series.instant({ source: 's', expression: 'up', at: 5 });
    await call.series.instant({ source: 's', expression: 'up' });
    expect(asked.map((args) => args.slice(0, 2))).toEqual([
      ['up', 5],
      ['up', clock.now()],
    ]);
    expect(asked[0]?.[2]).toMatchObject({ timeoutMs: expect.any(Number) });
  });

  it('carry numbers that JSON has none for as text, and a number without labels as a sample', async () => {
    const values = [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const samples = values.map((value, i) => ({ labels: { i: String(i) }, at: 1, value }));
    const vector = apiBench({ 'series.target': () => ({ instant: () => ok({ kind: 'vector', samples }) }) });
    const answer = await vector.call.series.instant({ source: 's', expression: 'up' });
    expect(answer.map((one) => one.value)).toEqual([1.5, 'NaN', 'Infinity', '-Infinity']);
    const scalar = apiBench({
      'series.target': () => ({ instant: () => ok({ kind: 'scalar', at: 3, value: 2 }) }),
    });
    expect(await scalar.call.series.instant({ source: 's', expression: '1+1' })).toEqual([
      { labels: {}, at: 3, value: 2 },
    ]);
  });

  it.each([
    [
      { code: 'parse', message: 'Wrong.', position: { from: 3, to: 5 }, retryable: false },
      { code: 'parse', from: 3, to: 5 },
    ],
    [
      { code: 'blind', message: 'Dead.', retryable: true },
      { code: 'blind', from: null, to: null },
    ],
    [
      { code: 'parse', message: 'At the start.', position: { from: 0, to: 0 }, retryable: false },
      { code: 'parse', from: 0, to: 0 },
    ],
  ])('point at what is wrong: %j', async (error, data) => {
    const { call } = apiBench({
      'series.target': () => ({ instant: () => err(error), range: () => err(error) }),
    });
    expect(await refusal(call.series.instant({ source: 's', expression: 'up' }))).toMatchObject({
      code: 'QUERY',
      message: error.message,
      data,
    });
    expect(await refusal(call.series.range(range))).toMatchObject({ code: 'QUERY', data });
  });

  it.each([
    [11_000, true],
    [11_001, false],
  ])('of %i steps are asked: %s', async (steps, asks) => {
    let asked = 0;
    const target = {
      range: () => {
        asked += 1;
        return ok([]);
      },
    };
    const { call } = apiBench({ 'series.target': () => target });
    const answer = call.series.range({ ...range, toAt: steps * 1_000 });
    if (asks) await answer;
    else expect(await refusal(answer)).toMatchObject({ code: 'QUERY', data: { code: 'limit' } });
    expect(asked).toBe(asks ? 1 : 0);
  });

  it('of budget and burn are not asked for more points than a chart can show either', async () => {
    const { call, calls } = apiBench({ 'series.burn': { series: [], unwatched: [] } });
    await call.series.burn({ objectiveId: 'o', fromAt: 0, toAt: 1_000_000, stepMs: 1_000 });
    expect(
      await refusal(call.series.burn({ objectiveId: 'o', fromAt: 0, toAt: 10 ** 12, stepMs: 1 })),
    ).toMatchObject({ code: 'QUERY', data: { code: 'limit' } });
    expect(calls).toHaveLength(1);
  });

  it('of a range that runs backwards are refused before a source is asked', async () => {
    const { call, calls } = apiBench({ 'series.target': () => ({ range: () => ok([]) }) });
    expect((await refusal(call.series.range({ ...range, toAt: -1 }))).code).toBe('QUERY');
    expect(calls.filter((one) => one.name !== 'series.target')).toEqual([]);
  });
});
