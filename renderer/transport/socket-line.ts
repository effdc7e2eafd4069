import { RPCLink } from '@orpc/client/websocket';
import { createApi } from './api.ts';
import type { Line, OpenLine } from './line.ts';

const OPEN_TIMEOUT_MS = 5_000;

/** Lines to the loopback host: a WebSocket at `/rpc` of the page's own origin. */
export function socketLines(page: { protocol: string; host: string }): OpenLine {
  const address = `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/rpc`;
  return (signal) => openSocket(address, signal);
}

function openSocket(address: string, signal: AbortSignal): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    // As blobs they would have to be read once more, from another process of the browser.
    socket.binaryType = 'arraybuffer';
    const refuse = (why: string) => {
      clearTimeout(timer);
      socket.close();
      reject(new Error(why));
    };
    const timer = setTimeout(() => refuse('The core did not answer within 5 s.'), OPEN_TIMEOUT_MS);
    signal.addEventListener('abort', () => refuse('The attempt was given up.'), { once: true });
    const closed = new Promise<string>((settle) => {
      socket.addEventListener('close', (event) => settle(event.reason || 'The core closed the connection.'));
    });
    socket.addEventListener('error', () => refuse('The core does not answer.'), { once: true });
    socket.addEventListener('open', () => {
      clearTimeout(timer);
      const link = new RPCLink({ websocket: socket });
      resolve({ api: createApi(link), closed, close: () => socket.close() });
    });
  });
}
