import { ipcRenderer } from 'electron';

/**
 * Hands the page one message port each time it says that it is ready, and nothing else. The port travels by `window.postMessage`:
 * `contextBridge` carries none. Only the top frame may ask; whether its page is ours is for the other side to judge.
 */
const READY = 'midwatch:ready';
const HANDED = 'midwatch:port';

if (window.self === window.top) {
  ipcRenderer.on(HANDED, (event) => {
    const [port] = event.ports;
    if (port) window.postMessage({ type: HANDED }, window.location.origin, [port]);
  });
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const isOwn = event.source === window && event.origin === window.location.origin;
    if (isOwn && isReady(event.data)) ipcRenderer.send(READY);
  });
}

function isReady(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === READY;
}
