import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { writeHistory } from '../../../main/app/history.ts';
import { inlineWorker, silentLogger } from '../../../main/platform/index.ts';
import type { LogApi } from '../../../main/store/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

const NOW = 1_700_000_000_000;
const ALL = [{ name: '__name__', op: '=~', value: '.+' }] as const;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** A fleet whose history a test writes; by default one counter per service, on the asked grid. */
async function fleet(write?: (response: ServerResponse, asked: Asked) => void) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    const one = {
      from: Number(query.get('from')),
      to: Number(query.get('to')),
      step: Number(query.get('step')),
    };
    asked.push(one);
    if (write) write(response, one);
    else response.end(['gateway', 'ranking'].map((service) => lineOf(service, one)).join(''));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function lineOf(service: string, { from, to, step }: Asked): string {
  const times: number[] = [];
  for (let at = from; at < to; at += step) times.push(at);
  return `${JSON.stringify({ labels: { __name__: 'requests_total', service }, times, values: times.map((at) => (at - from) / 1000) })}\n`;
}

function bench(address: string) {
  const store = createMemorySamples();
  const settings = new Map<string, string>();
  const clock = { at: NOW, now: () => clock.at };
  const log: Pick<LogApi, 'getSetting' | 'putSetting'> = {
    getSetting: (key) => settings.get(key) ?? null,
    putSetting: (key, value) => void settings.set(key, value),
  };
  return {
    store,
    clock,
    write: () =>
      writeHistory({
        fleetAddress: address,
        store: inlineWorker('metric', store.writer).call,
        settings: inlineWorker('log', log).call,
        clock,
        log: silentLogger(),
        labelsOf: (service) => ({ instance: `${service}:80` }),
      }),
    series: () => store.reader.select(ALL, 0, NOW + DAY_MS),
  };
}

describe('the demo’s history', () => {
  it('is a month in five-minute steps and its last day in one-minute steps', async () => {
    const { asked, address } = await fleet();
    const { write } = bench(address);
    const { samples } = await write();
    expect(asked).toEqual([
      { from: NOW - 30 * DAY_MS, to: NOW - 26 * HOUR_MS, step: 5 * MINUTE_MS },
      { from: NOW - 26 * HOUR_MS, to: NOW - MINUTE_MS, step: MINUTE_MS },
    ]);
    const coarse = (30 * 24 - 26) * 12;
    const fine = 26 * 60 - 1;
    expect(samples).toBe(2 * (coarse + fine));
  });

  it('carries the labels that scrapes give, so that it continues in the same series', async () => {
    const { address } = await fleet();
    const { write, series } = bench(address);
    await write();
    expect(series().map(({ labels }) => labels.instance)).toEqual(['gateway:80', 'ranking:80']);
  });

  it('is not written again, and a hole of hours is filled from the newest sample on', async () => {
    const { asked, address } = await fleet();
    const { write, clock } = bench(address);
    await write();
    asked.length = 0;
    clock.at = NOW + 5 * MINUTE_MS;
    expect(await write()).toEqual({ samples: 0 });
    expect(asked).toEqual([]);
    clock.at = NOW + 3 * HOUR_MS;
    const { samples } = await write();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ to: clock.at - MINUTE_MS, step: MINUTE_MS });
    expect(asked[0]?.from).toBeGreaterThan(NOW - 10 * MINUTE_MS);
    expect(samples).toBeGreaterThan(0);
  });

  it('that broke off in the middle says so, and is whole after the next start', async () => {
    let answers = 0;
    const { asked, address } = await fleet((response, one) => {
      answers += 1;
      response.write(lineOf('gateway', one));
      if (answers === 2) setTimeout(() => response.destroy(), 50);
      else response.end(lineOf('ranking', one));
    });
    const { write, series } = bench(address);
    await expect(write()).rejects.toMatchObject({
      code: 'history-broken',
      message: expect.stringContaining('Start the demo again'),
    });
    asked.length = 0;
    await write();
    const [gateway, ranking] = series();
    expect(gateway?.times.length).toBe(ranking?.times.length);
    expect(asked[0]?.from).toBe(NOW - 30 * DAY_MS);
  });

  it('that ended between two series leaves no hole for ever', async () => {
    let broken = true;
    const { address } = await fleet((response, one) => {
      response.write(lineOf('gateway', one));
      if (broken) setTimeout(() => response.destroy(), 50);
      else response.end(lineOf('ranking', one));
    });
    const { write, series, store } = bench(address);
    // As if the process had been killed after gateway was stored up to the present.
    const line = JSON.parse(lineOf('gateway', { from: NOW - DAY_MS, to: NOW, step: MINUTE_MS }));
    store.writer.backfill([
      {
        labels: { ...line.labels, instance: 'gateway:80' },
        times: Float64Array.from(line.times),
        values: Float64Array.from(line.values),
        synthetic: true,
      },
    ]);
    await expect(write()).rejects.toMatchObject({ code: 'history-broken' });
    broken = false;
    await write();
    expect(series().map(({ labels }) => labels.service)).toEqual(['gateway', 'ranking']);
    for (const one of series()) expect(one.times[0]).toBe(NOW - 30 * DAY_MS);
  });

  it('is written anew where the samples were lost and the log was not', async () => {
    const { asked, address } = await fleet();
    const first = bench(address);
    await first.write();
    asked.length = 0;
    const fresh = createMemorySamples();
    Object.assign(first.store, fresh);
    await first.write();
    expect(asked[0]?.from).toBe(NOW - 30 * DAY_MS);
  });

  it('carries gaps as no number, and reads lines however the body is cut', async () => {
    const line = `${JSON.stringify({ labels: { __name__: 'µ_accuracy' }, times: [NOW - 1000, NOW], values: [0.5, null] })}\n`;
    const { address } = await fleet((response) => {
      const bytes = Buffer.from(line);
      const cut = bytes.indexOf('µ') + 1;
      response.write(bytes.subarray(0, cut));
      setTimeout(() => response.end(bytes.subarray(cut)), 20);
    });
    const { write, series } = bench(address);
    await write();
    expect(series()[0]?.labels.__name__).toBe('µ_accuracy');
    expect([...(series()[0]?.values ?? [])]).toEqual([0.5, Number.NaN]);
  });

  it.each([
    ['an error', (response: ServerResponse) => response.writeHead(500).end('out of order'), 'out of order'],
    ['something else than JSON', (response: ServerResponse) => response.end('<html>\n'), 'not JSON'],
    [
      'a line without end',
      (response: ServerResponse) => response.end('x'.repeat(5 * 1024 * 1024)),
      'too long',
    ],
  ])('that is %s is refused by name', async (_what, write, said) => {
    const { address } = await fleet(write);
    await expect(bench(address).write()).rejects.toMatchObject({
      code: 'history-refused',
      message: expect.stringContaining(said),
    });
  });
});
