import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../platform/index.ts';

/** An answer on its way to a sender. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

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

/** Writes an answer. Where the body was not read to its end the connection ends too, after a moment to read the answer. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  clock: Pick<Clock, 'setTimeout'>,
): void {
  if (response.headersSent || response.destroyed) return;
  const cut = !request.complete;
  const length = reply.body === null ? 0 : Buffer.byteLength(reply.body);
  response.writeHead(reply.status, {
    ...reply.headers,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(reply.status === 204 ? {} : { 'Content-Length': length }),
    ...(cut ? { Connection: 'close' } : {}),
  });
  response.end(reply.body ?? undefined);
  if (!cut) return;
  // What still comes is thrown away unread; closing at once would take the answer back from the sender's hands.
  request.resume();
  clock.setTimeout(() => void request.socket.destroy(), LINGER_MS);
}
