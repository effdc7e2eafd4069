import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../platform/index.ts';
import { free } from './bytes.ts';

/** An answer on its way to a sender. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

/** Of a body that was refused so much is read all the same. */
const THROWN_AWAY_MAX = 256 * 1024;
/** Told to wait so long before it sends again. */
const RETRY_AFTER_S = 1;
/** How long a refused sender may go on talking until its connection is cut: long enough to read what it was told. */
export const LINGER_MS = 500;

/** A refusal in words. OTLP wants its own form of a status, other protocols take any text. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const waits: Record<string, string> =
    status === 429 || status === 503 ? { 'Retry-After': String(RETRY_AFTER_S) } : {};
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...waits, ...headers },
    body: `${message}\n`,
  };
}

/**
 * A refusal as OTLP/HTTP has it: a `google.rpc.Status` in the request's own encoding
 * (https://opentelemetry.io/docs/specs/otlp/#failures).
 */
export function statusRefusal(reply: Reply, contentType: string): Reply {
  const message = String(reply.body ?? '').trim();
  if (contentType !== 'application/x-protobuf') {
    return {
      ...reply,
      headers: { ...reply.headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ message }),
    };
  }
  const text = Buffer.from(message);
  const length: number[] = [];
  for (let rest = text.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  // Field 2, the message, of a Status.
  const body = Buffer.concat([Buffer.from([0x12, ...length]), text]);
  return { ...reply, headers: { ...reply.headers, 'Content-Type': 'application/x-protobuf' }, body };
}

/** Writes an answer. What of the body was not read is thrown away, and its sender cut off after a moment. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  options: {
    readonly clock: Pick<Clock, 'setTimeout'>;
    /** The sender waits for a go-ahead that it did not get: what comes next on its connection has no certain meaning. */
    readonly heldBack: boolean;
  },
): void {
  if (response.headersSent || response.destroyed) return;
  const length = reply.body === null ? 0 : Buffer.byteLength(reply.body);
  response.writeHead(reply.status, {
    ...reply.headers,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(reply.status === 204 ? {} : { 'Content-Length': length }),
    ...(options.heldBack ? { Connection: 'close' } : {}),
  });
  // Closing at once, with bytes of it unread, would take the answer back from the sender's hands.
  if (!request.complete && !options.heldBack) throwAway(request);
  response.end(reply.body ?? undefined);
  if (request.complete || options.heldBack) return;
  const cancel = options.clock.setTimeout(() => void request.socket.destroy(), LINGER_MS);
  // Most often the rest is there already: ten thousand small refusals a second must not each be kept for half of one.
  request.once('end', cancel).once('close', cancel);
}

/** Reads on for a little, so that a connection with a small rest can be used again; a large rest stays where it is. */
function throwAway(request: IncomingMessage): void {
  let left = THROWN_AWAY_MAX;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    free(chunk);
    if (left < 0) request.pause();
  });
}
