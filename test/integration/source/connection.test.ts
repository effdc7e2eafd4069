import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/platform/index.ts';
import { createHttpClient } from '../../../main/source/http/client.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { prometheusConfig, secretsOf } from '../../support/source.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function countingServer() {
  let connections = 0;
  const server = createServer((_request, response) => response.end('here'));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
  };
}

describe('the connection of a source', () => {
  it('is kept from poll to poll, and left behind where the machine slept', async () => {
    const server = await countingServer();
    let sleptMs = 0;
    const clock = { ...systemClock(), now: () => Date.now() + sleptMs };
    const connection = prometheusConfig(server.url);
    const client = createHttpClient({ connection, clock, readSecret: secretsOf({}) });
    ends.push(() => client.close());
    const ask = async () => {
      const answer = await client.send({ url: server.url, method: 'GET', headers: {}, timeoutMs: 5_000 });
      expect(answer).toMatchObject({ ok: true, value: { status: 200 } });
    };
    for (let i = 0; i < 10; i += 1) await ask();
    const before = server.connections();
    // One may be opened beside the first while that is being given back.
    expect(before).toBeLessThanOrEqual(2);
    sleptMs = 2 * MINUTE_MS;
    for (let i = 0; i < 10; i += 1) await ask();
    expect(server.connections()).toBeGreaterThan(before);
    expect(server.connections()).toBeLessThanOrEqual(2 * before + 2);
  });
});
