import { type Browser, startBrowser } from './cdp.ts';

/** What all parts of the stand-in share: the arguments, the browser once it is needed, and how the process ends. */
export interface Runtime {
  readonly args: readonly string[];
  /** Starts Chromium on the first call. */
  browser(): Browser;
  /** Heard once, with the fresh browser, before anything else is asked of it. */
  onBrowser(listener: (browser: Browser) => void): void;
  atExit(task: () => void): void;
  exit(status: number): never;
}

const CHROMIUM_SWITCH = /^--(no-sandbox|remote-debugging-port=)/;

export function createRuntime(): Runtime {
  const args = process.argv.slice(1);
  const tasks: (() => void)[] = [];
  const listeners: ((browser: Browser) => void)[] = [];
  let browser: Browser | undefined;
  process.on('exit', () => {
    for (const task of tasks) task();
    browser?.stop();
  });
  const runtime: Runtime = {
    args,
    browser() {
      if (browser) return browser;
      // Chromium refuses root without it; the sandbox of the system is what the stand-in cannot show.
      const switches = new Set(['--no-sandbox', ...args.filter((arg) => CHROMIUM_SWITCH.test(arg))]);
      browser = startBrowser([...switches], () => {
        process.stderr.write('stand-in: Chromium is gone\n');
        runtime.exit(70);
      });
      for (const listener of listeners) listener(browser);
      return browser;
    },
    onBrowser: (listener) => void listeners.push(listener),
    atExit: (task) => void tasks.push(task),
    exit: (status) => process.exit(status),
  };
  return runtime;
}
