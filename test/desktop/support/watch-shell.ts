import type { ElectronApplication } from 'playwright-core';

/** What the shell asked of the system since `watchShell`, as a program can see it on every runtime. */
export interface ShellRecord {
  readonly notifications: { title: string; body: string; silent: boolean }[];
  readonly tooltips: string[];
  readonly opened: string[];
  /** The words of the marks on the taskbar's button; null where one was taken away. */
  readonly marks: (string | null)[];
}

/** Records what goes to notifications, tray and browser. The last notification and menu stay in reach for a click. */
export async function watchShell(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ BrowserWindow, globalShortcut, Notification, Tray, shell }) => {
    const record = {
      notifications: [] as unknown[],
      tooltips: [] as string[],
      opened: [] as string[],
      marks: [] as (string | null)[],
      notes: [] as unknown[],
      menu: null as unknown,
      keys: {} as Record<string, () => void>,
    };
    (globalThis as Record<string, unknown>).shellRecord = record;
    const show = Notification.prototype.show;
    Notification.prototype.show = function (this: Electron.Notification) {
      record.notes.push(this);
      record.notifications.push({ title: this.title, body: this.body, silent: this.silent });
      show.call(this);
    };
    const tip = Tray.prototype.setToolTip;
    Tray.prototype.setToolTip = function (this: Electron.Tray, text: string) {
      record.tooltips.push(text);
      tip.call(this, text);
    };
    const setMenu = Tray.prototype.setContextMenu;
    Tray.prototype.setContextMenu = function (this: Electron.Tray, menu: Electron.Menu | null) {
      record.menu = menu;
      setMenu.call(this, menu);
    };
    for (const window of BrowserWindow.getAllWindows())
      window.setOverlayIcon = (image, words) => void record.marks.push(image === null ? null : words);
    const register = globalShortcut.register.bind(globalShortcut);
    globalShortcut.register = (keys, run) => {
      record.keys[keys] = run;
      return register(keys, run);
    };
    shell.openExternal = async (address: string) => void record.opened.push(address);
  });
}

export function shellRecord(app: ElectronApplication): Promise<ShellRecord> {
  return app.evaluate(() => {
    const { notifications, tooltips, opened, marks } = (globalThis as unknown as { shellRecord: ShellRecord })
      .shellRecord;
    return { notifications, tooltips, opened, marks };
  });
}

/** Does to the newest notification what a person does: a click, or its button of that number. */
export function actOnNotification(app: ElectronApplication, button: number | null): Promise<void> {
  return app.evaluate((_electron, index) => {
    const { notes } = (
      globalThis as unknown as { shellRecord: { notes: { emit(name: string, event: object): void }[] } }
    ).shellRecord;
    notes.at(-1)?.emit(index === null ? 'click' : 'action', { actionIndex: index ?? 0 });
  }, button);
}

/** Does what the system does when a person presses keys that the shell has asked for. */
export function pressSystemKeys(app: ElectronApplication, keys: string): Promise<boolean> {
  return app.evaluate(({ globalShortcut }, wanted) => {
    if (!globalShortcut.isRegistered(wanted)) return false;
    const { keys: asked } = (globalThis as unknown as { shellRecord: { keys: Record<string, () => void> } })
      .shellRecord;
    asked[wanted]?.();
    return true;
  }, keys);
}

/** The labels of the tray's menu, one level; a submenu's after an arrow. */
export function trayLabels(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => {
    const { menu } = (globalThis as unknown as { shellRecord: { menu: Electron.Menu | null } }).shellRecord;
    return (menu?.items ?? []).flatMap((item) => [
      item.label,
      ...(item.submenu?.items ?? []).map((one) => `→ ${one.label}`),
    ]);
  });
}

export function clickTray(app: ElectronApplication, label: string): Promise<boolean> {
  return app.evaluate((_electron, wanted) => {
    const { menu } = (globalThis as unknown as { shellRecord: { menu: Electron.Menu | null } }).shellRecord;
    const all = (menu?.items ?? []).flatMap((item) => [item, ...(item.submenu?.items ?? [])]);
    const found = all.find((one) => one.label.startsWith(wanted) && one.enabled);
    found?.click();
    return found !== undefined;
  }, label);
}

export function clickMenu(app: ElectronApplication, id: string): Promise<boolean> {
  return app.evaluate(({ Menu }, wanted) => {
    const found = Menu.getApplicationMenu()?.getMenuItemById(wanted);
    found?.click();
    return found !== null && found !== undefined;
  }, id);
}
