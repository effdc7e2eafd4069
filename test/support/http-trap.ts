import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Caught {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came: signatures cover bytes. */
  readonly text: string;
}

/** A real HTTP server that keeps what comes as it came. `answer` decides what each request gets; by default 202. */
export interface HttpTrap {
  readonly url: string;
  readonly caught: Caught[];
  json(at: number): Record<string, unknown>;
  answer: (response: ServerResponse, count: number) => void;
  close(): Promise<void>;
}

export async function openHttpTrap(): Promise<HttpTrap> {
  const caught: Caught[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      caught.push({ method, path: url, headers, text: Buffer.concat(chunks).toString('utf8') });
      trap.answer(response, caught.length);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const trap: HttpTrap = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    caught,
    json: (at) => JSON.parse(caught[at]?.text ?? 'null') as Record<string, unknown>,
    answer: (response) => response.writeHead(202).end(),
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return trap;
}
