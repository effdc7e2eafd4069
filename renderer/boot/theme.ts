import type { Core } from '../state/core.ts';
import type { Theme } from '../state/ui.ts';

const KEY = 'midwatch-theme';

export function storedTheme(storage: Storage): Theme {
  const stored = storage.getItem(KEY);
  return stored === 'dark' || stored === 'light' ? stored : 'system';
}

/** Puts the chosen theme on the page and remembers it; *system* leaves the choice to the browser. */
export function followTheme(core: Core, root: HTMLElement, storage: Storage): void {
  const show = (theme: Theme) => {
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  show(core.uiStore.getState().theme);
  core.uiStore.subscribe((state, before) => {
    if (state.theme === before.theme) return;
    show(state.theme);
    storage.setItem(KEY, state.theme);
  });
}
