import { afterEach, describe, expect, it } from 'vitest';
import { createScrapeApi } from '../../../main/ingest/index.ts';
import { inlineWorker, VirtualClock } from '../../../main/platform/index.ts';
import type { SourceConfig } from '../../../shared/config/source.ts';
import type { SourceStatus } from '../../../shared/model/source.ts';
import { type Answer, sendJson, sendOne, startServer } from '../../support/http-server.ts';
import { openIngest } from '../../support/ingest.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { expositionConfig, prometheusConfig } from '../../support/source.ts';

const START = 1_700_000_000_000;
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function serve(answer: Answer) {
  const server = await startServer(answer);
  opened.push(() => server.close());
  return server;
}

function begin(sources: readonly SourceConfig[], more: Parameters<typeof openIngest>[2] = {}) {
  const clock = new VirtualClock(START);
  const made = openIngest(clock, sources, more);
  opened.push(() => made.ingest.stop());
  made.ingest.start();
  const first = (): SourceStatus => {
    const [status] = made.ingest.status();
    if (!status) throw new Error('no source');
    return status;
  };
  return { clock, first, ...made };
}

const text =
  (body: () => string): Answer =>
  (_heard, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(body());
  };

describe('a source that is scraped', () => {
  it('whose names never end is refused new ones by name, and says so while the rest is watched', async () => {
    let scrape = 0;
    const server = await serve(
      text(() => {
        scrape += 1;
        return `a{n="${scrape}"} 1\nb{n="${scrape}"} 1\nsteady 1\n`;
      }),
    );
    const { clock, first, stored, ingest } = begin([
      expositionConfig([{ id: 'gw', url: `${server.url}/metrics` }], { series_limit: 3 }),
    ]);
    // Three series and the scrape's own three, four times over, are reached at the eleventh scrape.
    await clock.advance(9 * 15_000);
    expect(first()).toMatchObject({ condition: 'ok', problem: null });
    await clock.advance(3 * 15_000);
    expect(first()).toMatchObject({
      condition: 'ok',
      problem: expect.stringMatching(
        /^The local store has no room for 2 series of this source \(a\{n="13".*\}, b\{n="13".*\}\): .*the rest is\. Raise series_limit/,
      ),
      leftOut: [{ reason: 'over the limit of series', count: expect.any(Number) }],
    });
    expect(ingest.drops()).toEqual(first().leftOut);
    expect(stored('steady')).toHaveLength(13);
  });

  it('is polled each period: samples are stored before the pipeline is called', async () => {
    let count = 0;
    const server = await serve(
      text(() => {
        count += 10;
        return `requests_total ${count}\n`;
      }),
    );
    const seen: unknown[] = [];
    const { clock, stored, polled, first, ingest, local } = begin(
      [expositionConfig([{ id: 'gw', url: `${server.url}/metrics` }])],
      {
        onPolled: async (one) => {
          seen.push([one.at - START, one.outcome.kind]);
        },
      },
    );
    expect(first()).toMatchObject({ condition: 'starting', polls: 0, lastOkAt: null });
    await clock.advance(31_000);
    expect(seen).toEqual([
      [0, 'scraped'],
      [15_000, 'scraped'],
      [30_000, 'scraped'],
    ]);
    expect(polled).toEqual([]);
    expect(stored('requests_total')).toEqual([
      [START, 10],
      [START + 15_000, 20],
      [START + 30_000, 30],
    ]);
    expect(stored('up').map(([, value]) => value)).toEqual([1, 1, 1]);
    expect(first()).toMatchObject({
      condition: 'ok',
      polls: 3,
      seriesCount: 1,
      problem: null,
      lastOkAt: START + 30_000,
      nextTryAt: START + 45_000,
      targets: [{ id: 'gw', up: true }],
    });
    expect(ingest.target('fleet')).toBe(local);
    expect(ingest.target('nobody')).toBeUndefined();
  });

  it('that goes down is up 0 with its series ended, and the reason is said at once', async () => {
    let up = true;
    const server = await serve((heard, response) => {
      if (up) return text(() => 'a 1\n')(heard, response);
      response.writeHead(500);
      response.end();
    });
    const heard: string[] = [];
    const { clock, stored, polled, first, ingest } = begin([
      expositionConfig([{ id: 'gw', url: `${server.url}/metrics` }]),
    ]);
    ingest.onStatus((status) => heard.push(status.condition));
    await clock.advance(1_000);
    up = false;
    await clock.advance(15_000);
    expect(stored('a')).toEqual([
      [START, 1],
      [START + 15_000, 'stale'],
    ]);
    expect(stored('up').map(([, value]) => value)).toEqual([1, 0]);
    expect(polled.at(-1)?.outcome).toMatchObject({ kind: 'failed', problem: expect.stringContaining('500') });
    expect(first()).toMatchObject({ condition: 'unreachable', sinceAt: START + 15_000, lastOkAt: START });
    expect(heard).toContain('unreachable');
    up = true;
    await clock.advance(15_000);
    expect(first()).toMatchObject({ condition: 'ok', problem: null });
    expect(stored('a').at(-1)).toEqual([START + 30_000, 1]);
  });

  it('with one of two targets down is still watched, and says which is down', async () => {
    const server = await serve(text(() => 'a 1\n'));
    const { clock, first, stored, polled } = begin([
      expositionConfig([
        { id: 'gw', url: `${server.url}/metrics` },
        { id: 'gone', url: 'http://127.0.0.1:1/metrics' },
      ]),
    ]);
    await clock.advance(1);
    expect(first()).toMatchObject({
      condition: 'ok',
      problem: expect.stringContaining('1 of 2 targets are down (gone)'),
      targets: [
        { id: 'gw', up: true },
        { id: 'gone', up: false },
      ],
    });
    expect(
      stored('up')
        .map(([, value]) => value)
        .sort(),
    ).toEqual([0, 1]);
    expect(polled[0]?.outcome).toMatchObject({ kind: 'scraped', targetsUp: 1, targetsDown: 1 });
  });

  it('that answers with a web page, or breaks off, is a wrong answer', async () => {
    const page = await serve((_heard, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>');
    });
    const broken = await serve(text(() => 'a 1\nb{x="1" 2\n'));
    const { clock, ingest } = begin([
      expositionConfig([{ id: 'a', url: page.url }], { id: 'page' }),
      expositionConfig([{ id: 'b', url: broken.url }], { id: 'broken' }),
    ]);
    await clock.advance(1);
    const [one, two] = ingest.status();
    expect(one).toMatchObject({ condition: 'wrong-answer', problem: expect.stringContaining('text/html') });
    expect(two).toMatchObject({ condition: 'wrong-answer', problem: expect.stringContaining('line 2') });
  });

  it('shares its limit of series between its targets', async () => {
    const server = await serve(text(() => 'a 1\nb 1\nc 1\n'));
    const { clock, first } = begin([
      expositionConfig(
        [
          { id: 'one', url: `${server.url}/1`, labels: { instance: '1' } },
          { id: 'two', url: `${server.url}/2`, labels: { instance: '2' } },
        ],
        { series_limit: 5, concurrency: 1 },
      ),
    ]);
    await clock.advance(1);
    expect(first().targets.map((target) => target.up)).toEqual([true, false]);
    expect(first().targets[1]?.problem).toContain('more than 2 series');
  });

  it('whose samples cannot be kept is not watched, and the drops are counted', async () => {
    const server = await serve(text(() => 'a 1\n'));
    const samples = createMemorySamples();
    let broken = false;
    const writer = {
      ...samples.writer,
      append: (batch: Parameters<typeof samples.writer.append>[0]) => {
        if (broken) throw new Error('disk full');
        return samples.writer.append(batch);
      },
    };
    const { clock, first, ingest, polled } = begin([expositionConfig([{ id: 'gw', url: server.url }])], {
      store: inlineWorker('metrics', writer),
    });
    await clock.advance(1);
    expect(first().condition).toBe('ok');
    broken = true;
    await clock.advance(15_000);
    expect(first()).toMatchObject({ condition: 'stale', problem: expect.stringContaining('disk full') });
    expect(polled.at(-1)?.outcome.kind).toBe('failed');
    expect(ingest.drops()).toEqual([{ reason: 'the store did not take it', count: 4 }]);
    broken = false;
    await clock.advance(15_000);
    expect(first()).toMatchObject({ condition: 'ok', problem: null });
  });

  it('tells ends that the store could not take, and that a new reading thread does not know', async () => {
    let body = 'a 1\nb 1\n';
    const server = await serve(text(() => body));
    const samples = createMemorySamples();
    let broken = false;
    const writer = {
      ...samples.writer,
      markStale: (refs: Uint32Array, at: number) => {
        if (broken) throw new Error('disk full');
        samples.writer.markStale(refs, at);
      },
    };
    const scrapeApi = createScrapeApi();
    const { clock } = begin([expositionConfig([{ id: 'gw', url: server.url }])], {
      store: inlineWorker('metrics', writer),
      scrapeWorker: inlineWorker('scrape', scrapeApi),
    });
    const ends = (name: string) =>
      samples.reader
        .select([{ name: '__name__', op: '=', value: name }], 0, 9e15)
        .flatMap((series) => [...series.stale].map((index) => (series.times[index] ?? 0) - START));
    await clock.advance(1);
    body = 'a 2\n';
    broken = true;
    await clock.advance(15_000);
    expect(ends('b')).toEqual([]);
    broken = false;
    await clock.advance(15_000);
    expect(ends('b')).toEqual([15_000]);
    scrapeApi.forget(null);
    body = 'c 1\n';
    await clock.advance(15_000);
    expect(ends('a')).toEqual([45_000]);
    expect(ends('up')).toEqual([]);
  });
});

describe('a Prometheus source', () => {
  it('is polled by the pipeline’s own queries, and probed only where there were none', async () => {
    const server = await serve((_heard, response) => sendOne(response));
    let ask = true;
    const made = begin([prometheusConfig(server.url)], {
      onPolled: async ({ sourceId, at, outcome }) => {
        expect(outcome).toEqual({ kind: 'ask' });
        if (ask) await made.ingest.target(sourceId)?.instant('burn', at);
      },
    });
    await made.clock.advance(1);
    ask = false;
    await made.clock.advance(15_000);
    const asked = server.heard.map((one) => new URLSearchParams(one.body).get('query'));
    expect(asked).toEqual(['burn', 'vector(1)']);
    expect(made.first()).toMatchObject({ condition: 'ok', polls: 2, seriesCount: null, kind: 'prometheus' });
  });

  it('that refuses the password is unauthorised until "try now" finds it mended', async () => {
    let right = false;
    const server = await serve((_heard, response) =>
      right ? sendOne(response) : sendJson(response, {}, 401),
    );
    const { clock, first, ingest } = begin([prometheusConfig(server.url)]);
    await clock.advance(1);
    expect(first()).toMatchObject({ condition: 'unauthorised', nextTryAt: START + 500 });
    right = true;
    await ingest.pollNow('prom');
    expect(first()).toMatchObject({ condition: 'ok', problem: null });
    await expect(ingest.pollNow('nobody')).rejects.toMatchObject({ code: 'unknown-source' });
  });
});

describe('silence', () => {
  it('of two intervals makes a source stale, whatever it said before, and somebody hears it', async () => {
    const server = await serve(text(() => 'a 1\n'));
    const { clock, first, ingest } = begin([expositionConfig([{ id: 'gw', url: server.url }])]);
    await clock.advance(1);
    const heard: string[] = [];
    ingest.onStatus((status) => heard.push(status.condition));
    ingest.suspend();
    await clock.advance(29_000);
    expect(first().condition).toBe('ok');
    await clock.advance(1_000);
    expect(heard).toEqual(['stale']);
    expect(first()).toMatchObject({ condition: 'stale', sinceAt: START + 30_000, nextTryAt: null });
    expect(first().problem).toContain('no poll has ended well for 30 s');
  });

  it('from the very start is stale as well, where a poll never ends', async () => {
    const server = await serve(text(() => 'a 1\n'));
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { clock, first, ingest } = begin([expositionConfig([{ id: 'gw', url: server.url }])], {
      onPolled: () => held,
    });
    const poll = ingest.pollNow('fleet');
    clock.jump(30_000);
    expect(first().condition).toBe('stale');
    release();
    await poll;
  });

  it('caused by a pipeline that fails is stale too: nothing was decided', async () => {
    const server = await serve(text(() => 'a 1\n'));
    const { clock, first } = begin([expositionConfig([{ id: 'gw', url: server.url }])], {
      onPolled: async () => {
        throw new Error('a bug');
      },
    });
    await clock.advance(40_000);
    expect(first()).toMatchObject({ condition: 'stale', polls: 3 });
  });
});

describe('sleep', () => {
  it('counts the ticks that were missed, and catches up once', async () => {
    const server = await serve(text(() => 'a 1\n'));
    const { clock, first, ingest } = begin([expositionConfig([{ id: 'gw', url: server.url }])]);
    await clock.advance(1);
    clock.jump(100_000);
    expect(first().condition).toBe('stale');
    await clock.advance(1);
    expect(first()).toMatchObject({ condition: 'ok', polls: 2, missedTicks: 5 });
    expect(ingest.missedTicks()).toBe(5);
    expect(ingest.pollingLagMs()).toBe(10_001);
  });

  it('that was announced misses nothing and polls once on waking', async () => {
    const server = await serve(text(() => 'a 1\n'));
    const { clock, first, ingest } = begin([expositionConfig([{ id: 'gw', url: server.url }])]);
    await clock.advance(1);
    ingest.suspend();
    clock.jump(3_600_000);
    ingest.resume();
    await clock.advance(1);
    expect(first()).toMatchObject({ condition: 'ok', polls: 2, missedTicks: 0 });
    await clock.advance(15_000);
    expect(first().polls).toBe(3);
  });
});

describe('another configuration', () => {
  it('leaves unchanged sources running, ends the series of those that go, and begins the new', async () => {
    const server = await serve(text(() => 'a 1\n'));
    const source = (id: string, more: object = {}) =>
      expositionConfig([{ id: 'gw', url: `${server.url}/${id}` }], { id, ...more });
    const { clock, ingest, stored } = begin([source('stays'), source('goes')]);
    await clock.advance(1);
    await ingest.replaceSources([source('comes'), source('stays')]);
    await clock.advance(1);
    expect(ingest.status().map((one) => [one.id, one.polls])).toEqual([
      ['comes', 1],
      ['stays', 1],
    ]);
    expect(stored('a').filter(([, value]) => value === 'stale')).toHaveLength(1);
    await clock.advance(15_000);
    expect(server.heard.filter((one) => one.url === '/goes')).toHaveLength(1);
    expect(server.heard.filter((one) => one.url === '/stays')).toHaveLength(2);
  });
});

describe('stopping', () => {
  it('breaks off what is under way and does not call it the target’s failure', async () => {
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = await serve(() => arrived());
    const { ingest, stored, polled } = begin([expositionConfig([{ id: 'gw', url: server.url }])]);
    const poll = ingest.pollNow('fleet');
    await arrival;
    await ingest.stop();
    await poll;
    expect(stored('up')).toEqual([]);
    expect(polled).toEqual([]);
  });
});
