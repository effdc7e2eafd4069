import { fileURLToPath } from 'node:url';
import { messageOf } from '../../../shared/error/coded.ts';
import { hashOfPage } from '../../../shared/model/deep-link.ts';
import { type App, createPageSounds, startApp, windowFolderUrl } from '../../app/index.ts';
import {
  createLogger,
  createSoundPlayer,
  type LaunchChild,
  type Logger,
  systemClock,
  type Vault,
} from '../../platform/index.ts';
import {
  createDesktopNotifier,
  hasDisplay,
  type LoopbackServer,
  openBrowser,
  startLoopbackServer,
} from '../node/index.ts';
import type { RunOptions } from './arguments.ts';
import type { Terminal } from './terminal.ts';

export interface Served {
  readonly app: App;
  readonly server: LoopbackServer;
  readonly log: Logger;
  stop(): Promise<void>;
}

export interface ServeOptions extends RunOptions {
  readonly demo: boolean;
  readonly workspace: string | undefined;
  readonly launchChild: LaunchChild;
  readonly vault: Vault;
}

/** Starts the core in this host with its loopback server. Rejects with a coded error; nothing is left running then. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<Served> {
  const log = createLogger(logLevel());
  const started: { server?: LoopbackServer } = {};
  const notifier = createDesktopNotifier({
    platform: process.platform,
    environment: process.env,
    sounds: createPageSounds(createSoundPlayer(process.platform, process.env), systemClock(), log),
    open: hasDisplay(process.env, process.platform)
      ? (page) => {
          const address = started.server?.launchAddress();
          if (address) void openBrowser(address + hashOfPage(page), process.platform);
        }
      : null,
  });
  const app = await startApp({
    host: 'node',
    demo: options.demo,
    workspace: options.workspace,
    dataFolder: options.dataFolder,
    vault: options.vault,
    notifier,
    launchChild: options.launchChild,
    log,
    greeting: () =>
      started.server ? `Open its window: ${started.server.launchAddress()}` : 'It is starting.',
    onProgress: (text) => terminal.say(`${text} …`),
  });
  try {
    const server = await startLoopbackServer({
      api: app.api,
      metrics: () => app.metrics(),
      windowFolder: fileURLToPath(windowFolderUrl()),
      dataFolder: app.dataFolder,
      clock: systemClock(),
      log,
      port: options.port,
      actor: app.actor,
    });
    started.server = server;
    return {
      app,
      server,
      log,
      stop: async () => {
        notifier?.stop();
        await server.close();
        await app.stop();
      },
    };
  } catch (thrown) {
    await app.stop();
    throw thrown;
  }
}

/** Says where the window is, opens it where it can be, and gives a fresh address for each Enter. */
export async function present(served: Served, open: boolean, terminal: Terminal): Promise<void> {
  const { server, app } = served;
  terminal.say(`\nMidwatch watches "${app.workspaceName}" on port ${server.port}.`);
  const opened =
    open &&
    hasDisplay(process.env, process.platform) &&
    (await openBrowser(server.launchAddress(), process.platform));
  if (opened)
    terminal.say('Its window opens in your browser. Press Enter here for another address, Ctrl-C to stop.');
  else
    terminal.say(
      `Open its window (the address works once; press Enter for another, Ctrl-C to stop):\n  ${server.launchAddress()}`,
    );
  if (!process.stdin.isTTY) return;
  process.stdin.resume();
  process.stdin.on('data', () => terminal.say(`  ${server.launchAddress()}`));
}

/** The longest that a stop may take; what is not ended by then ends with the process. */
const STOP_MS = 1_900;

/** Resolves with the exit status once a signal has come and all is drained. */
export function untilSignal(served: Served, terminal: Terminal): Promise<number> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = () => {
      // A second Ctrl-C means now.
      if (stopping) return resolve(130);
      stopping = true;
      terminal.say('\nStopping: what is under way is kept …');
      const late = setTimeout(() => {
        terminal.complain(
          'midwatch: not everything ended within 2 s; what was acknowledged is kept all the same.',
        );
        resolve(1);
      }, STOP_MS);
      served.stop().then(
        () => {
          clearTimeout(late);
          resolve(0);
        },
        (thrown: unknown) => {
          terminal.complain(`midwatch: ${messageOf(thrown)}`);
          resolve(1);
        },
      );
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}

function logLevel(): 'debug' | 'info' | 'warn' | 'error' | 'silent' {
  const wanted = process.env.MIDWATCH_LOG;
  return wanted === 'debug' || wanted === 'info' || wanted === 'error' || wanted === 'silent'
    ? wanted
    : 'warn';
}
