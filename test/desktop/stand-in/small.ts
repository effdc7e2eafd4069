import { type ChildProcess, spawn } from 'node:child_process';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type { ForkOptions, MessageBoxOptions, NotificationConstructorOptions } from 'electron/main';
import type { Browser } from './cdp.ts';
import type { Runtime } from './runtime.ts';
import type { Schemes } from './serve.ts';

/** A notification that is always shown, and says so in the next turn. */
export class Notification extends EventEmitter {
  static isSupported = (): boolean => process.env.STAND_IN_NOTIFICATIONS !== 'none';
  title: string;
  body: string;
  silent: boolean;
  _options: NotificationConstructorOptions;
  _closed = false;

  constructor(options: NotificationConstructorOptions = {}) {
    super();
    this._options = options;
    this.title = options.title ?? '';
    this.body = options.body ?? '';
    this.silent = options.silent ?? false;
  }

  show(): void {
    setImmediate(() => this.emit('show', {}));
  }

  close(): void {
    if (this._closed) return;
    this._closed = true;
    setImmediate(() => this.emit('close', {}));
  }
}

export const nativeImage = {
  createFromPath: (path: string) => ({ _path: path, isEmpty: () => !existsSync(path) }),
};

export class Tray extends EventEmitter {
  _image: unknown;
  _title = '';
  _destroyed = false;

  constructor(image: { isEmpty(): boolean } | string) {
    super();
    this.setImage(image);
  }

  setImage(image: { isEmpty(): boolean } | string): void {
    const isMissing = typeof image === 'string' ? !existsSync(image) : image.isEmpty();
    if (isMissing) throw new Error(`Failed to load image for the tray: ${JSON.stringify(image)}`);
    this._image = image;
  }
  setToolTip(_text: string): void {
    this._assert();
  }
  setContextMenu(_menu: object | null): void {
    this._assert();
  }
  setTitle(title: string): void {
    this._assert();
    this._title = title;
  }
  getTitle(): string {
    return this._title;
  }
  isDestroyed(): boolean {
    return this._destroyed;
  }
  destroy(): void {
    this._destroyed = true;
  }
  _assert(): void {
    if (this._destroyed) throw new Error('Tray is destroyed');
  }
}

/** Keys of the whole system: nobody presses them here but a test. `STAND_IN_TAKEN_KEYS` names those of another program. */
export function createGlobalShortcut() {
  const bound = new Map<string, () => void>();
  return {
    register(keys: string, run: () => void): boolean {
      if (bound.has(keys) || keys === process.env.STAND_IN_TAKEN_KEYS) return false;
      bound.set(keys, run);
      return true;
    },
    unregister: (keys: string): void => void bound.delete(keys),
    isRegistered: (keys: string): boolean => bound.has(keys),
  };
}

/** The theme of the system, set by a test as Playwright's driver sets it. */
export class NativeTheme extends EventEmitter {
  _source: 'system' | 'dark' | 'light' = 'system';
  get shouldUseDarkColors(): boolean {
    return this._source !== 'light';
  }
  get themeSource(): 'system' | 'dark' | 'light' {
    return this._source;
  }
  set themeSource(source: 'system' | 'dark' | 'light') {
    this._source = source;
    this.emit('updated');
  }
}

export class PowerMonitor extends EventEmitter {}

export function createPowerSaveBlocker() {
  const running = new Set<number>();
  let last = 0;
  return {
    start: (_type: 'prevent-app-suspension' | 'prevent-display-sleep'): number => {
      last += 1;
      running.add(last);
      return last;
    },
    stop: (id: number): boolean => running.delete(id),
    isStarted: (id: number): boolean => running.has(id),
  };
}

type Backend = 'basic_text' | 'gnome_libsecret' | 'kwallet' | 'kwallet5' | 'kwallet6' | 'unknown';

/** The keyring that the environment names; its key is in the environment, too, so that it outlives the process. */
export function createSafeStorage() {
  const backend = (process.env.STAND_IN_KEYRING ?? 'gnome_libsecret') as Backend | 'locked';
  const key = Buffer.from((process.env.STAND_IN_KEY ?? 'a key of a test').padEnd(32).slice(0, 32));
  return {
    getSelectedStorageBackend: (): Backend => (backend === 'locked' ? 'gnome_libsecret' : backend),
    isAsyncEncryptionAvailable: async (): Promise<boolean> => backend !== 'locked',
    async encryptStringAsync(text: string): Promise<Buffer> {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(12, 28));
      const result = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
      return { result, shouldReEncrypt: false };
    },
  };
}

export const shell = {
  openExternal: async (address: string): Promise<void> =>
    void process.stderr.write(`stand-in: openExternal ${address}\n`),
};

export const screen = {
  getAllDisplays: () => [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
};

/** Dialogs answer what the environment says: the number of a button, the path of a folder. */
export const dialog = {
  showErrorBox: (title: string, content: string): void =>
    void process.stderr.write(`stand-in: error box: ${title}: ${content}\n`),
  showMessageBox: async (options: MessageBoxOptions) => ({
    response: Number(process.env.STAND_IN_BUTTON ?? options.cancelId ?? 0),
    checkboxChecked: false,
  }),
  showOpenDialog: async (_options: object) => {
    const path = process.env.STAND_IN_FOLDER;
    return { canceled: path === undefined, filePaths: path === undefined ? [] : [path] };
  },
};

type Permission = 'geolocation' | 'notifications' | 'media' | 'midi' | 'clipboard-read';
/** The names of the runtime, and of Chromium's protocol. */
const PERMISSIONS: readonly [Permission, readonly string[]][] = [
  ['geolocation', ['geolocation']],
  ['notifications', ['notifications']],
  ['media', ['camera', 'microphone']],
  ['midi', ['midi']],
  ['clipboard-read', ['clipboard-read']],
];

/** Permissions are decided by the handlers beforehand, as the protocol cannot ask; without a handler they are granted. */
export class Session extends EventEmitter {
  _request:
    | ((contents: null, permission: Permission, answer: (granted: boolean) => void, details: object) => void)
    | undefined;
  _check: ((contents: null, permission: Permission, origin: string, details: object) => boolean) | undefined;

  setPermissionRequestHandler(handler: Session['_request'] | null): void {
    this._request = handler ?? undefined;
  }
  setPermissionCheckHandler(handler: Session['_check'] | null): void {
    this._check = handler ?? undefined;
  }
  setDevicePermissionHandler(_handler: ((details: object) => boolean) | null): void {
    // Chromium's protocol has no devices to offer.
  }

  async _allow(browser: Browser, schemes: Schemes): Promise<void> {
    const origin = schemes._toBrowser('app://midwatch/').slice(0, -1);
    for (const [permission, names] of PERMISSIONS) {
      let granted = this._check?.(null, permission, origin, {}) ?? true;
      const answer = (yes: boolean) => {
        granted &&= yes;
      };
      this._request?.(null, permission, answer, {});
      for (const name of names)
        await browser.send('Browser.setPermission', {
          permission: { name },
          setting: granted ? 'granted' : 'denied',
          origin,
        });
    }
  }
}

/** A process of the application's own, ended with it. */
class Utility extends EventEmitter {
  stdout: ChildProcess['stdout'];
  stderr = null;
  pid: number | undefined;
  _child: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    this._child = child;
    this.pid = child.pid;
    this.stdout = child.stdout;
    child.on('spawn', () => this.emit('spawn'));
    child.on('exit', (status) => this.emit('exit', status ?? 0));
  }

  kill(): boolean {
    return this._child.kill();
  }
}

export function createUtilityProcess(runtime: Runtime, isReady: () => boolean) {
  return {
    fork: (modulePath: string, args: string[] = [], options: ForkOptions = {}): Utility => {
      if (!isReady()) throw new Error('utilityProcess cannot be forked before app is ready');
      const [stdin, stdout, stderr] = Array.isArray(options.stdio)
        ? options.stdio
        : ['ignore', 'inherit', 'inherit'];
      if (stdin !== 'ignore') throw new Error('A utility process has no stdin.');
      const child = spawn(process.execPath, [modulePath, ...args], {
        stdio: ['ignore', stdout as 'pipe', stderr as 'inherit'],
        env: process.env,
      });
      runtime.atExit(() => void child.kill('SIGKILL'));
      return new Utility(child);
    },
  };
}
