import { afterEach, describe, expect, it } from 'vitest';
import type { ScrapeApi } from '../../../main/ingest/index.ts';
import {
  silentLogger,
  startWorker,
  systemClock,
  VirtualClock,
  type WorkerHandle,
} from '../../../main/platform/index.ts';
import { startServer } from '../../support/http-server.ts';
import { openIngest } from '../../support/ingest.ts';
import { expositionConfig } from '../../support/source.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function startScrapeWorker(): WorkerHandle<ScrapeApi> {
  const worker = startWorker<ScrapeApi>({
    name: 'scrape',
    entry: new URL('../../../main/ingest/scrape.worker.ts', import.meta.url),
    init: null,
    clock: systemClock(),
    log: silentLogger(),
  });
  opened.push(() => worker.stop());
  return worker;
}

describe('the reading thread', () => {
  it('reads thousands of series, hostile labels byte for byte, and survives its own death', async () => {
    let round = 0;
    const hostile = [
      '__proto__="x"',
      'a="<img src=x onerror=alert(1)>"',
      'a="$(rm -rf /)"',
      'a="\u202e\u0000é💥"',
    ];
    const server = await startServer((_heard, response) => {
      round += 1;
      const many = Array.from({ length: 2000 }, (_, i) => `m{i="${i}"} ${i * round}`);
      const odd = hostile.map((labels) => `odd{${labels}} ${round}`);
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end([...many, ...odd, round === 1 ? 'gone 1' : ''].join('\n'));
    });
    opened.push(() => server.close());
    const worker = startScrapeWorker();
    const clock = new VirtualClock(1_700_000_000_000);
    const { ingest, samples, stored, polled } = openIngest(
      clock,
      [expositionConfig([{ id: 'gw', url: server.url }])],
      { scrapeWorker: worker },
    );
    opened.push(() => ingest.stop());
    ingest.start();
    await clock.advance(1);
    expect(polled[0]?.outcome).toMatchObject({ kind: 'scraped', samples: 2008 });
    const odd = samples.reader.select([{ name: '__name__', op: '=', value: 'odd' }], 0, 9e15);
    expect(
      odd
        .map(
          (series) => series.labels.a ?? Object.entries(series.labels).find(([n]) => n === '__proto__')?.[1],
        )
        .sort(),
    ).toEqual(['x', '<img src=x onerror=alert(1)>', '$(rm -rf /)', '\u202e\u0000é💥'].sort());

    const died = new Promise<void>((resolve) =>
      worker.onChange((health) => health.condition === 'dead' && resolve()),
    );
    await worker.kill();
    await died;
    await clock.advance(15_000);
    expect(polled[1]?.outcome).toMatchObject({
      kind: 'failed',
      problem: expect.stringContaining('scrape worker'),
    });
    expect(ingest.status()[0]?.condition).toBe('stale');

    await new Promise<void>((resolve) => {
      if (worker.health().condition === 'ok') resolve();
      else worker.onChange((health) => health.condition === 'ok' && resolve());
    });
    await clock.advance(15_000);
    expect(ingest.status()[0]).toMatchObject({ condition: 'ok', seriesCount: 2004 });
    expect(stored('gone').map(([, value]) => value)).toEqual([1, 'stale']);
    expect(stored('m')).toHaveLength(4000);
  });
});
