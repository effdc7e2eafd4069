import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Params = Record<string, unknown>;
type Listener = (params: never, sessionId: string) => void;

/** Chromium's own protocol over a pipe: calls, and news by name. */
export interface Browser {
  send<T = Params>(method: string, params?: Params, sessionId?: string): Promise<T>;
  on(method: string, listener: Listener): void;
  /** Ends the browser; nothing of it is left. */
  stop(): void;
}

const SWITCHES = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-startup-window',
  '--no-first-run',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=HttpsUpgrades,Translate,MediaRouter,OptimizationHints',
  '--password-store=basic',
  // Nothing here may reach a network, even where a guard is missing.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

export function startBrowser(extra: readonly string[], onEnd: () => void): Browser {
  const profile = mkdtempSync(join(tmpdir(), 'midwatch-stand-in-'));
  const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const child = spawn(program, [...SWITCHES, ...extra, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  child.stderr?.on('data', (text: Buffer) => {
    // A driver waits for this line of the runtime.
    for (const line of String(text).split('\n'))
      if (line.startsWith('DevTools listening')) process.stderr.write(`${line}\n`);
  });
  const clean = () => rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  let stopped = false;
  child.on('exit', () => {
    if (!stopped) onEnd();
  });
  return {
    ...speak(child),
    stop: () => {
      stopped = true;
      child.kill('SIGKILL');
      clean();
    },
  };
}

function speak(child: ChildProcess): Pick<Browser, 'send' | 'on'> {
  const [, , , to, from] = child.stdio as unknown as [null, null, Readable, Writable, Readable];
  const waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void; method: string }
  >();
  const listeners = new Map<string, Listener[]>();
  let rest = Buffer.alloc(0);
  let lastId = 0;
  const take = (message: {
    id?: number;
    method?: string;
    params?: never;
    result?: never;
    error?: { message: string };
    sessionId?: string;
  }) => {
    if (message.id !== undefined) {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) call?.reject(new Error(`${call.method}: ${message.error.message}`));
      else call?.resolve(message.result as never);
    } else if (message.method) {
      for (const listener of listeners.get(message.method) ?? [])
        listener(message.params as never, message.sessionId ?? '');
    }
  };
  from.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const text = rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
      take(JSON.parse(text));
    }
  });
  to.on('error', () => child.kill());
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject, method });
        to.write(`${JSON.stringify({ id: lastId, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
      }),
    on: (method, listener) => void listeners.set(method, [...(listeners.get(method) ?? []), listener]),
  };
}
