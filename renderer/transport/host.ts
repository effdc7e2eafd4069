import type { OpenLine } from './line.ts';
import { listenForPorts } from './port-line.ts';
import { socketLines } from './socket-line.ts';

const PORT_GRACE_MS = 200;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/**
 * The line of whichever host shows this page. A port that was handed over wins; a page that came over HTTP and is
 * handed none speaks to the server it came from; any other page waits for its port.
 */
export function linesOfHost(page: Window): OpenLine {
  const ports = listenForPorts(page);
  const sockets = /^https?:$/.test(page.location.protocol) ? socketLines(page.location) : null;
  // A loopback page never gets a port: it need not wait for one.
  let graceLeftMs = LOOPBACK.test(page.location.hostname) ? 0 : PORT_GRACE_MS;
  return async (signal) => {
    if (!sockets) return ports.open(signal);
    for (; graceLeftMs > 0 && !ports.seen(); graceLeftMs -= 10)
      await new Promise((resolve) => page.setTimeout(resolve, 10));
    return ports.seen() ? ports.open(signal) : sockets(signal);
  };
}
