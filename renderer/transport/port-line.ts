import { RPCLink } from '@orpc/client/message-port';
import { createApi } from './api.ts';
import type { Line, OpenLine } from './line.ts';

const ANSWER_TIMEOUT_MS = 10_000;
/** Said by the window when it listens and wants a port; the preload answers with one. */
export const WINDOW_READY = 'midwatch:ready';
export const PORT_HANDED = 'midwatch:port';

/** Collects the ports that the preload hands over, also those that come before anybody asks. */
export interface PortInbox {
  /** True once the preload has handed one over: then this page never uses a socket. */
  seen(): boolean;
  readonly open: OpenLine;
}

export function listenForPorts(page: Window): PortInbox {
  const waiting: MessagePort[] = [];
  let wanted: ((port: MessagePort) => void) | null = null;
  let seen = false;
  page.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== page || event.origin !== page.location.origin || !isHandOver(event.data)) return;
    const port = event.ports[0];
    if (!port) return;
    seen = true;
    if (wanted) wanted(port);
    else waiting.push(port);
  });
  const ask = () => page.postMessage({ type: WINDOW_READY }, page.location.origin);
  ask();
  return {
    seen: () => seen,
    open: (signal) =>
      new Promise((resolve, reject) => {
        const done = (port: MessagePort) => {
          clearTimeout(timer);
          wanted = null;
          resolve(lineOver(port));
        };
        const give = (why: string) => {
          clearTimeout(timer);
          wanted = null;
          reject(new Error(why));
        };
        const timer = setTimeout(() => give('The core did not answer within 10 s.'), ANSWER_TIMEOUT_MS);
        signal.addEventListener('abort', () => give('The attempt was given up.'), { once: true });
        // The newest port is the one that a living core handed over; older ones may be of a page before this.
        const newest = waiting.splice(0).at(-1);
        if (newest) return done(newest);
        wanted = done;
        ask();
      }),
  };
}

function isHandOver(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === PORT_HANDED;
}

function lineOver(port: MessagePort): Line {
  const closed = new Promise<string>((settle) => {
    port.addEventListener('close', () => settle('The core closed the connection.'));
  });
  const link = new RPCLink({ port });
  port.start();
  return { api: createApi(link), closed, close: () => port.close() };
}
