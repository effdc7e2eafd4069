import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Desktop, startDesktop } from './support/desktop.ts';
import { askOverPort } from './support/page-port.ts';
import { root } from './support/runtime.ts';
import { startTarget, type Target } from './support/target.ts';
import { shellRecord, watchShell } from './support/watch-shell.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

let target: Target;
let workspace: TestWorkspace;
let desktop: Desktop;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const shell = () => read('out/main/electron.js');
const sources = globSync('{main/host/electron,preload}/*.ts', { cwd: root }).map(read).join('\n');
const windowBundles = () => globSync('out/renderer/**/*.{html,js,css}', { cwd: root }).map(read).join('\n');
const flags = () => /webPreferences: \{([^}]*)\}/.exec(shell())?.[1] ?? '';

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
  desktop = await startDesktop({ args: ['start', workspace.path] });
  await watchShell(desktop.app);
}, 60_000);
afterAll(async () => {
  await desktop.close();
  await target.close();
  workspace.remove();
});

/** @see https://www.electronjs.org/docs/latest/tutorial/security — the twenty items, in its order. */
describe('Electron’s security checklist', () => {
  it('1. only secure content is loaded: the window’s files name no other host', async () => {
    const html = read('out/renderer/index.html');
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const hosts = await desktop.page.evaluate(() =>
      performance.getEntriesByType('resource').map((one) => new URL(one.name).host),
    );
    expect(new Set(hosts.filter((one) => one !== ''))).toEqual(
      new Set([await desktop.page.evaluate(() => location.host)]),
    );
  });

  it('2. no Node.js for a page: neither by flag nor by name', async () => {
    expect(flags()).toMatch(/nodeIntegration: false/);
    expect(flags()).not.toMatch(/nodeIntegrationIn\w+: true/);
    expect(
      await desktop.page.evaluate(() =>
        ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in globalThis),
      ),
    ).toEqual([]);
  });

  it('3. contexts are isolated: what the page changes, the preload does not see', async () => {
    expect(flags()).toMatch(/contextIsolation: true/);
    // A page that replaces what the preload uses still gets its port by the preload's own copies.
    const port = await desktop.page.evaluate(async () => {
      Object.getPrototypeOf(globalThis).constructor.prototype.stolen = true;
      const own = Object.hasOwn;
      Object.hasOwn = () => {
        throw new Error('the page’s own');
      };
      const got = new Promise<boolean>((resolve) => {
        addEventListener('message', (event) => event.ports.length > 0 && resolve(true));
        setTimeout(() => resolve(false), 1_500);
      });
      postMessage({ type: 'midwatch:ready' }, location.origin);
      const answer = await got;
      Object.hasOwn = own;
      return answer;
    });
    expect(port).toBe(true);
  });

  it('4. processes are sandboxed: for the window, and for any other page there may be', () => {
    expect(flags()).toMatch(/sandbox: true/);
    expect(shell()).toMatch(/app\.enableSandbox\(\)/);
  });

  it('5. permissions are decided by handlers, and all are refused', async () => {
    const states = await desktop.page.evaluate(() =>
      Promise.all(
        ['geolocation', 'camera', 'microphone', 'notifications'].map(
          async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
        ),
      ),
    );
    expect(new Set(states)).toEqual(new Set(['denied']));
    for (const handler of [
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
      'setDevicePermissionHandler',
    ])
      expect(shell()).toContain(handler);
  });

  it('6. webSecurity stays on', () => {
    expect(flags()).toMatch(/webSecurity: true/);
    expect(sources).not.toMatch(/disable-web-security|webSecurity: false/);
  });

  it('7. a content security policy that lets no foreign or inline script run', async () => {
    const policy = await desktop.page.evaluate(
      async () => (await fetch('/index.html')).headers.get('content-security-policy') ?? '',
    );
    const directives = Object.fromEntries(
      policy.split('; ').map((one) => one.split(/ (.*)/s, 2) as [string, string]),
    );
    expect(directives).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/);
  });

  it('8. no insecure content is allowed', () => expect(sources).not.toContain('allowRunningInsecureContent'));

  it('9. no experimental features', () =>
    expect(sources).not.toMatch(/experimentalFeatures|enable-experimental/));

  it('10. no Blink features are switched on', () =>
    expect(sources).not.toMatch(/enableBlinkFeatures|enable-blink-features/));

  it('11. no webview may open popups: there is no webview', async () => {
    expect(windowBundles()).not.toMatch(/<webview|createElement\(["']webview/);
    expect(await desktop.page.evaluate(() => document.querySelectorAll('webview').length)).toBe(0);
  });

  it('12. a webview that is planted all the same does not come to life', async () => {
    expect(flags()).toMatch(/webviewTag: false/);
    const prevented = await desktop.app.evaluate(({ BrowserWindow }) => {
      let stopped = false;
      const preventDefault = () => {
        stopped = true;
      };
      const event = { preventDefault, defaultPrevented: false };
      BrowserWindow.getAllWindows()[0]?.webContents.emit('will-attach-webview', event, {}, {});
      return stopped;
    });
    expect(prevented).toBe(true);
  });

  it('13. navigation is limited to the window’s own address', async () => {
    const home = await desktop.address();
    await desktop.page.evaluate(() => void location.assign('https://elsewhere.example/'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await desktop.address()).toBe(home);
  });

  it('14. no new windows', async () => {
    await desktop.page.evaluate(() => void window.open('app://midwatch/index.html'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('15. openExternal takes no address that a program could abuse', async () => {
    await desktop.page.mouse.click(5, 5);
    for (const address of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://host/x',
      'http://example.org',
      'vscode://x',
    ])
      await desktop.page.evaluate((to) => void window.open(to), address);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await shellRecord(desktop.app)).opened).toEqual([]);
  });

  it('16. a current version of Electron, pinned', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { electron: string } };
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Number(devDependencies.electron.split('.')[0])).toBeGreaterThanOrEqual(45);
  });

  it('17. the sender of each IPC message is checked', async () => {
    // One channel is all there is, and it checks.
    expect([...sources.matchAll(/ipcMain\.(on|handle|once)\w*\(/g)]).toHaveLength(1);
    const refused = await desktop.app.evaluate(({ ipcMain }) => {
      const sent: string[] = [];
      const sender = { isDestroyed: () => false, postMessage: (channel: string) => void sent.push(channel) };
      for (const senderFrame of [
        null,
        { url: 'https://elsewhere.example/', parent: null },
        { url: 'app://midwatch.evil/', parent: null },
        { url: 'app://midwatch/index.html', parent: {} },
      ])
        ipcMain.emit('midwatch:ready', { sender, senderFrame });
      return sent;
    });
    expect(refused).toEqual([]);
    expect(await askOverPort(desktop.page, '/system/hello')).toMatchObject({ status: 200 });
  });

  it('18. a protocol of its own instead of file://', async () => {
    expect(await desktop.address()).toMatch(/^app:\/\/midwatch\//);
    expect(sources).not.toMatch(/loadFile\(|['"`]file:\/\//);
  });

  it('19. fuses: what the application does not need is off', () => {
    const { electronFuses } = parse(read('electron-builder.yml')) as {
      electronFuses: Record<string, boolean>;
    };
    expect(electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('20. no API of Electron in a page', async () => {
    expect(read('out/preload/preload.cjs')).not.toMatch(/exposeInMainWorld/);
    expect(
      [...read('out/preload/preload.cjs').matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name),
    ).toEqual(['electron']);
    expect(
      await desktop.page.evaluate(() => Object.keys(globalThis).filter((name) => /electron|ipc/i.test(name))),
    ).toEqual([]);
  });
});
