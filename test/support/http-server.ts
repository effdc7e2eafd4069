import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly heard: Heard[];
  close(): Promise<void>;
}

export type Answer = (request: Heard, response: ServerResponse) => void | Promise<void>;

/** A real HTTP (or, with `tls`, HTTPS) server on a free port that answers as it is told and keeps what it heard. */
export async function startServer(answer: Answer, tls?: ServerOptions): Promise<TestServer> {
  const heard: Heard[] = [];
  const listen = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one: Heard = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    heard.push(one);
    heardOf.set(response, one);
    await answer(one, response);
  };
  const server = tls ? createSecureServer(tls, listen) : createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** The time that a query asks for, in seconds, whichever way it was sent. */
export function askedTime({ url, body }: Heard): number {
  return Number(
    new URLSearchParams(body).get('time') ?? new URL(url, 'http://here').searchParams.get('time'),
  );
}

const heardOf = new WeakMap<ServerResponse, Heard>();

/** What a Prometheus answers to `vector(1)`. */
export function sendOne(response: ServerResponse): void {
  const heard = heardOf.get(response);
  sendJson(response, {
    status: 'success',
    data: { resultType: 'vector', result: [{ metric: {}, value: [heard ? askedTime(heard) : 0, '1'] }] },
  });
}
