import { EventEmitter } from 'node:events';
import type { NativeImage } from 'electron/common';
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron/main';
import { type App, stoppable } from './app.ts';
import type { Browser } from './cdp.ts';
import type { Runtime } from './runtime.ts';
import type { PausedRequest, Schemes } from './serve.ts';
import { WebContents } from './web-contents.ts';

export interface WindowDeps {
  readonly runtime: Runtime;
  readonly app: App;
  readonly schemes: Schemes;
  readonly ipcMain: EventEmitter;
  /** Sets what pages are allowed, before the first one loads. */
  readonly allow: (browser: Browser) => Promise<void>;
}

type Preferences = NonNullable<BrowserWindowConstructorOptions['webPreferences']>;
/** What the stand-in cannot weaken, and so must never be asked to. */
const MUST: readonly [keyof Preferences, boolean | undefined, string][] = [
  ['sandbox', true, 'sandboxed pages only'],
  ['contextIsolation', true, 'isolated preloads only'],
  ['nodeIntegration', false, 'no Node in a page'],
  ['nodeIntegrationInWorker', false, 'no Node in a worker'],
  ['nodeIntegrationInSubFrames', false, 'no Node in a frame'],
  ['webSecurity', true, 'the same-origin policy on'],
  ['allowRunningInsecureContent', false, 'no insecure content'],
  ['webviewTag', false, 'no webview'],
  ['experimentalFeatures', false, 'no experimental features'],
  ['plugins', false, 'no plugins'],
];

/** Makes the class of windows; each is a real page of a real Chromium. */
export function windowsOf(deps: WindowDeps) {
  const all = new Set<Win>();
  const bySession = new Map<string, WebContents>();
  const byTarget = new Map<string, Win>();
  let creating: Promise<unknown> = Promise.resolve();

  class Win extends EventEmitter {
    static getAllWindows = (): Win[] => [...all];
    static fromWebContents = (contents: WebContents): Win | null =>
      [...all].find((one) => one.webContents === contents) ?? null;
    static getFocusedWindow = (): Win | null => [...all].find((one) => one._focused) ?? null;

    webContents: WebContents;
    _bounds: Rectangle;
    _maximised = false;
    _minimised = false;
    _visible = true;
    _focused = true;
    _targetId: string | undefined;
    _options: BrowserWindowConstructorOptions;
    _overlay: string | null = null;
    _background = '#FFFFFF';

    constructor(options: BrowserWindowConstructorOptions = {}) {
      super();
      if (!deps.app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
      const preferences = options.webPreferences ?? {};
      for (const [name, wanted, words] of MUST)
        if (preferences[name] !== undefined && preferences[name] !== wanted)
          throw new Error(
            `The stand-in shows ${words}: webPreferences.${name} is ${String(preferences[name])}.`,
          );
      this._options = options;
      this._background = options.backgroundColor ?? '#FFFFFF';
      this._bounds = {
        x: options.x ?? 0,
        y: options.y ?? 0,
        width: options.width ?? 800,
        height: options.height ?? 600,
      };
      this.webContents = new WebContents();
      this.webContents.on('-close', () => this.close());
      all.add(this);
      deps.app.emit('browser-window-created', {}, this);
      deps.app.emit('web-contents-created', {}, this.webContents);
      const made = creating.then(() => this._create());
      creating = made.catch((thrown: unknown) => {
        process.stderr.write(`stand-in: window: ${String(thrown)}\n`);
        deps.runtime.exit(71);
      });
    }

    async _create(): Promise<void> {
      const browser = deps.runtime.browser();
      await deps.allow(browser);
      const { width, height } = this._bounds;
      const { targetId } = await browser.send<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
        newWindow: true,
        width,
        height,
      });
      this._targetId = targetId;
      byTarget.set(targetId, this);
      const { sessionId } = await browser.send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      bySession.set(sessionId, this.webContents);
      const { preload } = this._options.webPreferences ?? {};
      const { schemes, ipcMain } = deps;
      await this.webContents._attach({ browser, schemes, targetId, session: sessionId, preload, ipcMain });
    }

    loadURL = (address: string): Promise<void> => this.webContents.loadURL(address);
    setBackgroundColor = (colour: string): void => {
      this._background = colour;
    };
    getBackgroundColor = (): string => this._background;
    setOverlayIcon = (image: NativeImage | null, words: string): void => {
      this._overlay = image === null ? null : words;
    };
    isDestroyed = (): boolean => !all.has(this);
    isMinimized = (): boolean => this._minimised;
    isMaximized = (): boolean => this._maximised;
    isVisible = (): boolean => this._visible;
    isFocused = (): boolean => this._focused;
    getBounds = (): Rectangle => this._bounds;
    getNormalBounds = (): Rectangle => this._bounds;
    setBounds = (bounds: Partial<Rectangle>): void => {
      this._bounds = { ...this._bounds, ...bounds };
    };
    getMinimumSize = (): number[] => [this._options.minWidth ?? 0, this._options.minHeight ?? 0];
    maximize = (): void => {
      this._maximised = true;
    };
    minimize = (): void => {
      this._minimised = true;
      this._focused = false;
    };
    restore = (): void => {
      this._minimised = false;
    };
    show = (): void => {
      this._visible = true;
    };
    hide = (): void => {
      this._visible = false;
    };
    focus = (): void => {
      this._focused = true;
    };
    blur = (): void => {
      this._focused = false;
    };

    close = (): boolean => {
      const event = stoppable({});
      this.emit('close', event);
      if (!event.defaultPrevented) this.destroy();
      return !event.defaultPrevented;
    };

    destroy = (): void => {
      if (!all.delete(this)) return;
      this.webContents._destroy();
      if (this._targetId) {
        byTarget.delete(this._targetId);
        deps.runtime
          .browser()
          .send('Target.closeTarget', { targetId: this._targetId })
          .catch(() => undefined);
      }
      this.emit('closed');
      if (all.size === 0) setImmediate(() => deps.app._allClosed());
    };
  }

  deps.runtime.onBrowser((browser) => listen(browser, bySession, byTarget));
  return {
    BrowserWindow: Win,
    webContents: {
      getAllWebContents: (): WebContents[] => [...all].map((one) => one.webContents),
      fromId: (id: number): WebContents | undefined =>
        [...all].find((one) => one.webContents.id === id)?.webContents,
      fromDevToolsTargetId: (targetId: string): WebContents | undefined =>
        byTarget.get(targetId)?.webContents,
    },
    close: () => [...all],
  };
}

function listen(
  browser: Browser,
  bySession: ReadonlyMap<string, WebContents>,
  byTarget: ReadonlyMap<string, object>,
): void {
  const to = <T>(method: string, run: (contents: WebContents, params: T) => unknown) =>
    browser.on(method, ((params: T, session: string) => {
      const contents = bySession.get(session);
      if (contents) run(contents, params);
    }) as never);
  to<{ frame: { id: string; url: string } }>('Page.frameNavigated', (one, { frame }) =>
    one._navigated(frame),
  );
  to<{ frameId: string; url: string }>('Page.navigatedWithinDocument', (one, { frameId, url }) => {
    if (frameId === one._frame) one._url = one._deps?.schemes._fromBrowser(url) ?? url;
  });
  to<{ frameId: string; url: string }>('Page.frameRequestedNavigation', (one, params) => one._asked(params));
  to<PausedRequest>('Fetch.requestPaused', (one, params) =>
    one
      ._paused(params)
      .catch((thrown: unknown) => process.stderr.write(`stand-in: request: ${String(thrown)}\n`)),
  );
  to<{ context: { id: number; name: string } }>('Runtime.executionContextCreated', (one, { context }) =>
    one._newWorld(context),
  );
  to<{ name: string; payload: string; executionContextId: number }>(
    'Runtime.bindingCalled',
    (one, params) => {
      if (params.name === '__standin') one._hear(params.payload, params.executionContextId);
    },
  );
  to<{ exceptionDetails: { text: string; exception?: { description?: string } } }>(
    'Runtime.exceptionThrown',
    (_one, params) => {
      const { text, exception } = params.exceptionDetails;
      process.stderr.write(`stand-in: page: ${text} ${exception?.description ?? ''}\n`);
    },
  );
  to('Inspector.targetCrashed', (one) => one._gone());
  to('Page.loadEventFired', (one) => one.emit('did-finish-load'));
  to<{ url: string; windowName: string; windowFeatures: string[] }>('Page.windowOpen', (one, params) => {
    if (one._windowOpened(params))
      throw new Error('The stand-in opens no second page: a handler allowed one.');
  });
  denyPopups(browser, byTarget);
}

/** Every page that the shell did not make is a popup. It never loads anything. */
function denyPopups(browser: Browser, byTarget: ReadonlyMap<string, object>): void {
  const denied = new Set<string>();
  browser.on('Fetch.requestPaused', (({ requestId }: PausedRequest, session: string) => {
    if (denied.has(session))
      browser
        .send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }, session)
        .catch(() => undefined);
  }) as never);
  browser.on('Target.attachedToTarget', ((params: {
    sessionId: string;
    waitingForDebugger: boolean;
    targetInfo: { targetId: string; type: string };
  }) => {
    const { sessionId, targetInfo, waitingForDebugger } = params;
    if (!waitingForDebugger) return;
    const handle = async () => {
      const run = () => browser.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
      const isPage = targetInfo.type === 'page' && !byTarget.has(targetInfo.targetId);
      if (!isPage || !(await isPopup(browser, targetInfo.targetId))) return void (await run());
      denied.add(sessionId);
      await browser.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }, sessionId);
      await run();
      await browser.send('Target.closeTarget', { targetId: targetInfo.targetId });
    };
    handle().catch(() => undefined);
  }) as never);
  browser
    .send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true })
    .catch(() => undefined);
}

async function isPopup(browser: Browser, targetId: string): Promise<boolean> {
  const { targetInfo } = await browser.send<{ targetInfo: { openerId?: string; url: string } }>(
    'Target.getTargetInfo',
    { targetId },
  );
  return targetInfo.openerId !== undefined || targetInfo.url !== 'about:blank';
}
