import { createStore, type StoreApi } from 'zustand/vanilla';
import { EMPTY_PANEL, PANELS_MAX, type SignalView, viewOf, viewText, withoutPanel } from './signal-view.ts';
import type { UiActions, UiStore } from './ui.ts';

/** What stands beside the panels. */
export type SignalAside = 'catalogue' | 'build' | 'save-board' | 'save-as' | null;

export interface SignalDeskState {
  /** What is typed and was not run yet, by the panel's place. */
  readonly drafts: ReadonlyMap<number, string>;
  readonly aside: SignalAside;
  /** The panel that the aside works on. */
  readonly panel: number;
  /** Counts the runs: the same expression may be asked again. */
  readonly runs: number;
  /** Ranges to go back to, the youngest last: each zoom leaves one. */
  readonly zoomedFrom: readonly SignalView['range'][];
}

/** What the person does on the Signals screen. What is shown lives in the address; this is only what is not run yet. */
export interface SignalDesk {
  readonly store: StoreApi<SignalDeskState>;
  view(): SignalView;
  /** Goes to the screen as it was left. */
  enter(): void;
  show(view: SignalView): void;
  /** Puts what was typed into the panels and asks for all of them. */
  run(): void;
  type(panel: number, text: string): void;
  addPanel(expression?: string, unit?: string): void;
  removePanel(panel: number): void;
  open(aside: SignalAside, panel?: number): void;
  zoom(fromAt: number, toAt: number): void;
  resetZoom(): void;
  copyLink(): Promise<void>;
}

const FIRST: SignalDeskState = {
  drafts: new Map(),
  aside: null,
  panel: 0,
  runs: 0,
  zoomedFrom: [],
};

export function createSignalDesk(uiStore: UiStore, ui: UiActions): SignalDesk {
  const store = createStore<SignalDeskState>()(() => FIRST);
  let last = '';
  uiStore.subscribe(({ route }) => {
    if (route.screen !== 'signals' || route.view === last) return;
    store.setState(({ drafts }) => ({ drafts: stillTyped(drafts, viewOf(last), viewOf(route.view)) }));
    last = route.view;
  });
  const view = () => {
    const { route } = uiStore.getState();
    return viewOf(route.screen === 'signals' ? route.view : last);
  };
  const show = (next: SignalView) => ui.go({ screen: 'signals', view: viewText(next) });
  const desk: SignalDesk = {
    store,
    view,
    show,
    enter: () => ui.go({ screen: 'signals', view: last }),
    run: () => {
      show(withDrafts(view(), store.getState().drafts));
      store.setState(({ runs }) => ({ runs: runs + 1, drafts: new Map() }));
    },
    type: (panel, text) => store.setState(({ drafts }) => ({ drafts: new Map(drafts).set(panel, text) })),
    addPanel: (expression = '', unit = '') => {
      const now = withDrafts(view(), store.getState().drafts);
      const [first] = now.panels;
      const panel = { ...EMPTY_PANEL, source: first?.source ?? '', expression, unit };
      if (now.panels.length === 1 && first?.expression === '') return void show({ ...now, panels: [panel] });
      if (now.panels.length >= PANELS_MAX)
        return ui.toast('problem', `A board holds at most ${PANELS_MAX} panels. Remove one first.`);
      show({ ...now, panels: [...now.panels, panel] });
    },
    removePanel: (panel) => {
      store.setState({ drafts: new Map() });
      show(withoutPanel(withDrafts(view(), store.getState().drafts), panel));
    },
    open: (aside, panel = 0) =>
      store.setState((state) => ({ aside: state.aside === aside ? null : aside, panel })),
    zoom: (fromAt, toAt) => {
      if (toAt - fromAt < 1_000) return;
      const now = view();
      store.setState(({ zoomedFrom }) => ({ zoomedFrom: [...zoomedFrom.slice(-19), now.range] }));
      show({ ...now, range: { kind: 'between', fromAt, toAt } });
    },
    resetZoom: () => {
      const [first] = store.getState().zoomedFrom;
      if (first) show({ ...view(), range: first });
      store.setState({ zoomedFrom: [] });
    },
    copyLink: () => copyLink(ui, show, () => withDrafts(view(), store.getState().drafts)),
  };
  return desk;
}

/** What was typed over an expression that is another now, as after a board was opened, is typed no more. */
function stillTyped(drafts: SignalDeskState['drafts'], before: SignalView, now: SignalView) {
  return new Map([...drafts].filter(([at]) => before.panels[at]?.expression === now.panels[at]?.expression));
}

function withDrafts(view: SignalView, drafts: SignalDeskState['drafts']): SignalView {
  const panels = view.panels.map((panel, at) => ({
    ...panel,
    expression: (drafts.get(at) ?? panel.expression).trim(),
  }));
  return { ...view, panels };
}

async function copyLink(ui: UiActions, show: SignalDesk['show'], view: () => SignalView): Promise<void> {
  // What was typed and not run belongs to what one wants to show.
  show(view());
  const address = location.href;
  try {
    await navigator.clipboard.writeText(address);
    ui.toast('ok', 'The link is copied: it draws the same panels and range.');
  } catch {
    ui.open({
      kind: 'text',
      title: 'Link to these panels',
      text: address,
      note: 'This browser does not let the window copy. Select the text and copy it.',
    });
  }
}
