import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { root, runtime } from './runtime.ts';

/** The running desktop application, driven as a person's window and as a program. */
export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly userData: string;
  /** What the application said on stderr and stdout so far. */
  readonly said: () => string;
  /** Where the window is, in the application's own words. */
  address(): Promise<string>;
  /** The window's text. It is asked through the shell, as a page that crashed once is lost to the driver. */
  text(): Promise<string>;
  close(): Promise<void>;
}

export interface DesktopOptions {
  /** After the application's folder: `demo`, `start PATH`, links. */
  readonly args: readonly string[];
  /** The application's folder: the built one, or a copy that was tampered with. */
  readonly application?: string;
  /** Kept by the caller where it is given. */
  readonly userData?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startDesktop(options: DesktopOptions): Promise<Desktop> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'midwatch-desktop-'));
  const app = await launch(options, userData);
  let said = '';
  const child = app.process();
  child.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  child.stdout?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  try {
    const page = await app.firstWindow({ timeout: 20_000 });
    // Its own line to the core is open: a port that a spec asks for earlier could be taken for it.
    await page.waitForFunction(() => /sources? answers?/.test(document.body.textContent ?? ''), null, {
      timeout: 30_000,
    });
    return {
      app,
      page,
      userData,
      said: () => said,
      address: () =>
        app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL() ?? ''),
      text: () =>
        app.evaluate(
          ({ BrowserWindow }) =>
            BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
              'document.body.innerText',
            ) as Promise<string>,
        ),
      async close() {
        await app.close();
        if (options.userData === undefined) rmSync(userData, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    child.kill('SIGKILL');
    throw new Error(`The desktop did not come up: ${String(thrown)}\nIt said:\n${said}`);
  }
}

async function launch(options: DesktopOptions, userData: string): Promise<ElectronApplication> {
  return _electron.launch({
    executablePath: runtime.executablePath,
    args: [`--user-data-dir=${userData}`, options.application ?? root, ...options.args],
    env: {
      ...(process.env as Record<string, string>),
      XDG_CONFIG_HOME: join(userData, 'config'),
      ...options.env,
    },
    timeout: 30_000,
  });
}

/** Waits until the question is answered with something true; the last answer goes into the failure. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<NonNullable<T>> {
  const endAt = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > endAt)
      throw new Error(`Not within ${withinMs} ms: ${what}; at the end it was ${JSON.stringify(answer)}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
