import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { stoppable } from './app.ts';
import type { Browser } from './cdp.ts';
import { createCodec } from './codec.ts';
import { type PageMessage, pageHalf, type ShellMessage } from './page-half.ts';
import { type PageEnd, type Port, transfer } from './port.ts';
import type { PausedRequest, Schemes } from './serve.ts';

type OpenHandler = (details: {
  url: string;
  frameName: string;
  features: string;
  disposition: 'foreground-tab';
  referrer: { url: string; policy: 'default' };
}) => { action: 'allow' | 'deny' };

export interface ContentsDeps {
  readonly browser: Browser;
  readonly schemes: Schemes;
  readonly targetId: string;
  readonly session: string;
  readonly preload: string | undefined;
  readonly ipcMain: EventEmitter;
}

const codec = createCodec();
const WORLD = 'preload';
let lastId = 0;

/** One page: its navigation, its guards, its preload, and the ports that were handed to it. */
export class WebContents extends EventEmitter {
  _deps: ContentsDeps | undefined;
  _url = 'about:blank';
  _frame = '';
  _context: number | undefined;
  _ports = new Map<number, PageEnd>();
  _lastPort = 0;
  _outbox: ShellMessage[] = [];
  _ours = new Set<string>();
  _verdicts = new Map<string, boolean>();
  _open: OpenHandler = () => ({ action: 'allow' });
  _crashed = false;
  _destroyed = false;
  _up = Promise.withResolvers<void>();
  id: number;

  constructor() {
    super();
    lastId += 1;
    this.id = lastId;
  }

  getURL = (): string => this._url;
  isDestroyed = (): boolean => this._destroyed;
  isCrashed = (): boolean => this._crashed;
  setWindowOpenHandler = (handler: OpenHandler): void => {
    this._open = handler;
  };

  async _attach(deps: ContentsDeps): Promise<void> {
    this._deps = deps;
    const { preload } = deps;
    await this._send('Page.enable');
    await this._send('Runtime.enable');
    await this._send('Inspector.enable');
    await this._send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    if (preload !== undefined) {
      const code = readFileSync(preload, 'utf8');
      const source = `(${pageHalf})(${createCodec}, function (require, module, exports, process) {\n${code}\n});`;
      await this._send('Runtime.addBinding', { name: '__standin', executionContextName: WORLD });
      await this._send('Page.addScriptToEvaluateOnNewDocument', { worldName: WORLD, source });
    }
    const { frameTree } = await this._send<{ frameTree: { frame: { id: string } } }>('Page.getFrameTree');
    this._frame = frameTree.frame.id;
    this._up.resolve();
  }

  _send<T = Record<string, unknown>>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    if (!this._deps) throw new Error('The page is not there yet.');
    return this._deps.browser.send<T>(method, params, this._deps.session);
  }

  loadURL = async (address: string): Promise<void> => {
    await this._up.promise;
    const url = this._deps?.schemes._toBrowser(address) ?? address;
    this._ours.add(url.split('#')[0] ?? url);
    const { errorText } = await this._send<{ errorText?: string }>('Page.navigate', { url });
    if (errorText) throw new Error(`${errorText} (${address})`);
  };

  reload = (): void => {
    this._up.promise
      .then(() => {
        this._crashed = false;
        return this.loadURL(this._url);
      })
      .catch((thrown: unknown) => process.stderr.write(`stand-in: reload: ${String(thrown)}\n`));
  };

  executeJavaScript = async (expression: string, userGesture = false): Promise<unknown> => {
    const { result, exceptionDetails } = await this._send<{
      result: { value?: unknown };
      exceptionDetails?: { text: string };
    }>('Runtime.evaluate', { expression, userGesture, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value;
  };

  postMessage = (channel: string, message: unknown, ports: Port[] = []): void => {
    const ids = ports.map((port) => {
      this._lastPort += 1;
      const id = this._lastPort;
      const end = transfer(
        port,
        (data) => this._tell({ t: 'port', id, data }),
        () => this._tell({ t: 'port-close', id }),
      );
      this._ports.set(id, end);
      return id;
    });
    this._tell({ t: 'message', channel, data: codec.encode([message]), ports: ids });
  };

  close = (_options?: { waitForBeforeUnload: boolean }): void => void this.emit('-close');

  _tell(message: ShellMessage): void {
    this._outbox.push(message);
    if (this._outbox.length === 1) setImmediate(() => this._flush());
  }

  _flush(): void {
    const value = JSON.stringify(this._outbox.splice(0));
    if (this._context === undefined || this._destroyed) return;
    const call = {
      executionContextId: this._context,
      functionDeclaration: 'function (text) { __standinReceive(text); }',
      arguments: [{ value }],
    };
    // A page that went away in the meantime has closed its ports.
    this._send('Runtime.callFunctionOn', call).catch(() => undefined);
  }

  _hear(text: string, context: number): void {
    if (process.env.STAND_IN_DEBUG)
      process.stderr.write(`stand-in: heard ${context}/${this._context} ${text.slice(0, 200)}\n`);
    if (context !== this._context) return;
    const message = JSON.parse(text) as PageMessage;
    if (message.t === 'port') this._ports.get(message.id)?.take(message.data);
    else if (message.t === 'port-close') this._ports.get(message.id)?.end();
    else if (message.t === 'input') this.emit('input-event', {}, { type: message.type });
    else {
      const frame = { url: this._url, parent: null };
      const args = codec.decode(message.args) as unknown[];
      this._deps?.ipcMain.emit(
        message.channel,
        { sender: this, senderFrame: frame, ports: [], processId: 0, frameId: 0 },
        ...args,
      );
    }
  }

  _newWorld(context: { id: number; name: string; auxData?: { frameId?: string } }): void {
    if (context.name !== WORLD || context.auxData?.frameId !== this._frame) return;
    this._closePorts();
    this._context = context.id;
  }

  _closePorts(): void {
    this._context = undefined;
    for (const end of this._ports.values()) end.end();
    this._ports.clear();
  }

  _navigated(frame: { id: string; parentId?: string; url: string; urlFragment?: string }): void {
    if (frame.parentId !== undefined) return;
    this._frame = frame.id;
    this._url = this._deps?.schemes._fromBrowser(frame.url + (frame.urlFragment ?? '')) ?? frame.url;
    this.emit('did-navigate', {}, this._url);
  }

  /** The page itself wants to go somewhere: links, scripts, forms. The shell's own loads do not come by here. */
  _asked(request: { frameId: string; url: string }): void {
    const url = this._deps?.schemes._fromBrowser(request.url) ?? request.url;
    const isMainFrame = request.frameId === this._frame;
    const event = stoppable({ url, isMainFrame, isSameDocument: false, frame: null, initiator: null });
    this.emit('will-frame-navigate', event);
    if (isMainFrame) this.emit('will-navigate', event);
    this._verdicts.set(request.url, event.defaultPrevented);
  }

  async _paused(paused: PausedRequest): Promise<void> {
    const { browser, schemes, session } = this._deps ?? {};
    if (!browser || !schemes || !session) return;
    const { requestId, request } = paused;
    if (paused.resourceType === 'Document' && !this._ours.delete(request.url)) {
      const refused = this._verdicts.get(request.url) === true;
      this._verdicts.delete(request.url);
      if (refused)
        return void (await browser.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }, session));
    }
    if (!(await schemes._answer(browser, session, paused)))
      await browser.send('Fetch.continueRequest', { requestId }, session);
  }

  _windowOpened(details: { url: string; windowName: string; windowFeatures: string[] }): boolean {
    const answer = this._open({
      url: this._deps?.schemes._fromBrowser(details.url) ?? details.url,
      frameName: details.windowName,
      features: details.windowFeatures.join(','),
      disposition: 'foreground-tab',
      referrer: { url: this._url, policy: 'default' },
    });
    return answer.action === 'allow';
  }

  _gone(): void {
    this._crashed = true;
    this._closePorts();
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
  }

  _destroy(): void {
    this._closePorts();
    this._destroyed = true;
    this.emit('destroyed');
  }
}
