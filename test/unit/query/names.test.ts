import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

const store = createMemorySamples();
loadSeries(
  store.writer,
  [
    'http_requests_total{job="api",code="200"} 1',
    'http_requests_total{job="web",code="500"} 1',
    'http_request_duration_seconds_bucket{job="api",le="1"} 1',
    'http_request_duration_seconds_count{job="api"} 1',
    'rpc_seconds{quantile="0.5"} 1',
    'disk_free_bytes{host="a"} 1',
    'queue{host="a"} 1',
  ],
  60_000,
);
const { names } = createInlineTarget('local', store.reader);
if (!names) throw new Error('Local metrics have names.');

describe('names of local metrics', () => {
  it('are those of all series, or of what a selector selects', async () => {
    expect(await names.labelNames({ limit: 100 })).toEqual({
      ok: true,
      value: { names: ['__name__', 'code', 'host', 'job', 'le', 'quantile'], complete: true },
    });
    expect(await names.labelNames({ limit: 100, selector: 'queue' })).toMatchObject({
      value: { names: ['__name__', 'host'] },
    });
    expect(await names.labelValues('job', { limit: 100, selector: '{code=~"2.."}' })).toMatchObject({
      value: { names: ['api'], complete: true },
    });
  });

  it('are bounded, and say so', async () => {
    expect(await names.labelValues('__name__', { limit: 2, contains: 'http' })).toEqual({
      ok: true,
      value: {
        names: ['http_request_duration_seconds_bucket', 'http_request_duration_seconds_count'],
        complete: false,
      },
    });
  });

  it('say of a metric what its name lets suppose', async () => {
    const answer = await names.metrics({ limit: 100 });
    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value.metrics.map(({ name, kind, unit, from }) => [name, kind, unit, from])).toEqual([
      ['disk_free_bytes', 'gauge', 'bytes', 'name'],
      ['http_request_duration_seconds_bucket', 'histogram', 'seconds', 'name'],
      ['http_request_duration_seconds_count', 'counter', 'seconds', 'name'],
      ['http_requests_total', 'counter', '', 'name'],
      ['queue', 'unknown', '', 'name'],
      ['rpc_seconds', 'summary', 'seconds', 'name'],
    ]);
  });

  it('are not asked by another expression', async () => {
    expect(await names.labelNames({ limit: 1, selector: 'sum(queue)' })).toMatchObject({
      error: { code: 'parse', position: { from: 0, to: 10 } },
    });
    expect(await names.labelNames({ limit: 1, selector: 'queue{' })).toMatchObject({
      error: { code: 'parse' },
    });
  });
});
