import { app, type MenuItem, type MenuItemConstructorOptions } from 'electron';
import { messageOf } from '../../../shared/error/coded.ts';
import { Priority } from '../../../shared/model/priority.ts';
import { type Autostart, freedesktopAutostart, type Logger } from '../../platform/index.ts';
import { createKeepAwake } from './power.ts';
import type { PreferenceStore } from './preference.ts';

export interface ChoiceDeps {
  readonly preferences: PreferenceStore;
  readonly sendTestPage: (priority: Priority) => void;
  readonly log: Logger;
  readonly onChange: () => void;
}

/** What a person decides about this desktop, as items for the menu and the tray alike. */
export function createChoices(deps: ChoiceDeps): () => MenuItemConstructorOptions[] {
  const { preferences, log } = deps;
  const keepAwake = createKeepAwake();
  keepAwake.set(preferences.get().keepAwake);
  const login = loginItem();
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
