import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer, readInstant, readMatrix } from '../../../main/source/prometheus/answer.ts';
import { chunkWindow, joinChunks, pointsOf } from '../../../main/source/prometheus/chunk.ts';
import { refusalOf } from '../../../main/source/prometheus/refusal.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const said = (body: string | Uint8Array, type = 'application/json') => {
  const read = readAnswer(typeof body === 'string' ? bytes(body) : body, type);
  return read.ok ? read.value.kind : read.error;
};

describe('an answer', () => {
  it('is opened where it is the API’s', () => {
    expect(said('{"status":"success","data":{}}')).toBe('data');
    expect(said('{"status":"error","errorType":"bad_data","error":"no"}')).toBe('error');
  });

  it.each([
    ['', 'it answered with nothing'],
    ['<!doctype html><title>Sign\nin \u202e</title>', 'a web page titled “Sign in”'],
    ['{"status":"success","data":{"resul', 'damaged or breaks off (34 bytes)'],
    ['Welcome!\u0007', 'not JSON: “Welcome!”'],
    ['[1]', 'JSON that is not an object'],
    ['{"ready":true,"version":"1"}', 'without a status of success or error (it has: ready, version)'],
    ['{}', 'it has: nothing'],
    ['{"status":"success"}', 'success without data'],
  ])('says what came instead: %j', (body, what) => {
    expect(said(body)).toContain(what);
  });

  it('says so where bytes came', () => {
    expect(said(Uint8Array.of(0xff, 0xfe))).toBe('it answered with bytes that are not text');
  });

  it('keeps warnings, bounded and printable', () => {
    const read = readAnswer(
      bytes(
        JSON.stringify({
          status: 'success',
          data: {},
          warnings: ['part\u0000ial', 7, ...Array(50).fill('x')],
        }),
      ),
      '',
    );
    if (!read.ok || read.value.kind !== 'data') throw new Error('it should be data');
    expect(read.value.warnings[0]).toBe('part ial');
    expect(read.value.warnings).toHaveLength(20);
  });
});

describe('an instant result', () => {
  it('is a vector, maybe empty, or a scalar', () => {
    expect(readInstant({ resultType: 'vector', result: [] })).toEqual({
      ok: true,
      value: { kind: 'vector', samples: [] },
    });
    expect(
      readInstant({
        resultType: 'vector',
        result: [
          { metric: { a: 'b' }, value: [1.5, 'NaN'] },
          { metric: {}, value: [1, '+Inf'] },
          { metric: { a: '' }, value: [1, '-Inf'] },
        ],
      }),
    ).toEqual({
      ok: true,
      value: {
        kind: 'vector',
        samples: [
          { labels: { a: 'b' }, at: 1500, value: Number.NaN },
          { labels: {}, at: 1000, value: Number.POSITIVE_INFINITY },
          { labels: { a: '' }, at: 1000, value: Number.NEGATIVE_INFINITY },
        ],
      },
    });
    expect(readInstant({ resultType: 'scalar', result: [1, '2'] })).toEqual({
      ok: true,
      value: { kind: 'scalar', at: 1000, value: 2 },
    });
  });

  it.each([
    [null],
    [{ resultType: 'vector', result: {} }],
    [
      {
        resultType: 'vector',
        result: [
          { metric: { a: 'b' }, value: [1, '2'] },
          { metric: { a: 'b' }, value: [1, '3'] },
        ],
      },
    ],
    [{ resultType: 'vector', result: [7] }],
    [{ resultType: 'vector', result: [{ metric: { a: 1 }, value: [1, '2'] }] }],
    [{ resultType: 'vector', result: [{ metric: {}, value: [1, 2] }] }],
    [{ resultType: 'vector', result: [{ metric: {}, value: ['1', '2'] }] }],
    [{ resultType: 'vector', result: [{ metric: {}, value: [1, ''] }] }],
    [{ resultType: 'vector', result: [{ metric: {}, value: [1, ' '] }] }],
    [{ resultType: 'vector', result: [{ metric: {}, value: [1, '2', 3] }] }],
    [{ resultType: 'scalar', result: ['x'] }],
    [{ resultType: 'tensor', result: [] }],
  ])('is no result in the shape %j', (data) => {
    expect(readInstant(data)).toMatchObject({ ok: false, error: { kind: 'shape' } });
  });

  it('is the query’s fault where it is a range or a native histogram', () => {
    expect(readInstant({ resultType: 'matrix', result: [] })).toMatchObject({
      ok: false,
      error: { kind: 'query' },
    });
    expect(readInstant({ resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] })).toMatchObject(
      { ok: false, error: { kind: 'query' } },
    );
  });
});

describe('a range result', () => {
  const matrix = (values: unknown) => ({ resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] });

  it('is typed arrays in ascending time', () => {
    const read = readMatrix(
      matrix([
        [1, '1'],
        [2, 'NaN'],
      ]),
      10,
    );
    expect(read).toEqual({
      ok: true,
      value: [
        { labels: { a: 'b' }, times: Float64Array.of(1000, 2000), values: Float64Array.of(1, Number.NaN) },
      ],
    });
  });

  it('is refused where times do not ascend, values are missing, or it is too much', () => {
    expect(
      readMatrix(
        matrix([
          [2, '1'],
          [2, '2'],
        ]),
        10,
      ),
    ).toMatchObject({ error: { kind: 'shape' } });
    expect(readMatrix(matrix(undefined), 10)).toMatchObject({ error: { kind: 'shape' } });
    expect(readMatrix({ resultType: 'vector', result: [] }, 10)).toMatchObject({ error: { kind: 'shape' } });
    expect(
      readMatrix(
        matrix([
          [1, '1'],
          [2, '2'],
        ]),
        1,
      ),
    ).toMatchObject({ error: { kind: 'query' } });
  });

  it('never throws on JSON of any kind', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        readInstant(json);
        readMatrix(json, 100);
        readInstant({ resultType: 'vector', result: json });
        readMatrix({ resultType: 'matrix', result: json }, 100);
      }),
    );
  });
});

describe('a long range', () => {
  it('is cut on its own grid, each point once', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.integer({ min: 1, max: 900 }),
        fc.nat(5_000),
        fc.integer({ min: 1, max: 70 }),
        (fromAt, stepMs, steps, pointsMax) => {
          const window = { fromAt, toAt: fromAt + steps * stepMs + (stepMs - 1), stepMs };
          const times = chunkWindow(window, pointsMax).flatMap((chunk) => {
            expect(pointsOf(chunk)).toBeLessThanOrEqual(pointsMax);
            return Array.from({ length: pointsOf(chunk) }, (_, i) => chunk.fromAt + i * stepMs);
          });
          expect(times).toEqual(Array.from({ length: steps + 1 }, (_, i) => fromAt + i * stepMs));
        },
      ),
    );
  });

  it('is joined by labels in any order, with holes where a part had none', () => {
    const one = (labels: Record<string, string>, ...times: number[]) => ({
      labels,
      times: Float64Array.from(times),
      values: Float64Array.from(times),
    });
    const joined = joinChunks([
      [one({ a: '1', b: '2' }, 1, 2)],
      [one({ c: '3' }, 3)],
      [one({ b: '2', a: '1' }, 5)],
    ]);
    expect(joined.map((series) => [...series.times])).toEqual([[1, 2, 5], [3]]);
  });
});

describe('a refusal of one query', () => {
  it('points into the expression where it is not PromQL', () => {
    const refusal = refusalOf(
      'bad_data',
      'invalid parameter "query": 2:3: parse error: unexpected end',
      'sum(\né{}',
    );
    expect(refusal).toMatchObject({ code: 'parse', retryable: false, position: { from: 6, to: 7 } });
  });

  it.each([
    ['bad_data', 'exceeded maximum resolution of 11,000 points per timeseries', 'limit'],
    ['bad_data', 'invalid parameter "time"', 'execution'],
    ['execution', 'many-to-many matching not allowed', 'execution'],
    ['execution', 'query processing would load too many samples into memory', 'limit'],
    ['timeout', 'query timed out', 'timeout'],
    ['canceled', 'query was canceled', 'cancelled'],
  ])('%s, %s is %s', (type, message, code) => {
    expect(refusalOf(type, message, 'up')?.code).toBe(code);
  });

  it('is no refusal where the server itself is in trouble', () => {
    expect(refusalOf('internal', 'disk', 'up')).toBeUndefined();
    expect(refusalOf('unavailable', 'starting', 'up')).toBeUndefined();
  });
});
