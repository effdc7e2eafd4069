import type { EventEmitter } from 'node:events';
import type * as Common from 'electron/common';
import type * as Real from 'electron/main';
import type { App } from './app.ts';
import type * as StandIn from './electron.ts';
import type { Menu, MenuItem } from './menu.ts';
import type { MessageChannelMain, Port } from './port.ts';
import type { Schemes } from './serve.ts';
import type { NativeTheme, Notification, Session, Tray } from './small.ts';
import type { WebContents } from './web-contents.ts';

/**
 * The compiler's proof that the stand-in offers nothing that the runtime does not have, and takes and answers what it does.
 * A member that is the stand-in's own begins with an underscore. `Partly` names members that answer a part of the real
 * thing, and so cannot be compared whole; their names are still checked.
 */
type Own<T> = Exclude<keyof T, `_${string}` | symbol | keyof EventEmitter>;
type Unknown<Mine, Theirs> = Exclude<Own<Mine>, keyof Theirs>;
type Wrong<Mine, Theirs> = {
  [Key in Own<Mine> & keyof Theirs]: Mine[Key] extends Theirs[Key] ? never : Key;
}[Own<Mine> & keyof Theirs];
type Fits<Mine, Theirs, Partly extends string = never> = [
  Unknown<Mine, Theirs>,
  Exclude<Wrong<Mine, Theirs>, Partly>,
] extends [never, never]
  ? true
  : { unknown: Unknown<Mine, Theirs>; wrong: Exclude<Wrong<Mine, Theirs>, Partly> };

type Win = InstanceType<typeof StandIn.BrowserWindow>;

/** A line that does not compile says in its error which member is unknown or wrong. */
export const fits: {
  readonly names: [
    Exclude<
      keyof typeof StandIn,
      keyof typeof Real | keyof typeof Common | 'default' | 'module.exports' | 'begin'
    >,
  ] extends [never]
    ? true
    : false;
  readonly app: Fits<App, Real.App, 'dock'>;
  readonly window: Fits<Win, Real.BrowserWindow, 'webContents' | 'close'>;
  readonly windows: Fits<
    typeof StandIn.BrowserWindow,
    typeof Real.BrowserWindow,
    'prototype' | 'getAllWindows' | 'fromWebContents' | 'getFocusedWindow'
  >;
  readonly contents: Fits<WebContents, Real.WebContents, 'postMessage' | 'setWindowOpenHandler'>;
  readonly allContents: Fits<
    typeof StandIn.webContents,
    typeof Real.webContents,
    'getAllWebContents' | 'fromId' | 'fromDevToolsTargetId'
  >;
  readonly protocol: Fits<Schemes, Real.Protocol, 'registerSchemesAsPrivileged'>;
  readonly port: Fits<Port, Real.MessagePortMain, 'postMessage'>;
  readonly channel: Fits<MessageChannelMain, Real.MessageChannelMain, 'port1' | 'port2'>;
  readonly notification: Fits<Notification, Real.Notification>;
  readonly notifications: Fits<typeof Notification, typeof Real.Notification, 'prototype'>;
  readonly tray: Fits<Tray, Real.Tray>;
  readonly menu: Fits<Menu, Real.Menu, 'items' | 'getMenuItemById'>;
  readonly menus: Fits<
    typeof Menu,
    typeof Real.Menu,
    'prototype' | 'buildFromTemplate' | 'setApplicationMenu' | 'getApplicationMenu'
  >;
  readonly menuItem: Fits<MenuItem, Real.MenuItem, 'submenu' | 'role' | 'accelerator' | 'click'>;
  readonly session: Fits<
    Session,
    Real.Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >;
  readonly powerSaveBlocker: Fits<typeof StandIn.powerSaveBlocker, Real.PowerSaveBlocker>;
  readonly safeStorage: Fits<typeof StandIn.safeStorage, Real.SafeStorage>;
  readonly shell: Fits<typeof StandIn.shell, Common.Shell>;
  readonly screen: Fits<typeof StandIn.screen, Real.Screen, 'getAllDisplays'>;
  readonly dialog: Fits<typeof StandIn.dialog, Real.Dialog, 'showMessageBox' | 'showOpenDialog'>;
  readonly globalShortcut: Fits<typeof StandIn.globalShortcut, Real.GlobalShortcut>;
  readonly nativeTheme: Fits<NativeTheme, Real.NativeTheme>;
  readonly nativeImage: Fits<typeof StandIn.nativeImage, typeof Common.nativeImage, 'createFromPath'>;
  readonly utilityProcess: Fits<typeof StandIn.utilityProcess, typeof Real.utilityProcess, 'fork'>;
} = {
  names: true,
  app: true,
  window: true,
  windows: true,
  contents: true,
  allContents: true,
  protocol: true,
  port: true,
  channel: true,
  notification: true,
  notifications: true,
  tray: true,
  menu: true,
  menus: true,
  menuItem: true,
  session: true,
  powerSaveBlocker: true,
  safeStorage: true,
  shell: true,
  screen: true,
  dialog: true,
  globalShortcut: true,
  nativeTheme: true,
  nativeImage: true,
  utilityProcess: true,
};
