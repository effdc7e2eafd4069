import { EventEmitter } from 'node:events';
import { App } from './app.ts';
import { windowsOf } from './browser-window.ts';
import { Menu as PlainMenu, MenuItem as PlainMenuItem } from './menu.ts';
import { MessageChannelMain as Channel } from './port.ts';
import { createRuntime } from './runtime.ts';
import { Schemes } from './serve.ts';
import {
  createGlobalShortcut,
  createPowerSaveBlocker,
  createSafeStorage,
  createUtilityProcess,
  dialog as dialogs,
  nativeImage as images,
  NativeTheme,
  Notification as Note,
  shell as outside,
  Tray as PlainTray,
  PowerMonitor,
  Session,
  screen as screens,
} from './small.ts';
import { strict } from './strict.ts';

/**
 * What `import … from 'electron'` means to the application under test: the part of the runtime that its shell uses, with
 * real Chromium pages as windows. A name that is not here fails the import; a member that is not there throws.
 */
const runtime = createRuntime();
const schemes = new Schemes();
const defaultSession = new Session();
const ipc = new EventEmitter();
const plainApp: App = new App(runtime, () => windows.close());
const windows = windowsOf({
  runtime,
  app: plainApp,
  schemes,
  ipcMain: ipc,
  allow: (browser) => defaultSession._allow(browser, schemes),
});

export const app = strict('app', plainApp);
export const BrowserWindow = strict('BrowserWindow', windows.BrowserWindow);
export const webContents = strict('webContents', windows.webContents);
export const protocol = strict('protocol', schemes);
export const ipcMain = strict('ipcMain', ipc);
export const session = strict('session', { defaultSession: strict('session', defaultSession) });
export const MessageChannelMain = Channel;
export const Notification = strict('Notification', Note);
export const Tray = strict('Tray', PlainTray);
export const Menu = strict('Menu', PlainMenu);
export const MenuItem = PlainMenuItem;
export const nativeImage = strict('nativeImage', images);
export const globalShortcut = strict('globalShortcut', createGlobalShortcut());
export const nativeTheme = strict('nativeTheme', new NativeTheme());
export const powerMonitor = strict('powerMonitor', new PowerMonitor());
export const powerSaveBlocker = strict('powerSaveBlocker', createPowerSaveBlocker());
export const safeStorage = strict('safeStorage', createSafeStorage());
export const shell = strict('shell', outside);
export const screen = strict('screen', screens);
export const dialog = strict('dialog', dialogs);
export const utilityProcess = strict(
  'utilityProcess',
  createUtilityProcess(runtime, () => plainApp.isReady()),
);

const all = strict('electron', {
  app,
  BrowserWindow,
  webContents,
  protocol,
  ipcMain,
  session,
  MessageChannelMain,
  Notification,
  Tray,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  globalShortcut,
  powerMonitor,
  powerSaveBlocker,
  safeStorage,
  shell,
  screen,
  dialog,
  utilityProcess,
});
export default all;
export { all as 'module.exports' };

/** Called once by the launcher, before the application's own entry. */
export function begin(manifest: { name: string; version: string }): void {
  plainApp._begin(manifest);
}
