// Shows notifications and brings the window back when one is clicked. Caches nothing, fetches nothing.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.hash ?? '#/triage'));
});

async function open(hash) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const window = windows[0];
  if (!window) return self.clients.openWindow(`./${hash}`);
  window.postMessage({ type: 'midwatch:open', hash });
  return window.focus();
}
