import type { Core } from './core.ts';
import type { CommandId } from './key-table.ts';

/** What the table's commands do on this screen. */
export const signalCommands: Partial<Record<CommandId, (core: Core) => void>> = {
  'go-signals': (core) => {
    if (core.uiStore.getState().route.screen !== 'signals') core.signal.enter();
  },
  'run-query': (core) => core.signal.run(),
  'add-panel': (core) => core.signal.addPanel(),
  'build-query': (core) => core.signal.open('build'),
  'browse-signals': (core) => core.signal.open('catalogue'),
  'copy-link': (core) => void core.signal.copyLink(),
  'save-board': (core) => core.signal.open('save-board'),
};
