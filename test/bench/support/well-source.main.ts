/**
 * A healthy query API on loopback that answers after as long as one across a usual network does, in a process of its own
 * so that nothing which others serve delays it. Disconnecting ends it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER_AFTER_MS = 50;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    setTimeout(() => {
      const at = Number(new URLSearchParams(body).get('time'));
      const result = [{ metric: {}, value: [at, '1'] }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    }, ANSWER_AFTER_MS);
  });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
