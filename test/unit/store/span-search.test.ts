import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openSpanReader } from '../../../main/store/index.ts';
import { termsOf } from '../../../main/store/span-term.ts';
import { openSpanWriter, SPAN_STORE_LIMITS } from '../../../main/store/span-writer.ts';
import type { Span } from '../../../shared/model/trace.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';

const NOW = 1_700_000_000_000;
const ANY = { text: '', failed: false, fromAt: 0, toAt: NOW, skip: 0, limit: 200 };
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const clean: (() => void)[] = [];
afterEach(() => {
  for (const task of clean.splice(0).reverse()) task();
});

function kept(spans: readonly Span[]) {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-search-'));
  const path = join(folder, 'traces.db');
  const writer = openSpanWriter(path, SPAN_STORE_LIMITS, { now: () => NOW });
  const reader = openSpanReader(path);
  clean.push(() => {
    reader.closeSpans();
    writer.closeSpans();
    rmSync(folder, { recursive: true, force: true });
  });
  if (spans.length > 0) writer.addSpans(spans);
  return reader;
}

function span(trace: number, place: number, given: Partial<Span> = {}): Span {
  return {
    traceId: hex(trace, 32),
    spanId: hex(trace * 100 + place, 16),
    parentSpanId: place === 0 ? null : hex(trace * 100, 16),
    service: 'ranking-model',
    name: ['rank', 'preprocessing', 'model_inference', 'postprocessing'][place] ?? 'more',
    kind: place === 0 ? 'server' : 'internal',
    startAt: NOW - MINUTE_MS + trace * 10 + place,
    durationMs: place === 0 ? 8 : 2,
    status: 'unset',
    attributes: { request_id: `req-${trace}`, model_version: trace % 2 === 0 ? 'v41' : 'v42' },
    ...given,
  };
}

const trace = (number: number, given: Partial<Span> = {}) =>
  [0, 1, 2, 3].map((place) => span(number, place, place === 2 ? given : {}));

describe('a search of traces', () => {
  it('answers the newest first, each with what it is known by', () => {
    const reader = kept(
      [1, 2, 3].flatMap((number) => trace(number, { status: number === 2 ? 'error' : 'ok' })),
    );
    const { traces, more } = reader.searchTraces(ANY);
    expect(more).toBe(false);
    expect(traces.map((one) => one.requestId)).toEqual(['req-3', 'req-2', 'req-1']);
    expect(traces[1]).toEqual({
      traceId: hex(2, 32),
      service: 'ranking-model',
      name: 'rank',
      hasRoot: true,
      startAt: NOW - MINUTE_MS + 20,
      durationMs: 8,
      spans: 4,
      failed: 1,
      services: 1,
      requestId: 'req-2',
      modelVersion: 'v41',
    });
  });

  it('wants all conditions to hold for one span', () => {
    const slow = {
      durationMs: 400,
      attributes: { request_id: 'req-7', prediction_confidence: 0.31, cached: true },
    };
    const reader = kept([...trace(6), ...trace(7, slow), ...trace(8)]);
    const ids = (question: Partial<typeof ANY> & Record<string, unknown>) =>
      reader.searchTraces({ ...ANY, ...question }).traces.map((one) => one.requestId);
    expect(ids({ text: 'req-7' })).toEqual(['req-7']);
    expect(ids({ text: 'request_id=req-8' })).toEqual(['req-8']);
    expect(ids({ text: 'request_id=req' })).toEqual([]);
    expect(ids({ text: 'prediction_confidence<0.5' })).toEqual(['req-7']);
    expect(ids({ text: 'prediction_confidence>0.5' })).toEqual([]);
    expect(ids({ text: 'cached=true request_id="req-7"' })).toEqual(['req-7']);
    expect(ids({ text: hex(7, 32) })).toEqual(['req-7']);
    expect(ids({ name: 'model_inference', durationMs: 100 })).toEqual(['req-7']);
    expect(ids({ name: 'preprocessing', durationMs: 100 })).toEqual([]);
    expect(ids({ modelVersion: 'v42' })).toEqual(['req-7']);
    expect(ids({ service: 'nobody' })).toEqual([]);
    expect(ids({ failed: true })).toEqual([]);
    expect(ids({ toAt: NOW - MINUTE_MS + 69 })).toEqual(['req-6']);
  });

  it('turns pages without a trace twice or left out', () => {
    const reader = kept(Array.from({ length: 25 }, (_, number) => trace(number + 1)).flat());
    const pages = [0, 10, 20].map((skip) => reader.searchTraces({ ...ANY, skip, limit: 10 }));
    expect(pages.map((one) => one.more)).toEqual([true, true, false]);
    const ids = pages.flatMap((one) => one.traces.map(({ traceId }) => traceId));
    expect(new Set(ids).size).toBe(25);
    expect(ids).toEqual([...ids].sort().reverse());
  });

  it('takes any text as what it is: values with quotes, wildcards and line breaks are found, nothing else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }), (value) => {
        const reader = kept([
          span(1, 0, { attributes: { said: value } }),
          span(2, 0, { attributes: { said: 'other' }, name: 'x' }),
        ]);
        const text = /^[^"]+$/.test(value) ? `said="${value}"` : value;
        const found = reader.searchTraces({ ...ANY, text }).traces.map((one) => one.traceId);
        if (/^[^"]+$/.test(value) && value !== 'other') expect(found).toEqual([hex(1, 32)]);
        reader.closeSpans();
      }),
      { numRuns: 40 },
    );
    const reader = kept([span(1, 0, { attributes: { '%': 'a_b', "'); DROP TABLE span; --": 1 } })]);
    expect(reader.searchTraces({ ...ANY, text: 'a%b' }).traces).toEqual([]);
    expect(reader.searchTraces({ ...ANY, text: 'a_b' }).traces).toHaveLength(1);
    expect(reader.searchTraces({ ...ANY, text: "');=1" }).traces).toEqual([]);
    expect(reader.searchTraces(ANY).traces).toHaveLength(1);
  });

  it('says so where the first span of a trace is not kept', () => {
    const reader = kept(trace(5).slice(2));
    expect(reader.searchTraces(ANY).traces[0]).toMatchObject({
      hasRoot: false,
      name: 'model_inference',
      spans: 2,
    });
  });

  it('finds nothing in a file that is not there yet', () => {
    const reader = kept([]);
    expect(reader.searchTraces(ANY)).toEqual({ traces: [], more: false });
    expect(reader.traceFacets(0, NOW)).toEqual({
      spans: 0,
      oldestAt: null,
      newestAt: null,
      modelVersions: [],
      stages: [],
    });
  });
});

describe('what spans are told apart by', () => {
  it('is of the time asked for; how far back they are kept is of all', () => {
    const reader = kept([...trace(1), ...trace(2), ...trace(3)]);
    const facets = reader.traceFacets(NOW - MINUTE_MS + 15, NOW - MINUTE_MS + 25);
    expect(facets).toMatchObject({
      spans: 4,
      oldestAt: NOW - MINUTE_MS + 10,
      newestAt: NOW - MINUTE_MS + 33,
      modelVersions: ['v41'],
    });
    expect(facets.stages.map((one) => one.name).sort()).toEqual([
      'model_inference',
      'postprocessing',
      'preprocessing',
      'rank',
    ]);
  });
});

describe('the text of a search', () => {
  it('is words and comparisons', () => {
    expect(termsOf('req-1 a=b c="d e" f<0.5 g>2 "two words" h<x =')).toEqual([
      { kind: 'word', word: 'req-1' },
      { kind: 'equal', key: 'a', value: 'b' },
      { kind: 'equal', key: 'c', value: 'd e' },
      { kind: 'less', key: 'f', value: 0.5 },
      { kind: 'more', key: 'g', value: 2 },
      { kind: 'word', word: 'two words' },
      { kind: 'word', word: 'h<x' },
      { kind: 'word', word: '=' },
    ]);
  });

  it('can be anything', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void termsOf(text)));
  });
});
