import { EventEmitter } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App as Real } from 'electron/main';
import type { Runtime } from './runtime.ts';

/** The windows, as far as quitting needs them. */
export interface Closable {
  /** False where a listener kept it open. */
  close(): boolean;
}

/** An event that a listener may stop. */
export function stoppable<T extends object>(
  more: T,
): T & { defaultPrevented: boolean; preventDefault(): void } {
  const event = {
    ...more,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

export class App extends EventEmitter {
  _runtime: Runtime;
  _windows: () => Closable[];
  _name = 'app';
  _version = '0';
  _ready = Promise.withResolvers<void>();
  _isReady = false;
  _userData: string;
  _quitting = false;
  _login = false;
  _badge = 0;
  _sandbox = false;
  isPackaged = false;
  dock = undefined;

  constructor(runtime: Runtime, windows: () => Closable[]) {
    super();
    this._runtime = runtime;
    this._windows = windows;
    const given = runtime.args.find((arg) => arg.startsWith('--user-data-dir='))?.split('=')[1];
    this._userData = given ?? mkdtempSync(join(tmpdir(), 'midwatch-user-data-'));
    if (!given) runtime.atExit(() => rmSync(this._userData, { recursive: true, force: true }));
    mkdirSync(this._userData, { recursive: true });
  }

  _begin(manifest: { name: string; version: string }): void {
    this._name = manifest.name;
    this._version = manifest.version;
    const withDriver = this._runtime.args.some((arg) => arg.startsWith('--remote-debugging-port='));
    if (withDriver) this._runtime.browser();
    // As in the runtime, the application's own first turn comes before `ready`.
    setTimeout(() => {
      if (this._quitting) return;
      this._isReady = true;
      this._ready.resolve();
      this.emit('ready', {}, {});
    }, 50);
  }

  whenReady = (): Promise<void> => this._ready.promise;
  isReady = (): boolean => this._isReady;
  getName = (): string => this._name;
  getVersion = (): string => this._version;
  getAppPath = (): string => process.cwd();
  enableSandbox = (): void => {
    this._sandbox = true;
  };
  setAppUserModelId = (_id: string): void => undefined;
  setAsDefaultProtocolClient = (_protocol: string): boolean => true;
  setBadgeCount = (count = 0): boolean => {
    this._badge = count;
    return true;
  };
  getBadgeCount = (): number => this._badge;
  setLoginItemSettings = (settings: { openAtLogin?: boolean }): void => {
    this._login = settings.openAtLogin ?? false;
  };
  getLoginItemSettings = () => ({ openAtLogin: this._login }) as ReturnType<Real['getLoginItemSettings']>;
  relaunch = (_options?: { args?: string[] }): void => undefined;

  getPath = (name: Parameters<Real['getPath']>[0]): string => {
    if (name === 'userData') return this._userData;
    if (name === 'temp') return tmpdir();
    throw new Error(`The stand-in knows no path "${name}".`);
  };

  quit = (): void => {
    const asked = stoppable({});
    this.emit('before-quit', asked);
    if (asked.defaultPrevented) return;
    this._quitting = true;
    if (this._windows().some((window) => !window.close())) {
      this._quitting = false;
      return;
    }
    const last = stoppable({});
    this.emit('will-quit', last);
    if (last.defaultPrevented) return;
    this.emit('quit', {}, 0);
    this._runtime.exit(0);
  };

  exit = (status = 0): void => {
    this._runtime.exit(status);
  };

  _allClosed(): void {
    if (this._quitting) return;
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }

  requestSingleInstanceLock = (additionalData: object = {}): boolean => {
    const lock = join(this._userData, 'SingletonLock');
    const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (owner > 0 && isAlive(owner)) {
      const said = { argv: process.argv, cwd: process.cwd(), additionalData };
      writeFileSync(join(this._userData, `second-${process.pid}.json`), JSON.stringify(said));
      return false;
    }
    writeFileSync(lock, String(process.pid));
    this._runtime.atExit(() => rmSync(lock, { force: true }));
    watch(this._userData, () => this._hearSecond()).unref();
    return true;
  };

  _hearSecond(): void {
    for (const name of readdirSync(this._userData).filter((one) => /^second-\d+\.json$/.test(one))) {
      const path = join(this._userData, name);
      const text = readFileSync(path, 'utf8');
      // The other one may be in the middle of writing it: the next news of the folder comes when it has ended.
      if (!text.endsWith('}')) continue;
      rmSync(path, { force: true });
      const { argv, cwd, additionalData } = JSON.parse(text) as {
        argv: string[];
        cwd: string;
        additionalData: object;
      };
      this.emit('second-instance', {}, argv, cwd, additionalData);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
