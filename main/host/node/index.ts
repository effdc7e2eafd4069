/**
 * The host without a desktop runtime: the window is a browser tab over the loopback interface.
 * It serves the built files and one WebSocket to whoever came by a one-time launch address, and refuses every other page.
 * It also shows notifications with their sounds on the Linux desktop that it runs on, brings the window where one was pressed, and opens the default browser.
 */
export { hasDisplay, openBrowser } from './browser.ts';
export { createDesktopNotifier } from './desktop-notifier.ts';
export { createKeyringVault } from './keyring.ts';
export { type LoopbackServer, startLoopbackServer } from './server.ts';
export { createWindowClient, type WindowClient } from './window-client.ts';
