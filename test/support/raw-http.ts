import { connect, type Socket } from 'node:net';

/** What a raw socket was told, and when after its last byte was sent. */
export interface RawAnswer {
  /** 0 where the connection ended without a word. */
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

/** Sends bytes as they are, in the given pieces, and answers the first response. */
export async function sendRaw(
  port: number,
  pieces: readonly (string | Uint8Array)[],
  options: { readonly pauseMs?: number; readonly waitMs?: number } = {},
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  const heard: Buffer[] = [];
  let answeredAt = 0;
  socket.on('data', (chunk) => {
    answeredAt ||= performance.now();
    heard.push(chunk);
  });
  // A reset while we are still talking is an answer too: status 0.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  let sentAt = performance.now();
  for (const piece of pieces) {
    if (socket.destroyed || answeredAt > 0) break;
    await write(socket, piece);
    sentAt = performance.now();
    if (options.pauseMs) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
  }
  const endAt = performance.now() + (options.waitMs ?? 10_000);
  while (answeredAt === 0 && !socket.destroyed && performance.now() < endAt)
    await new Promise((resolve) => setTimeout(resolve, 2));
  socket.destroy();
  const text = Buffer.concat(heard).toString('latin1');
  const [, status = '0'] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
  return {
    status: Number(status),
    text,
    tookMs: answeredAt === 0 ? Number.NaN : Math.max(0, answeredAt - sentAt),
  };
}

function write(socket: Socket, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (socket.write(piece)) resolve();
    else {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    }
  });
}

export function head(
  port: number,
  path: string,
  headers: Readonly<Record<string, string | number>>,
  method = 'POST',
): string {
  const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map(([n, v]) => `${n}: ${v}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
