/**
 * Serves a made fleet's metrics on loopback: every series moves each second, by a seed. The parent says `break` and
 * `mend` for the fault, and disconnecting ends it. Arguments: series, seed.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { madeFleet } from './made-fleet.ts';

const [series = 2_000, seed = 1] = process.argv.slice(2).map(Number);
const fleet = madeFleet(series, seed);
const startedAt = Date.now();

const server = createServer((request, response) => {
  if (request.url !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  const body = fleet.exposition((Date.now() - startedAt) / 1_000);
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
});
process.on('message', (message) => {
  const elapsedS = (Date.now() - startedAt) / 1_000;
  if (message === 'break') fleet.break(elapsedS);
  if (message === 'mend') fleet.mend(elapsedS);
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, series: fleet.series });
});
