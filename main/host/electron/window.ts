import { BrowserWindow, type NativeImage, nativeTheme, screen } from 'electron';
import { WINDOW_MIN, windowBounds } from '../../../shared/model/window-bounds.ts';
import type { Clock, Logger } from '../../platform/index.ts';
import { ORIGIN } from './address.ts';
import type { PreferenceStore } from './preference.ts';

export interface WindowDeps {
  readonly preload: string;
  readonly icon: string;
  readonly preferences: PreferenceStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly withDevTools: boolean;
}

/** The one window: there or not, and always about the same core. */
export interface MainWindow {
  /** Brings it to the front, opens it where it is not, and goes to the address inside it. */
  show(hash?: string): void;
  /** Marks its button on the taskbar, where the system has such (Windows). */
  mark(image: NativeImage | null, words: string): void;
  /** Has the page run a command of the table. */
  run(command: string): void;
}

/** A page that crashes more often in a minute will crash again: then it waits for a person. */
const CRASHES_MAX = 3;
const CRASH_SPAN_MS = 60_000;

export function createMainWindow(deps: WindowDeps): MainWindow {
  let window: BrowserWindow | undefined;
  let marked: Parameters<MainWindow['mark']> = [null, ''];
  nativeTheme.on('updated', () => window?.setBackgroundColor(background()));
  const tell = (name: 'midwatch:go' | 'midwatch:command', detail: string) => {
    // The page listens for these two names; the text goes in as JSON, so it can be nothing but text.
    const event = `window.dispatchEvent(new CustomEvent('${name}', { detail: ${JSON.stringify(detail)} }))`;
    window?.webContents
      .executeJavaScript(event)
      .catch(() => deps.log.warn({ name }, 'the window did not hear'));
  };
  const show = (hash = '') => {
    if (!window) {
      window = openWindow(deps).once('closed', () => {
        window = undefined;
      });
      window.setOverlayIcon(...marked);
      void window.loadURL(`${ORIGIN}/index.html${hash}`);
      return;
    }
    if (hash) tell('midwatch:go', hash);
    if (window.isMinimized()) window.restore();
    if (window.webContents.isCrashed()) window.webContents.reload();
    window.show();
    window.focus();
  };
  return {
    show,
    mark(...mark) {
      marked = mark;
      window?.setOverlayIcon(...mark);
    },
    run(command) {
      show();
      tell('midwatch:command', command);
    },
  };
}

/** What stands behind the page until it is painted: `--surface-0` of the theme that the system has. */
const background = () => (nativeTheme.shouldUseDarkColors ? '#0a0d12' : '#eef0f4');

function openWindow(deps: WindowDeps): BrowserWindow {
  const { preferences } = deps;
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...windowBounds(preferences.get().bounds, screens),
    minWidth: WINDOW_MIN.width,
    minHeight: WINDOW_MIN.height,
    backgroundColor: background(),
    icon: deps.icon,
    webPreferences: {
      preload: deps.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      // Its dictionaries come from the network.
      spellcheck: false,
      devTools: deps.withDevTools,
    },
  });
  if (preferences.get().maximised) window.maximize();
  window.on('close', () =>
    preferences.set({ bounds: window.getNormalBounds(), maximised: window.isMaximized() }),
  );
  recoverFromCrashes(window, deps);
  return window;
}

/** Loads the page again where it was: its address holds the place, the core holds the state. */
function recoverFromCrashes({ webContents }: BrowserWindow, { clock, log }: WindowDeps): void {
  let crashes: number[] = [];
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    crashes = [...crashes.filter((at) => clock.now() - at < CRASH_SPAN_MS), clock.now()];
    log.error(
      { reason, crashes: crashes.length },
      'the window’s process ended; the watch goes on without it',
    );
    if (crashes.length <= CRASHES_MAX) webContents.reload();
  });
}
