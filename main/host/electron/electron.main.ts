import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  ipcMain,
  MessageChannelMain,
  Notification,
  net,
  protocol,
  session,
  shell,
} from 'electron';
import { messageOf } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Page } from '../../../shared/model/notification.ts';
import { serveMessagePort } from '../../api/index.ts';
import { type App, startApp } from '../../app/index.ts';
import { createLogger, launchNodeChild } from '../../platform/index.ts';
import { fileForAddress, isOwnAddress, ORIGIN, responseHeaders } from './address.ts';

/** The desktop's host: one window over the built files, one message port to the core, and the system's notifications. */
const here = fileURLToPath(new URL('.', import.meta.url));
const windowFolder = join(here, '..', 'renderer');
const preloadPath = join(here, '..', 'preload', 'preload.cjs');
const log = createLogger('info');

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: false } },
]);

let core: App | undefined;
let window: BrowserWindow | undefined;

function openWindow(hash = ''): void {
  if (window) {
    if (window.isMinimized()) window.restore();
    window.focus();
    if (hash) void window.loadURL(`${ORIGIN}/index.html${hash}`);
    return;
  }
  const opened = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    backgroundColor: '#0f1116',
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    },
  });
  window = opened;
  opened.on('closed', () => {
    window = undefined;
  });
  opened.webContents.setWindowOpenHandler(({ url }) => {
    if (/^(https|mailto):/.test(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  opened.webContents.on('will-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault();
  });
  opened.webContents.on('render-process-gone', () => opened.reload());
  void opened.loadURL(`${ORIGIN}/index.html${hash}`);
}

function showNotification(page: Page): Promise<Result<'shown', string>> {
  if (!Notification.isSupported()) return Promise.resolve(err('This desktop shows no notifications.'));
  return new Promise((resolve) => {
    const note = new Notification({
      title: page.title,
      body: page.body,
      silent: !page.sound,
      urgency: page.priority === 'P0' ? 'critical' : 'normal',
    });
    note.on('click', () => openWindow(page.incidentId ? `#/incident/${page.incidentId}` : ''));
    note.on('show', () => resolve(ok('shown')));
    note.on('failed', (_event, problem) => resolve(err(problem)));
    note.show();
  });
}

function guardSession(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  protocol.handle('app', async (request) => {
    const file = fileForAddress(windowFolder, request.url);
    if (!file) return new Response('Not here', { status: 404 });
    const found = await net.fetch(file.href);
    return new Response(found.body, { status: found.status, headers: responseHeaders(file) });
  });
  ipcMain.on('midwatch:ready', (event) => {
    const frame = event.senderFrame;
    if (!core || !frame || frame.parent || !isOwnAddress(frame.url)) return;
    const { port1, port2 } = new MessageChannelMain();
    serveMessagePort(core.api, port1, { actor: core.actor });
    port1.start();
    event.sender.postMessage('midwatch:port', null, [port2]);
  });
}

async function start(): Promise<void> {
  const [command, ...args] = process.argv.slice(app.isPackaged ? 1 : 2);
  await app.whenReady();
  guardSession();
  core = await startApp({
    host: 'electron',
    demo: command === 'demo',
    workspace: args.find((arg) => !arg.startsWith('-')),
    dataFolder: undefined,
    notifier: { show: showNotification },
    launchChild: launchNodeChild,
    log,
    onProgress: (text) => log.info({}, text),
    greeting: () => 'Its window is open on this desktop.',
  });
  openWindow();
}

app.on('second-instance', () => openWindow());
app.on('window-all-closed', () => app.quit());
app.on('web-contents-created', (_event, contents) =>
  contents.on('will-attach-webview', (event) => event.preventDefault()),
);
app.on('before-quit', (event) => {
  const running = core;
  if (!running) return;
  event.preventDefault();
  core = undefined;
  running.stop().then(
    () => app.quit(),
    (thrown: unknown) => {
      log.error({ problem: messageOf(thrown) }, 'the core did not stop in order');
      app.exit(1);
    },
  );
});

if (app.requestSingleInstanceLock()) {
  start().catch((thrown: unknown) => {
    console.error(messageOf(thrown));
    app.exit(1);
  });
} else app.quit();
