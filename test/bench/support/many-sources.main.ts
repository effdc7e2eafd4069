/**
 * A query API on loopback with as many addresses as it is asked for, each the base of one source, in a process of its own.
 * It counts the queries of each, tells the count when it is asked, and ends when disconnected.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

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
    const value = (asked.get('query') ?? '').startsWith('vector') ? '1' : '0.01';
    const result = Array.from({ length: 10 }, (_, i) => ({
      metric: { instance: `i${i}` },
      value: [at, value],
    }));
    const answered = value === '1' ? [{ metric: {}, value: [at, value] }] : result;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: answered } }));
  });
});
process.on('disconnect', () => process.exit(0));
process.on('message', () => process.send?.({ queries }));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
