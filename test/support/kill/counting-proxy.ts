import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** One control request as it arrived at the fleet's door. */
export interface ControlRequest {
  readonly path: string;
  readonly body: string;
  readonly key: string;
}

/** Stands before the fleet: passes everything on and keeps every request that could act. */
export interface CountingProxy {
  readonly address: string;
  readonly control: ControlRequest[];
  close(): Promise<void>;
}

/** `delayMs` is drawn before and after each control request: a kill finds it on its way more often. */
export async function startCountingProxy(fleet: string, delayMs: () => number): Promise<CountingProxy> {
  const control: ControlRequest[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/';
    const body = await textOf(request);
    const acts = path.startsWith('/control/') && request.method !== 'GET';
    if (acts) {
      control.push({ path, body, key: String(request.headers['idempotency-key'] ?? '') });
      await wait(delayMs());
    }
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const onward = forward(`${fleet}${path}`, {
      method: request.method,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const answered = await textOf(answer);
    if (acts) await wait(delayMs());
    response.writeHead(answer.statusCode ?? 502, {
      'content-type': answer.headers['content-type'] ?? 'text/plain',
    });
    response.end(answered);
  };
  const server = createServer((request, response) => {
    // Whoever asked may be dead by now; what arrived was passed on all the same.
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    control,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
