import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWindowClient, type WindowClient } from '../../../main/host/node/index.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import { midwatchEntry } from '../midwatch-entry.ts';

/** A busy machine gives a start of eight seconds' work a tenth of itself. */
const START_MS = 180_000;

/** The core was killed while it was asked: what it was doing is for the next life to say. */
export class CoreDied extends Error {
  constructor() {
    super('The core was killed.');
    this.name = 'CoreDied';
  }
}

/** One life of a real core: its own process, asked over the WebSocket as a window does. */
export interface CoreProcess {
  readonly client: WindowClient;
  /** From its start to its first answer. */
  readonly answeredAfterMs: number;
  readonly dead: boolean;
  /** The answer, or `CoreDied` where the process ends first. */
  ask<T>(question: (call: WindowClient['call']) => Promise<T>): Promise<T>;
  /** As a power cut ends it. Answers when it is gone. */
  kill(): Promise<void>;
  /** Stops it or lets it go on, as a shell does. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** As Ctrl-C ends it. */
  stop(): Promise<void>;
}

/** Starts `midwatch serve` and opens a window on it. */
export async function startCoreProcess(
  workspace: string,
  dataFolder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CoreProcess> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [await midwatchEntry(), 'serve', workspace, '--port', '0', '--data', dataFolder],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MIDWATCH_LOG: 'error', ...env },
    },
  );
  const gone = once(child, 'exit').then(() => undefined);
  let dead = false;
  const died = gone.then((): never => {
    dead = true;
    throw new CoreDied();
  });
  died.catch(() => undefined);
  const address = await launchAddress(child, gone);
  const port = Number(new URL(address).port);
  const window = { port, launchAddress: () => address, close: async () => undefined };
  const client = await Promise.race([createWindowClient(window, silentLogger(), () => undefined), died]);
  await Promise.race([client.call.system.hello(), died]);
  const stop = async (): Promise<void> => {
    await client.close();
    child.kill('SIGINT');
    await gone;
  };
  return {
    client,
    answeredAfterMs: performance.now() - startedAt,
    get dead() {
      return dead;
    },
    async ask(question) {
      try {
        return await Promise.race([question(client.call), died]);
      } catch (thrown) {
        // A socket that broke is seen a moment before the process is known to be gone.
        if (dead || child.killed) throw new CoreDied();
        throw thrown;
      }
    },
    async kill() {
      // Streams over a socket whose other end is gone may never say so: nothing waits for them.
      child.kill('SIGKILL');
      await gone;
    },
    signal: (signal) => void child.kill(signal),
    stop,
  };
}

/** Waits for the address that the core prints; says what it printed instead where it ends. */
function launchAddress(child: ChildProcess, gone: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string) => reject(new Error(`The core gave no address: ${why}. It said:\n${text}`));
    const timer = setTimeout(() => fail('it took too long'), START_MS);
    const hear = (part: string) => {
      text = (text + part).slice(-20_000);
      const found = /http:\/\/127\.0\.0\.1:\d+\/launch\?token=\S+/.exec(text);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[0]);
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-20_000);
    });
    gone.then(() => {
      clearTimeout(timer);
      fail('it ended');
    });
  });
}
