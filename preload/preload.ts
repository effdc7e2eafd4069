import { ipcRenderer } from 'electron';

/**
 * Hands the page one message port and nothing else. The port travels by `window.postMessage`: `contextBridge` carries none.
 * Only the main frame asks, and only a page of our own origin is given it.
 */
if (window.self === window.top) {
  ipcRenderer.on('midwatch:port', (event) => {
    const [port] = event.ports;
    if (port) window.postMessage({ type: 'midwatch:port' }, window.location.origin, [port]);
  });
  window.addEventListener('message', (event) => {
    const asks = event.source === window && event.origin === window.location.origin;
    if (asks && (event.data as { type?: unknown } | null)?.type === 'midwatch:ready')
      ipcRenderer.send('midwatch:ready');
  });
}
