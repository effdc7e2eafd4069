import { afterEach, describe, expect, it } from 'vitest';
import type { PrometheusSource } from '../../../main/source/index.ts';
import type { QueryNames } from '../../../shared/model/metric.ts';
import { startServer, type TestServer } from '../../support/http-server.ts';
import { openSource } from '../../support/source.ts';

let server: TestServer | undefined;
let source: PrometheusSource | undefined;

afterEach(async () => {
  await source?.close();
  await server?.close();
});

/** A source whose API answers by path; what is not named here it does not have. */
async function namesOver(answers: Readonly<Record<string, unknown>>) {
  const asked: URL[] = [];
  server = await startServer((request, response) => {
    const url = new URL(request.url, 'http://source');
    if (request.body.length > 0)
      for (const [name, value] of new URLSearchParams(request.body)) url.searchParams.append(name, value);
    asked.push(url);
    const path = url.pathname.replace('/api/v1/', '');
    const data = Object.hasOwn(answers, path) ? answers[path] : undefined;
    response.writeHead(data === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        data === undefined
          ? { status: 'error', errorType: 'not_found', error: 'there is no such path' }
          : { status: 'success', data },
      ),
    );
  });
  source = openSource(server.url);
  const names: QueryNames | undefined = source.names;
  if (!names) throw new Error('a Prometheus has names');
  return { names, asked };
}

describe('the names that a Prometheus has', () => {
  it('are those of an hour, of the selected series, one more than wanted so that more is known of', async () => {
    const { names, asked } = await namesOver({ labels: ['job', '__name__', 'code'] });
    const answer = await names.labelNames({ limit: 2, selector: 'up{job="a"}' });
    expect(answer).toEqual({ ok: true, value: { names: ['__name__', 'code'], complete: false } });
    const [url] = asked;
    expect(url?.searchParams.get('match[]')).toBe('up{job="a"}');
    expect(url?.searchParams.get('limit')).toBe('3');
    const span = Number(url?.searchParams.get('end')) - Number(url?.searchParams.get('start'));
    expect(span).toBeCloseTo(3_600, 3);
  });

  it('are filtered here, and no name of a kilobyte is one', async () => {
    const { names } = await namesOver({ 'label/code/values': ['200', '500', '5'.repeat(1_001), '503'] });
    expect(await names.labelValues('code', { limit: 10, contains: '50' })).toEqual({
      ok: true,
      value: { names: ['500', '503'], complete: true },
    });
  });

  it('are not asked for under a label that would change the path', async () => {
    const { names, asked } = await namesOver({});
    for (const label of ['../../admin', 'a/b', 'a?b', ''])
      expect(await names.labelValues(label, { limit: 10 })).toEqual({
        ok: true,
        value: { names: [], complete: true },
      });
    expect(asked).toEqual([]);
  });

  it('come with what the source says of them, a histogram of its parts too', async () => {
    const { names } = await namesOver({
      'label/__name__/values': ['wait_seconds_bucket', 'wait_seconds_sum', 'heat', 'jobs_total', 'odd'],
      metadata: {
        wait_seconds: [{ type: 'histogram', help: `How long.${'!'.repeat(400)}`, unit: 'seconds' }],
        heat: [{ type: 'gauge', help: 'Warmth.', unit: '' }],
        jobs: [{ type: 'counter', help: 'Jobs.', unit: '' }],
        odd: [{ type: 'constructor', help: 7 }],
        __proto__: 'x',
      },
    });
    const answer = await names.metrics({ limit: 100 });
    if (!answer.ok) throw new Error(answer.error.message);
    const { metrics, complete } = answer.value;
    expect(complete).toBe(true);
    expect(metrics.map(({ name, kind, from }) => [name, kind, from])).toEqual([
      ['heat', 'gauge', 'source'],
      ['jobs_total', 'counter', 'source'],
      ['odd', 'unknown', 'source'],
      ['wait_seconds_bucket', 'histogram', 'source'],
      ['wait_seconds_sum', 'counter', 'source'],
    ]);
    expect(metrics.at(-1)?.help.length).toBeLessThanOrEqual(301);
  });

  it('are known by name alone where there is no metadata', async () => {
    const { names } = await namesOver({ 'label/__name__/values': ['up'] });
    expect(await names.metrics({ limit: 10 })).toEqual({
      ok: true,
      value: {
        metrics: [{ name: 'up', kind: 'unknown', help: '', unit: '', from: 'name' }],
        complete: true,
      },
    });
  });

  it.each([
    ['no list', { a: 1 }],
    ['a list of other things', ['a', 7]],
  ])('are refused where %s comes', async (_what, data) => {
    const { names } = await namesOver({ labels: data });
    const answer = await names.labelNames({ limit: 10 });
    expect(answer).toMatchObject({ ok: false });
    expect(answer.ok ? '' : answer.error.message).toMatch(/names that are not a list|a name that is no text/);
  });
});
