import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process of ours, as its starter sees it. */
export interface Child {
  readonly pid: number | undefined;
  /** Each whole line that it prints. */
  onLine(listener: (line: string) => void): void;
  onExit(listener: (status: number | null) => void): void;
  stop(): void;
}

/** How a host starts a process of ours: plain Node here, a utility process under Electron. */
export type LaunchChild = (entry: URL, args: readonly string[]) => Child;

/** A line longer than this is cut: a child must not fill our memory. */
const LINE_MAX = 64 * 1024;

/** Starts the entry with this Node. Its stdin stays open as a lifeline: it ends when we do. */
export const launchNodeChild: LaunchChild = (entry, args) => {
  const child = spawn(process.execPath, [fileURLToPath(entry), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    pid: child.pid,
    onLine: linesOf(child.stdout),
    onExit: (listener) => void child.once('exit', (status) => listener(status)),
    stop: () => {
      child.stdin.end();
      child.kill('SIGTERM');
    },
  };
};

/** Reads whole lines off what a process prints; those printed before anybody listens are not kept. */
export function linesOf(output: Readable): Child['onLine'] {
  const listeners = new Set<(line: string) => void>();
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = (parts.pop() ?? '').slice(-LINE_MAX);
    for (const line of parts) for (const listener of listeners) listener(line.slice(0, LINE_MAX));
  });
  return (listener) => void listeners.add(listener);
}
