import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../main/platform/index.ts';
import { startServer } from '../../support/http-server.ts';
import { openPushing, pushConfig } from '../../support/pushing.ts';
import { expositionConfig } from '../../support/source.ts';

type Pushing = Awaited<ReturnType<typeof openPushing>>;
const opened: { close(): Promise<unknown> }[] = [];

async function open(...args: Parameters<typeof openPushing>): Promise<Pushing> {
  const pushing = await openPushing(...args);
  opened.push(pushing);
  pushing.ingest.start();
  return pushing;
}

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a sample that is pushed', () => {
  it('is stored before its sender is answered, and decided on without waiting for a tick', async () => {
    const pushing = await open([pushConfig('orders', { expect_every: '1h', evaluate_every: '10s' })]);
    // The first tick only looks.
    await until(() => pushing.polled.length === 1);
    expect(await pushing.gauge('orders', 'queue_length', 7)).toBe(200);
    expect(pushing.stored('queue_length')).toEqual([7]);
    // The tick took this turn: within evaluate_every the next evaluation waits.
    expect(pushing.status('orders').lastOkAt).not.toBeNull();
  });

  it('is decided on at once after a pause, and many within evaluate_every together', async () => {
    const clock = new VirtualClock(Date.now());
    const pushing = await open([pushConfig('orders', { expect_every: '1m', evaluate_every: '1s' })], {
      clock,
    });
    await clock.advance(0);
    const looked = pushing.polled.length;
    await clock.advance(5_000);
    await pushing.gauge('orders', 'a', 1, clock.now());
    await until(() => pushing.polled.length === looked + 1);
    expect(pushing.polled.at(-1)?.outcome).toEqual({ kind: 'received', samples: 1 });
    for (let i = 2; i < 6; i += 1) await pushing.gauge('orders', 'a', i, clock.now() + i);
    expect(pushing.polled).toHaveLength(looked + 1);
    await clock.advance(1_000);
    await until(() => pushing.polled.length === looked + 2);
    expect(pushing.polled.at(-1)?.outcome).toEqual({ kind: 'received', samples: 4 });
    expect(pushing.status('orders')).toMatchObject({
      condition: 'ok',
      seriesCount: 1,
      problem: null,
      decisionDelay: { decisions: 5 },
    });
  });

  it('is refused while the store does not take it, so that its sender sends it again', async () => {
    let down = true;
    const pushing = await open([pushConfig('orders')], {
      store: (writer) => ({
        ...writer,
        append: (batch) => {
          if (down) throw new Error('disk full');
          return writer.append(batch);
        },
      }),
    });
    const at = Date.now();
    expect(await pushing.gauge('orders', 'a', 1, at)).toBe(503);
    expect(pushing.status('orders')).toMatchObject({
      condition: 'stale',
      problem: expect.stringContaining('could not be stored: disk full'),
    });
    down = false;
    expect(await pushing.gauge('orders', 'a', 1, at)).toBe(200);
    expect(pushing.stored('a')).toEqual([1]);
    expect(pushing.status('orders').condition).toBe('ok');
  });

  it('of a series that the store has let go is numbered anew at the next try', async () => {
    let forget = false;
    const pushing = await open([pushConfig('orders')], {
      store: (writer) => ({
        ...writer,
        append: (batch) => {
          if (!forget) return writer.append(batch);
          forget = false;
          return { accepted: 0, duplicates: 0, outOfOrder: 0, unknown: batch.refs.length };
        },
      }),
    });
    const at = Date.now();
    await pushing.gauge('orders', 'a', 1, at);
    forget = true;
    expect(await pushing.gauge('orders', 'a', 2, at + 1)).toBe(503);
    expect(await pushing.gauge('orders', 'a', 2, at + 1)).toBe(200);
    expect(pushing.stored('a')).toEqual([1, 2]);
  });

  it('of more series than the source may have is refused by their names, and the rest is watched', async () => {
    const pushing = await open([pushConfig('orders', { series_limit: 2 })]);
    const gauge = (name: string) => ({
      name,
      gauge: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asDouble: 1 }] },
    });
    const answer = await pushing.send('orders', '/v1/metrics', {
      resourceMetrics: [{ scopeMetrics: [{ metrics: ['a', 'b', 'c', 'd'].map(gauge) }] }],
    });
    expect(await answer.json()).toMatchObject({
      partialSuccess: { rejectedDataPoints: '2', errorMessage: expect.stringContaining('limit of 2 series') },
    });
    await expect
      .poll(() => pushing.status('orders'))
      .toMatchObject({
        condition: 'ok',
        problem: expect.stringMatching(
          /^orders sends more than its 2 series.*latest c\{\}, d\{\}.*Raise series_limit \(2\)/,
        ),
        leftOut: [{ reason: "over this source's limit of 2 series", count: 2 }],
      });
    expect([pushing.stored('a'), pushing.stored('d')]).toEqual([[1], []]);
  });

  it('of a request that is refused whole is counted by its reason, and is no sign of life', async () => {
    const pushing = await open([pushConfig('orders')]);
    expect(await pushing.gauge('orders', 'a', 1, Date.now() + 3_600_000)).toBe(200);
    const reason = "a time more than 10 min ahead of this machine's clock";
    await expect.poll(() => pushing.status('orders').leftOut).toEqual([{ reason, count: 1 }]);
    expect(pushing.ingest.drops()).toEqual([{ reason, count: 1 }]);
    expect(pushing.status('orders')).toMatchObject({ condition: 'starting', lastOkAt: null });
  });

  it('of a series over the limit is refused by the series’ name', async () => {
    const pushing = await open([pushConfig('orders')], {
      store: (writer) => ({
        ...writer,
        register: (labels) => ({
          refs: new Uint32Array(labels.length),
          refused: labels.map((one) => ({ labels: one, reason: 'full' })),
        }),
      }),
    });
    await pushing.gauge('orders', 'a', 1, Date.now(), { user: '"x' });
    const status = pushing.status('orders');
    expect(status.problem).toContain('1 series of orders were refused, the latest a{user="\\"x"}');
    expect(status.leftOut).toEqual([{ reason: 'over the limit of series', count: 1 }]);
    expect(pushing.ingest.drops()).toContainEqual({ reason: 'over the limit of series', count: 1 });
  });
});

describe('a sender that is silent', () => {
  it('makes its source blind after two of the times in which something is due, and not before', async () => {
    const clock = new VirtualClock(Date.now());
    const pushing = await open([pushConfig('orders', { expect_every: '15s' })], { clock });
    const heard: string[] = [];
    pushing.ingest.onStatus((status) => heard.push(status.condition));
    await clock.advance(0);
    await pushing.gauge('orders', 'a', 1, clock.now());
    await until(() => pushing.status('orders').condition === 'ok');
    await clock.advance(29_999);
    expect(pushing.status('orders').condition).toBe('ok');
    await clock.advance(1);
    expect(pushing.status('orders')).toMatchObject({ condition: 'stale' });
    expect(pushing.status('orders').problem).toContain('Nothing has arrived from orders for 30 s');
    expect(heard.at(-1)).toBe('stale');
    expect(await pushing.gauge('orders', 'a', 2, clock.now())).toBe(200);
    await until(() => pushing.status('orders').condition === 'ok');
    expect(heard).toContain('ok');
  });

  it('that never sent is blind too', async () => {
    const clock = new VirtualClock(Date.now());
    const pushing = await open([pushConfig('orders', { expect_every: '15s' })], { clock });
    expect(pushing.status('orders').condition).toBe('starting');
    await clock.advance(31_000);
    expect(pushing.status('orders').condition).toBe('stale');
  });

  it('is looked at by a tick, so that its blindness is decided on', async () => {
    const clock = new VirtualClock(Date.now());
    const pushing = await open([pushConfig('orders', { expect_every: '15s' })], { clock });
    await clock.advance(45_000);
    expect(pushing.polled.length).toBeGreaterThanOrEqual(3);
    expect(pushing.polled.at(-1)?.outcome).toEqual({ kind: 'received', samples: 0 });
  });
});

describe('the same series by two ways', () => {
  it('is counted from the first, and the status of the other names it', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('jobs_total 5\n');
    });
    opened.push(server);
    const clock = new VirtualClock(Date.now());
    const pulled = expositionConfig([{ id: 'one', url: `${server.url}/metrics` }], { id: 'pulled' });
    const labels = pulled.targets[0]?.labels ?? {};
    const pushing = await open([pulled, pushConfig('pushed', { labels })], { clock });
    await clock.advance(0);
    await until(() => pushing.status('pulled').condition === 'ok');
    expect(await pushing.gauge('pushed', 'jobs_total', 99, clock.now() + 1)).toBe(200);
    expect(pushing.stored('jobs_total')).toEqual([5]);
    expect(pushing.status('pushed').leftOut).toEqual([
      { reason: 'from pushed, of a series that pulled brings and owns', count: 1 },
    ]);
    expect(pushing.ingest.drops()).toContainEqual({
      reason: 'from pushed, of a series that pulled brings and owns',
      count: 1,
    });
  });
});

describe('what comes beside samples', () => {
  it('is handed on before the sender is answered; where that fails, the sender sends again', async () => {
    let refuse = true;
    const seen: string[] = [];
    const pushing = await open([pushConfig('orders')], {
      onReported: async (reported) => {
        if (refuse) throw new Error('the log is full');
        seen.push(...reported.changes.map((one) => one.what));
      },
    });
    const event = { service: 'orders', from: 'v1', to: 'v2' };
    const first = await pushing.send('orders', '/events', event);
    expect(first.status).toBe(503);
    expect(await first.text()).toContain('the log is full');
    refuse = false;
    expect((await pushing.send('orders', '/events', event)).status).toBeLessThan(300);
    expect(seen).toEqual(['orders v1 → v2']);
  });
});
