import { Menu, type MenuItemConstructorOptions } from 'electron';
import { type Command, commands } from '../../../shared/model/command.ts';

export interface MenuActions {
  /** Has the window do what the command of that name does there. */
  readonly run: (id: Command['id']) => void;
  readonly choices: () => MenuItemConstructorOptions[];
}

/** The menu bar: the commands of the palette in the same groups with the same keys, and the system's usual ones. */
export function setMenu(actions: MenuActions, isDemo: boolean): void {
  const groups = [...new Set(offered(isDemo).map((one) => one.group))];
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    { label: 'Midwatch', submenu: [...actions.choices(), { type: 'separator' }, { role: 'quit' }] },
    { role: 'editMenu' },
    ...groups.map((group) => ({
      label: group,
      submenu: offered(isDemo)
        .filter((one) => one.group === group)
        .map((one) => itemOf(one, actions)),
    })),
    {
      label: 'View',
      submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** What only moves inside a screen, or acts on the place where the cursor stands, is no use in a menu. */
function offered(isDemo: boolean): readonly Command[] {
  return commands.filter(
    (one) =>
      (!one.hidden || one.id === 'palette') &&
      one.id !== 'edit' &&
      (isDemo || one.group !== 'Break something'),
  );
}

/** The page binds the keys, so the menu only names them: a bare letter as an accelerator would eat what is typed. */
function itemOf(command: Command, { run }: MenuActions): MenuItemConstructorOptions {
  const click = () => run(command.id);
  const { keys, label } = command;
  if (keys === null) return { id: command.id, label, click };
  if (!keys.startsWith('$mod+')) return { id: command.id, label: `${label}   (${keys})`, click };
  const accelerator = `CommandOrControl+${keys.slice('$mod+'.length).toUpperCase()}`;
  return { id: command.id, label, accelerator, registerAccelerator: false, click };
}
