import { spawn } from 'node:child_process';
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
  const lines = new Set<(line: string) => void>();
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = (parts.pop() ?? '').slice(-LINE_MAX);
    for (const line of parts) for (const listener of lines) listener(line.slice(0, LINE_MAX));
  });
  return {
    pid: child.pid,
    onLine: (listener) => void lines.add(listener),
    onExit: (listener) => void child.once('exit', (status) => listener(status)),
    stop: () => {
      child.stdin.end();
      child.kill('SIGTERM');
    },
  };
};
