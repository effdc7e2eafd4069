/**
 * A query API on loopback with as many addresses as it is asked for, each the base of one source, in a process of its own.
 * It counts the queries of each, tells the count when it is asked, and ends when disconnected.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const INSTANCES = ['a:80', 'b:80', 'c:80'];
let queries = 0;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    queries += 1;
    const asked = new URLSearchParams(body === '' ? (request.url ?? '').split('?')[1] : body);
    const at = Number(asked.get('time'));
    const expression = asked.get('query') ?? '';
    const sample = (metric: Record<string, string>, value: string) => ({ metric, value: [at, value] });
    const result = expression.startsWith('vector')
      ? [sample({}, '1')]
      : expression.includes('build_info')
        ? [sample({ __name__: 'shop_build_info', job: 'shop', version: 'v1' }, '1')]
        : expression.startsWith('up')
          ? []
          : INSTANCES.map((instance) => sample({ instance }, '0.01'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
});
// As Prometheus does, whose limit for a request is that for an idle connection, too.
server.keepAliveTimeout = 300_000;
process.on('disconnect', () => process.exit(0));
process.on('message', () => process.send?.({ queries }));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
