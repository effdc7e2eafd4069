import { app, globalShortcut, type MenuItem, type MenuItemConstructorOptions } from 'electron';
import { messageOf } from '../../../shared/error/coded.ts';
import { Priority } from '../../../shared/model/priority.ts';
import { type Autostart, freedesktopAutostart, type Logger } from '../../platform/index.ts';
import { createKeepAwake } from './power.ts';
import type { PreferenceStore } from './preference.ts';

export interface ChoiceDeps {
  readonly preferences: PreferenceStore;
  readonly sendTestPage: (priority: Priority) => void;
  readonly summon: () => void;
  readonly log: Logger;
  readonly onChange: () => void;
}

/** A key that works while another program has the screen; taken only by choice, as it is taken from all others. */
const SUMMON_KEYS = 'CommandOrControl+Alt+M';
const KEYS_SHOWN = process.platform === 'darwin' ? '⌘⌥M' : 'Ctrl+Alt+M';
const SUMMON = `Come to the front with ${KEYS_SHOWN}, from any program`;
const SUMMON_REFUSED = `${SUMMON} (refused: another program has these keys)`;

/** What a person decides about this desktop, as items for the menu and the tray alike. */
export function createChoices(deps: ChoiceDeps): () => MenuItemConstructorOptions[] {
  const { preferences, log } = deps;
  const keepAwake = createKeepAwake();
  keepAwake.set(preferences.get().keepAwake);
  const login = loginItem();
  let wereRefused = false;
  const listen = () => {
    wereRefused = !globalShortcut.register(SUMMON_KEYS, () => deps.summon());
    if (wereRefused) log.warn({ keys: SUMMON_KEYS }, 'the system did not give the keys');
    return !wereRefused;
  };
  if (preferences.get().summonKeys) listen();
  const check = (id: string, label: string, checked: boolean, set: (on: boolean) => void) => ({
    id,
    label,
    type: 'checkbox' as const,
    checked,
    // The system has toggled it already.
    click: (item: MenuItem) => {
      try {
        set(item.checked);
      } catch (thrown) {
        log.warn({ choice: id, problem: messageOf(thrown) }, 'the system did not take the choice over');
      }
      deps.onChange();
    },
  });
  return () => [
    check('keep-awake', 'Keep this machine awake, for a shift', preferences.get().keepAwake, (on) => {
      keepAwake.set(on);
      preferences.set({ keepAwake: on });
    }),
    check('start-at-login', 'Start when I log in', login.isOn(), (on) => login.set(on)),
    check('stay-in-tray', 'Go on watching when the window is closed', preferences.get().stayInTray, (on) =>
      preferences.set({ stayInTray: on }),
    ),
    check(
      'summon-keys',
      wereRefused ? SUMMON_REFUSED : SUMMON,
      globalShortcut.isRegistered(SUMMON_KEYS),
      (on) => {
        if (!on) globalShortcut.unregister(SUMMON_KEYS);
        preferences.set({ summonKeys: on && listen() });
      },
    ),
    {
      id: 'test-page',
      label: 'Send a test page',
      submenu: Priority.options.map((one) => ({
        id: `test-page-${one}`,
        label: one,
        click: () => deps.sendTestPage(one),
      })),
    },
  ];
}

/** macOS and Windows keep it themselves. An AppImage runs from a mount that is gone after it: its file is what starts. */
function loginItem(): Autostart {
  if (process.platform === 'linux')
    return freedesktopAutostart('Midwatch', process.env.APPIMAGE ?? process.execPath, process.env);
  return {
    isOn: () => app.getLoginItemSettings().openAtLogin,
    set: (on) => app.setLoginItemSettings({ openAtLogin: on }),
  };
}
