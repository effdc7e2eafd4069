import { Priority } from '../../shared/model/priority.ts';
import { runCommand } from '../state/command.ts';
import type { Core } from '../state/core.ts';
import { commands, worksOn } from '../state/key-table.ts';
import { routeOf } from '../state/route.ts';
import type { WindowSound } from './sound.ts';

/**
 * Runs what the desktop's own menu, tray and notifications ask of this page. They name a command of the table, an address
 * of the window or the sound of a priority, and nothing else is done for them.
 */
export function followMenu(core: Core, page: Window, sound: WindowSound): void {
  page.addEventListener('midwatch:command', (event) => {
    const wanted: unknown = event instanceof CustomEvent ? event.detail : null;
    const command = commands.find((one) => one.id === wanted);
    const { route, overlay } = core.uiStore.getState();
    if (!command || overlay !== null) return;
    if (worksOn(command, route.screen)) runCommand(core, command.id);
    else core.ui.toast('problem', `"${command.label}" does nothing on this screen.`);
  });
  page.addEventListener('midwatch:go', (event) => {
    const hash: unknown = event instanceof CustomEvent ? event.detail : null;
    if (typeof hash === 'string') core.ui.go(routeOf(hash));
  });
  page.addEventListener('midwatch:sound', (event) => {
    const asked: unknown = event instanceof CustomEvent ? event.detail : null;
    if (typeof asked !== 'object' || asked === null || !('priority' in asked) || !('answer' in asked)) return;
    const { answer } = asked;
    const priority = Priority.safeParse(asked.priority);
    if (!priority.success || typeof answer !== 'function') return;
    sound.play(priority.data).then(
      (isHeard) => answer(isHeard),
      () => answer(false),
    );
  });
}
