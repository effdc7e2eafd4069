import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Severity } from '../../shared/model/priority.ts';
import { type ObjectiveSort, URGENT_FIRST } from './objective-table.ts';
import { hashOf, type Route, routeOf } from './route.ts';

export type Theme = 'system' | 'dark' | 'light';

/** What is open over the screen. One at a time. */
export type Overlay =
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'note'; readonly incidentId: string }
  | { readonly kind: 'severity'; readonly incidentId: string; readonly proposed: Severity | null }
  | { readonly kind: 'phase'; readonly incidentId: string }
  | { readonly kind: 'open-incident' }
  | { readonly kind: 'escalate' | 'rearm'; readonly alertId: string }
  | { readonly kind: 'new-silence'; readonly matchers: string }
  | { readonly kind: 'new-objective' }
  | { readonly kind: 'report' }
  | {
      readonly kind: 'confirm-step';
      readonly runId: string;
      readonly stepId: string;
      readonly type: string;
      /** What will be sent, with its real arguments. */
      readonly request: string;
      readonly retry: boolean;
    }
  | { readonly kind: 'observe-step'; readonly runId: string; readonly stepId: string }
  | { readonly kind: 'text'; readonly title: string; readonly text: string; readonly note: string };

/** A short message about something that was done or refused. */
export interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'problem';
  readonly text: string;
}

export type NotificationPermission = 'unknown' | 'default' | 'granted' | 'denied';

export interface UiState {
  readonly route: Route;
  readonly theme: Theme;
  readonly overlay: Overlay | null;
  /** Selected entry of the queue, by its key. */
  readonly queueKey: string | null;
  readonly objectiveId: string | null;
  readonly objectiveSort: ObjectiveSort;
  readonly toasts: readonly Toast[];
  /** Requests that are under way, by what they are about, for busy buttons. */
  readonly busy: ReadonlySet<string>;
  readonly permission: NotificationPermission;
  readonly dismissedAsk: boolean;
}
export type UiStore = StoreApi<UiState>;

export function createUiStore(hash: string, theme: Theme, sort: ObjectiveSort = URGENT_FIRST): UiStore {
  return createStore<UiState>()(() => ({
    route: routeOf(hash),
    theme,
    overlay: null,
    queueKey: null,
    objectiveId: null,
    objectiveSort: sort,
    toasts: [],
    busy: new Set(),
    permission: 'unknown',
    dismissedAsk: false,
  }));
}

/**
 * The state at another place. What is said of a screen goes with it: over the next one a problem would look like its own.
 * A success says it for seconds only, and often of what led here.
 */
export function arrival(state: UiState, route: Route): Pick<UiState, 'route' | 'toasts'> {
  const left = placeOf(route) !== placeOf(state.route);
  return { route, toasts: left ? state.toasts.filter((one) => one.tone === 'ok') : state.toasts };
}

/** Without what is chosen inside a screen: that is still what a problem was said of. */
function placeOf(route: Route): string {
  return route.screen === 'incident' ? `${route.screen}/${route.id ?? ''}` : route.screen;
}

/** What the window shows and where; the address follows. */
export interface UiActions {
  go(route: Route): void;
  open(overlay: Overlay): void;
  close(): void;
  toast(tone: Toast['tone'], text: string): void;
  dismiss(id: number): void;
}

export function uiActions(
  store: UiStore,
  setHash: (hash: string) => void,
  later: (ms: number, run: () => void) => void,
): UiActions {
  let lastToast = 0;
  const dismiss = (id: number) =>
    store.setState((state) => ({ toasts: state.toasts.filter((one) => one.id !== id) }));
  return {
    go: (route) => {
      store.setState((state) => ({ ...arrival(state, route), overlay: null }));
      setHash(hashOf(route));
    },
    open: (overlay) => store.setState({ overlay }),
    close: () => store.setState({ overlay: null }),
    dismiss,
    toast: (tone, text) => {
      lastToast += 1;
      const id = lastToast;
      store.setState((state) => ({ toasts: [...state.toasts.slice(-3), { id, tone, text }] }));
      // A problem stays until it is read; a success has said what it had to say.
      if (tone === 'ok') later(5_000, () => dismiss(id));
    },
  };
}
