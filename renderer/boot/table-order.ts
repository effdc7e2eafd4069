import type { Core } from '../state/core.ts';
import { type ObjectiveSort, sortOfText, textOfSort } from '../state/objective-table.ts';

const KEY = 'midwatch-objectives-order';

/** How the objectives stood last in this browser; the most urgent first where nobody has chosen, or nothing can be read. */
export function storedSort(storage: Pick<Storage, 'getItem'>): ObjectiveSort {
  return sortOfText(storage.getItem(KEY) ?? '');
}

/** Remembers how the objectives are sorted. */
export function followSort(core: Pick<Core, 'uiStore'>, storage: Pick<Storage, 'setItem'>): void {
  core.uiStore.subscribe(({ objectiveSort }, before) => {
    if (objectiveSort !== before.objectiveSort) storage.setItem(KEY, textOfSort(objectiveSort));
  });
}
