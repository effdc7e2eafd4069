import { describe, expect, it } from 'vitest';
import { followSort, storedSort } from '../../../../renderer/boot/table-order.ts';
import {
  type ObjectiveSort,
  sortOfText,
  textOfSort,
  URGENT_FIRST,
} from '../../../../renderer/state/objective-table.ts';
import { createUiStore, uiActions } from '../../../../renderer/state/ui.ts';

function actions() {
  const store = createUiStore('#/incident/a', 'system');
  return {
    store,
    ui: uiActions(
      store,
      () => undefined,
      () => undefined,
    ),
  };
}

describe('messages', () => {
  it('of a problem go with the screen that they are about; a success stays for its seconds', () => {
    const { store, ui } = actions();
    ui.toast('problem', 'It could not be acknowledged.');
    ui.toast('ok', 'Note added.');
    ui.go({ screen: 'incident', id: 'a', tab: 'postmortem' });
    expect(store.getState().toasts).toHaveLength(2);
    ui.go({ screen: 'incident', id: 'b', tab: 'response' });
    expect(store.getState().toasts.map((one) => one.tone)).toEqual(['ok']);
    ui.toast('problem', 'There is no draft.');
    ui.go({ screen: 'triage' });
    expect(store.getState().toasts.map((one) => one.text)).toEqual(['Note added.']);
  });

  it('of a problem stay while only what is chosen on the screen changes', () => {
    const { store, ui } = actions();
    ui.go({ screen: 'objectives', id: null });
    ui.toast('problem', 'It cannot be saved.');
    ui.go({ screen: 'objectives', id: 'gateway', tab: 'what-if' });
    expect(store.getState().toasts).toHaveLength(1);
  });
});

describe('the order of the objectives', () => {
  const sorts: readonly ObjectiveSort[] = [
    { column: 'name', descending: true },
    { column: 'burn', windowMs: 3_600_000, descending: true },
    { column: 'exhaustion', descending: false },
  ];

  it('is remembered as it was chosen', () => {
    const kept = new Map<string, string>();
    const { store } = actions();
    followSort({ uiStore: store }, { setItem: (key, value) => void kept.set(key, value) });
    for (const sort of sorts) {
      store.setState({ objectiveSort: sort });
      expect(storedSort({ getItem: (key) => kept.get(key) ?? null })).toEqual(sort);
      expect(sortOfText(textOfSort(sort))).toEqual(sort);
    }
  });

  it('is the most urgent first where nothing can be read', () => {
    for (const text of ['', 'size up', 'burn up', 'name 5 up', 'name sideways', 'burn 99999999999999999 up'])
      expect(sortOfText(text)).toEqual(URGENT_FIRST);
    expect(storedSort({ getItem: () => null })).toEqual(URGENT_FIRST);
  });
});
