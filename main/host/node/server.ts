import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import { type Api, serveWebSocket } from '../../api/index.ts';
import { readWindowFile, windowHeaders } from '../../app/index.ts';
import type { Clock, Logger } from '../../platform/index.ts';
import { guard } from './guard.ts';
import { createMetricsAccess, type MetricsAccess } from './metrics-access.ts';
import { createSessions, readCookie, type Sessions } from './session.ts';

/** The largest request of a window: a whole postmortem. */
const MESSAGE_MAX_BYTES = 4 * 1024 * 1024;
const WINDOWS_MAX = 32;
const METRICS_PATH = '/metrics';

export interface LoopbackOptions {
  readonly api: Api;
  /** Midwatch's own metrics in exposition. */
  readonly metrics: () => Promise<string>;
  readonly windowFolder: string;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 takes a free port. */
  readonly port: number;
  readonly actor: string;
}

/** The browser tab's side of the core: static files and one WebSocket, on the loopback addresses only. */
export interface LoopbackServer {
  readonly port: number;
  /** An address that opens the window once. */
  launchAddress(): string;
  close(): Promise<void>;
}

export async function startLoopbackServer(options: LoopbackOptions): Promise<LoopbackServer> {
  const sessions = createSessions(options.dataFolder, options.clock);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_MAX_BYTES });
  const servers: Server[] = [];
  const four = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 16 * 1024 });
  await listen(four, '127.0.0.1', options.port);
  servers.push(four);
  const { port } = four.address() as AddressInfo;
  const six = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 16 * 1024 });
  try {
    await listen(six, '::1', port);
    servers.push(six);
  } catch (thrown) {
    // A machine without IPv6, or another program on that address: the IPv4 one is enough.
    options.log.info({ problem: messageOf(thrown) }, 'not listening on ::1');
  }
  const cookieName = `midwatch_${port}`;
  const metrics = createMetricsAccess(options.dataFolder);
  const access = { sessions, metrics, cookieName, port };
  for (const server of servers) {
    server.on('request', (request, response) => {
      answer(request, response, options, access).catch((thrown: unknown) => {
        options.log.error({ problem: messageOf(thrown) }, 'a request failed');
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
    server.on('upgrade', (request, socket, head) => upgrade(request, socket, head, sockets, options, access));
  }
  return {
    port,
    launchAddress: () => `http://127.0.0.1:${port}/launch?token=${sessions.launchToken()}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      await Promise.all(servers.map((server) => closeServer(server)));
    },
  };
}

interface Access {
  readonly sessions: Sessions;
  readonly metrics: MetricsAccess;
  readonly cookieName: string;
  readonly port: number;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: LoopbackOptions,
  access: Access,
) {
  const verdict = guard(factsOf(request, false), access.port);
  const host = request.headers.host ?? '';
  if (!verdict.ok)
    return page(response, verdict.status, 'Refused', `Midwatch refused this request: ${verdict.reason}.`, {});
  const headers = windowHeaders(`'self' ws://${host}`);
  const url = new URL(request.url ?? '/', `http://${host}`);
  if (url.pathname === '/launch') {
    const cookie = access.sessions.redeem(url.searchParams.get('token') ?? '');
    if (!cookie) {
      return page(
        response,
        403,
        'This launch address was used',
        'A launch address opens the window once, within ten minutes. Take a fresh one: press Enter in the terminal where Midwatch runs, or run the command again.',
        headers,
      );
    }
    response.writeHead(303, {
      ...headers,
      Location: '/',
      'Set-Cookie': `${access.cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000`,
      'Cache-Control': 'no-store',
    });
    response.end();
    return;
  }
  const entered = access.sessions.isValid(readCookie(request.headers.cookie, access.cookieName));
  if (url.pathname === METRICS_PATH) {
    if (!entered && !access.metrics.isValid(request.headers.authorization))
      return page(response, 401, 'A token is needed', access.metrics.help, {
        ...headers,
        'WWW-Authenticate': 'Bearer',
      });
    return metricsPage(response, request.method === 'HEAD', await options.metrics());
  }
  if (!entered) {
    return page(
      response,
      403,
      'Open Midwatch from its terminal',
      'This browser has not been let in yet. Press Enter in the terminal where Midwatch runs for an address that opens the window.',
      headers,
    );
  }
  const file = await readWindowFile(options.windowFolder, url.pathname, headers);
  if (!file)
    return page(response, 404, 'Not here', 'There is no such page. Go to / for the window.', headers);
  response.writeHead(200, { ...file.headers, 'Content-Length': file.body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  sockets: WebSocketServer,
  options: LoopbackOptions,
  access: Access,
): void {
  socket.on('error', (thrown) =>
    options.log.debug({ problem: messageOf(thrown) }, 'a window connection broke'),
  );
  const verdict = guard(factsOf(request, true), access.port);
  const allowed =
    verdict.ok &&
    request.url === '/rpc' &&
    access.sessions.isValid(readCookie(request.headers.cookie, access.cookieName)) &&
    sockets.clients.size < WINDOWS_MAX;
  if (!allowed) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.on('error', (thrown) =>
      options.log.debug({ problem: messageOf(thrown) }, 'a window connection broke'),
    );
    serveWebSocket(options.api, client, { actor: options.actor });
  });
}

function factsOf(request: IncomingMessage, isUpgrade: boolean) {
  const site = request.headers['sec-fetch-site'];
  return {
    method: request.method ?? '',
    host: request.headers.host,
    origin: request.headers.origin,
    fetchSite: Array.isArray(site) ? site[0] : site,
    upgrade: isUpgrade,
  };
}

/** Written for a scrape: nothing is kept by anybody on the way. */
function metricsPage(response: ServerResponse, headOnly: boolean, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(200, {
    'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    'Content-Length': body.byteLength,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(headOnly ? undefined : body);
}

/** A plain page; its words are ours alone, nothing of the request is repeated. */
function page(
  response: ServerResponse,
  status: number,
  title: string,
  text: string,
  headers: Record<string, string>,
): void {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title} · Midwatch</title><h1>${title}</h1><p>${text}</p></html>`;
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end(body);
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      reject(
        thrown.code === 'EADDRINUSE'
          ? new CodedError(
              'port-taken',
              `Port ${port} on ${address} is taken by another program. Start with --port 0 for a free one, or end the other program.`,
            )
          : thrown,
      );
    });
    server.listen(port, address, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
