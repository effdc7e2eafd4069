import { afterEach, describe, expect, it } from 'vitest';
import { inlineWorker, VirtualClock } from '../../../main/platform/index.ts';
import { METRIC_LIMITS } from '../../../main/store/index.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { startServer } from '../../support/http-server.ts';
import { openIngest } from '../../support/ingest.ts';
import { createMemorySamples, type MemorySamples } from '../../support/memory-metrics.ts';
import { metricFolder } from '../../support/metric-folder.ts';
import { expositionConfig } from '../../support/source.ts';

const START = 1_700_000_000_000;
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Two targets that go on while Midwatch comes and goes. */
async function fleet() {
  const samples = createMemorySamples();
  const body = { gw: 'a 1\nb 1\n', db: 'a 1\n' };
  const server = await startServer((heard, response) => {
    const text = heard.url === '/gw' ? body.gw : body.db;
    response.writeHead(text === '' ? 500 : 200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(text);
  });
  opened.push(() => server.close());
  const config = expositionConfig([
    { id: 'gw', url: `${server.url}/gw`, labels: { instance: 'gw' } },
    { id: 'db', url: `${server.url}/db`, labels: { instance: 'db' } },
  ]);
  /** One life of Midwatch: polls for so long, from then on. */
  const live = async (fromAt: number, forMs: number, store: MemorySamples['writer'] = samples.writer) => {
    const clock = new VirtualClock(fromAt);
    const { ingest } = openIngest(clock, [config], { store: inlineWorker('metrics', store) });
    ingest.start();
    await clock.advance(forMs);
    await ingest.stop();
  };
  const ends = (labels: Labels) =>
    samples.reader
      .select(
        Object.entries(labels).map(([name, value]) => ({ name, op: '=' as const, value })),
        0,
        9e15,
      )
      .flatMap(({ times, stale }) => [...stale].map((index) => (times[index] ?? 0) - START));
  return { samples, body, live, ends };
}

describe('a series that ended while Midwatch was down', () => {
  it('is ended at the first scrape after it, and what goes on is not', async () => {
    const { body, live, ends } = await fleet();
    await live(START, 16_000);
    body.gw = 'a 2\n';
    await live(START + 60_000, 31_000);
    expect(ends({ __name__: 'b' })).toEqual([60_000]);
    expect(ends({ __name__: 'a' })).toEqual([]);
    expect(ends({ __name__: 'up' })).toEqual([]);
  });

  it('is ended in the file as well, whether its samples wait there or are packed', async () => {
    const { body, live } = await fleet();
    const files = metricFolder()({ ...METRIC_LIMITS, packAfterSamples: 1 });
    const alive = async (fromAt: number, forMs: number) => {
      const writer = files.writer();
      await live(fromAt, forMs, writer);
      if (fromAt === START) while (writer.compact(fromAt + forMs).more);
      writer.close();
    };
    await alive(START, 16_000);
    await alive(START + 30_000, 1_000);
    body.gw = 'a 2\n';
    await alive(START + 60_000, 31_000);
    const found = files.reader().select([{ name: '__name__', op: '=~', value: 'a|b|up' }], 0, 9e15);
    const ends = found.map(({ labels, times, stale }) => [
      `${labels.__name__} ${labels.instance}`,
      [...stale].map((index) => (times[index] ?? 0) - START),
    ]);
    expect(Object.fromEntries(ends)).toEqual({
      'a gw': [],
      'a db': [],
      'up gw': [],
      'up db': [],
      'b gw': [60_000],
    });
  });

  it('of a target that is down since is ended, and that of another target is not', async () => {
    const { body, live, ends } = await fleet();
    await live(START, 16_000);
    body.gw = '';
    await live(START + 60_000, 16_000);
    expect(ends({ __name__: 'a', instance: 'gw' })).toEqual([60_000]);
    expect(ends({ __name__: 'b' })).toEqual([60_000]);
    expect(ends({ __name__: 'a', instance: 'db' })).toEqual([]);
  });

  it('has ended once, where it ended before; and one with times of its own is left alone', async () => {
    const { body, live, ends } = await fleet();
    body.gw = `a 1\nb 1\nown 5 ${START + 10_000}\n`;
    await live(START, 1_000);
    body.gw = `a 1\nown 5 ${START + 10_000}\n`;
    await live(START + 15_000, 16_000);
    expect(ends({ __name__: 'b' })).toEqual([15_000]);
    body.gw = 'a 1\n';
    await live(START + 60_000, 16_000);
    expect(ends({ __name__: 'b' })).toEqual([15_000]);
    expect(ends({ __name__: 'own' })).toEqual([]);
  });

  it('is told after the next poll where the store could not take it, and polling goes on', async () => {
    const { samples, body, live, ends } = await fleet();
    await live(START, 16_000);
    body.gw = 'a 2\n';
    let failures = 0;
    await live(START + 60_000, 16_000, {
      ...samples.writer,
      markStale(refs, at) {
        failures += 1;
        if (failures === 1) throw new Error('disk full');
        samples.writer.markStale(refs, at);
      },
    });
    expect(ends({ __name__: 'b' })).toEqual([75_000]);
  });

  it('is left as it is where what was alive before cannot be learnt', async () => {
    const { samples, body, live, ends } = await fleet();
    await live(START, 16_000);
    body.gw = 'a 2\n';
    await live(START + 60_000, 16_000, {
      ...samples.writer,
      aliveAtOpening() {
        throw new Error('disk');
      },
    });
    expect(ends({ __name__: 'b' })).toEqual([]);
  });
});
