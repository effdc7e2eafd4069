import {
  app,
  type MenuItemConstructorOptions as Item,
  Menu,
  type NativeImage,
  nativeImage,
  Tray,
} from 'electron';
import type { Incident } from '../../../shared/model/incident.ts';
import type { Situation } from '../../../shared/model/situation.ts';

export interface TrayActions {
  readonly open: (incidentId: string | null) => void;
  readonly acknowledge: (incidentId: string) => void;
  /** Zero ends the snooze. */
  readonly snooze: (minutes: number) => void;
  readonly snoozedUntil: () => number | null;
  readonly choices: () => Item[];
  /** The mark on the taskbar's button, with its words; null takes it away. */
  readonly mark: (image: NativeImage | null, words: string) => void;
}

/** The icon in the tray with its menu, and the badge on the dock or taskbar. */
export interface TrayView {
  show(situation: Situation): void;
  destroy(): void;
}

const LISTED_MAX = 10;

export function createTray(icons: string, actions: TrayActions): TrayView {
  const imageOf = (icon: Situation['icon']) => nativeImage.createFromPath(`${icons}/tray-${icon}.png`);
  const tray = new Tray(imageOf('blind'));
  tray.on('click', () => actions.open(null));
  let drawn = '';
  return {
    show(situation) {
      const { count, icon } = situation;
      const until = actions.snoozedUntil();
      const words = until === null ? situation.words : `${situation.words}, quiet until ${clockTime(until)}`;
      const menu = trayMenu({ ...situation, words }, until !== null, actions);
      // Menus and images are drawn by the system: only what changed is handed over.
      const next = JSON.stringify([icon, count, menu]);
      if (next === drawn) return;
      drawn = next;
      app.setBadgeCount(count);
      actions.mark(icon === 'quiet' ? null : imageOf(icon), words);
      tray.setImage(imageOf(icon));
      tray.setTitle(count === 0 ? '' : String(count));
      tray.setToolTip(`Midwatch: ${words}`);
      tray.setContextMenu(Menu.buildFromTemplate(menu));
    },
    destroy: () => tray.destroy(),
  };
}

function trayMenu({ words, open }: Situation, isSnoozed: boolean, actions: TrayActions): Item[] {
  return [
    { label: label(words), enabled: false },
    { type: 'separator' },
    ...open.slice(0, LISTED_MAX).map((one) => incidentItem(one, actions)),
    { label: 'Open Midwatch', click: () => actions.open(null) },
    { type: 'separator' },
    { label: 'Snooze for 15 minutes: no sound but for P0', click: () => actions.snooze(15) },
    { label: 'Snooze for 1 hour: no sound but for P0', click: () => actions.snooze(60) },
    { label: 'End the snooze', enabled: isSnoozed, click: () => actions.snooze(0) },
    { type: 'separator' },
    ...actions.choices(),
    { label: 'Quit Midwatch', click: () => app.quit() },
  ];
}

function incidentItem(one: Incident, { acknowledge, open }: TrayActions): Item {
  const isNew = one.acknowledgedAt === null;
  const said = isNew ? 'Acknowledge' : `Acknowledged by ${label(one.acknowledgedBy ?? 'somebody')}`;
  const submenu = [
    { label: said, enabled: isNew, click: () => acknowledge(one.id) },
    { label: 'Open', click: () => open(one.id) },
  ];
  return { label: label(`${one.severity} ${one.name}: ${one.title}`), submenu };
}

/** Titles come from labels: cut, and without the ampersand that menus read as an access key. */
function label(text: string): string {
  return text.slice(0, 100).replaceAll('&', '&&');
}

function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}
