import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { fakeRouter } from './window/fake-router.ts';
import type { FakeState } from './window/fake-state.ts';

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** A core that speaks the real contract over a real WebSocket, with its state in memory and in the test's hands. */
export interface FakeCore {
  readonly url: string;
  readonly state: FakeState;
  /** Breaks every line at once, as a restart does; new lines are taken at once. */
  dropLines(): void;
  /** Refuses and breaks lines until told otherwise. */
  setReachable(reachable: boolean): void;
  stop(): Promise<void>;
}

export async function startFakeCore(pageFolder: string, state: FakeState): Promise<FakeCore> {
  const handler = new RPCHandler(fakeRouter(state));
  const sockets = new Set<WebSocket>();
  const upgrades = new WebSocketServer({ noServer: true });
  let reachable = true;
  const server = createServer((request, response) => void serve(pageFolder, request, response));
  server.on('upgrade', (request, socket, head) => {
    if (!reachable || request.url !== '/rpc') {
      socket.destroy();
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (line) => {
      sockets.add(line);
      line.on('close', () => sockets.delete(line));
      void handler.upgrade(line, { context: {} });
    });
  });
  const url = await listen(server);
  const dropLines = () => {
    for (const line of sockets) line.terminate();
  };
  return {
    url,
    state,
    dropLines,
    setReachable: (next) => {
      reachable = next;
      if (!next) dropLines();
    },
    stop: async () => {
      state.stop();
      dropLines();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return `http://127.0.0.1:${address.port}/`;
}

async function serve(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
  const file = path === '/' ? '/index.html' : path;
  response.setHeader('content-security-policy', POLICY);
  try {
    const body = await readFile(join(folder, file));
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
