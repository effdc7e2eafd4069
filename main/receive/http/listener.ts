import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import type { Clock } from '../../platform/index.ts';
import { LINGER_MS } from './answer.ts';

/** Headers must come within this; a request whole within the next. Slower ones are answered 408 and cut. */
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 20_000;
const CHECK_EVERY_MS = 500;
const KEEP_ALIVE_MS = 60_000;
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 100;
/** Connections at one time. Prometheus holds up to 200 of them open by itself. */
const CONNECTIONS_MAX = 1_024;

export interface ListenerTimes {
  readonly headersMs: number;
  readonly requestMs: number;
}

export interface ListenerOptions {
  /** A loopback name or address. */
  readonly host: string;
  readonly port: number;
  /** `expects`: the sender waits for a go-ahead before it sends the body. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, expects: boolean) => Promise<void>;
  /** Something that was no request: broken, too slow, or its headers too large. */
  readonly onRefused: (status: number) => void;
  readonly clock: Pick<Clock, 'setTimeout'>;
  /** Shorter in tests. */
  readonly times?: ListenerTimes;
}

/** The receivers' own HTTP server, on both loopback addresses and on no other. */
export interface Listener {
  readonly port: number;
  /** The connection carried a valid token: it is not the first to go when there are too many. */
  trust(socket: Socket): void;
  connections(): number;
  close(): Promise<void>;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

/** Begins to listen. Rejects with the code `port-taken` or `not-loopback`. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  if (!LOOPBACK.has(options.host))
    throw new CodedError(
      'not-loopback',
      `The receivers listen on this machine only, and ${options.host} is another address. Nothing is received; set the host to localhost and forward to it where a sender is elsewhere.`,
    );
  const sockets = new Map<Socket, { trusted: boolean }>();
  const four = serverOf(options, sockets);
  await listen(four, '127.0.0.1', options.port);
  const servers = [four];
  const { port } = four.address() as AddressInfo;
  const six = serverOf(options, sockets);
  try {
    await listen(six, '::1', port);
    servers.push(six);
  } catch (thrown) {
    // A machine without IPv6 is fine; another program on that address would be given our senders' tokens.
    if (thrown instanceof CodedError) {
      await closeServer(four);
      throw thrown;
    }
  }
  return {
    port,
    trust: (socket) => {
      const known = sockets.get(socket);
      if (known) known.trusted = true;
    },
    connections: () => sockets.size,
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

function serverOf(options: ListenerOptions, sockets: Map<Socket, { trusted: boolean }>): Server {
  const server = createServer({
    headersTimeout: options.times?.headersMs ?? HEADERS_TIMEOUT_MS,
    requestTimeout: options.times?.requestMs ?? REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    noDelay: true,
  });
  server.maxHeadersCount = HEADERS_MAX;
  server.on('connection', (socket) => {
    makeRoom(sockets);
    sockets.set(socket, { trusted: false });
    socket.on('close', () => sockets.delete(socket));
  });
  const handle = (expects: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    options.handle(request, response, expects).catch(() => {
      // A bug of ours; the sender is told to come again, and nothing of what it sent is claimed to be stored.
      if (!response.headersSent) response.writeHead(503, { 'Retry-After': '1', Connection: 'close' });
      response.end();
      options.onRefused(503);
    });
  };
  server.on('request', handle(false));
  server.on('checkContinue', handle(true));
  server.on('clientError', (thrown: NodeJS.ErrnoException, socket) => {
    const status =
      thrown.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : thrown.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    options.onRefused(status);
    if (thrown.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    options.clock.setTimeout(() => void socket.destroy(), LINGER_MS);
  });
  return server;
}

/** Whoever has shown no token goes first, the oldest before the others: a crowd of silent connections shuts nobody out. */
function makeRoom(sockets: Map<Socket, { trusted: boolean }>): void {
  if (sockets.size < CONNECTIONS_MAX) return;
  let chosen: Socket | undefined;
  for (const [socket, { trusted }] of sockets) {
    chosen ??= socket;
    if (trusted) continue;
    chosen = socket;
    break;
  }
  if (!chosen) return;
  sockets.delete(chosen);
  chosen.destroy();
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      reject(
        thrown.code === 'EADDRINUSE'
          ? new CodedError(
              'port-taken',
              `Port ${port} on ${address} is taken by another program, so nothing can be pushed to Midwatch (${messageOf(thrown)}). Set receive.port in midwatch.yaml to a free one, or end the other program.`,
              { retryable: true },
            )
          : thrown,
      );
    });
    server.listen(port, address, () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
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
