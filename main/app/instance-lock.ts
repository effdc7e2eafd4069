import { unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '../../shared/error/coded.ts';
import { sha256 } from '../platform/index.ts';

/** One core a data folder. The system releases the lock however the process ends. */
export interface InstanceLock {
  release(): Promise<void>;
}

const ANSWER_MAX = 4_096;
const ASK_TIMEOUT_MS = 1_000;

/**
 * Takes the lock by listening on a local socket named after the data folder; a dead owner's socket refuses connections
 * and is taken over. A living owner answers where its window is (`greeting`), which goes into the refusal.
 */
export async function takeInstanceLock(dataFolder: string, greeting: () => string): Promise<InstanceLock> {
  const path = socketPath(dataFolder);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const server = await listen(path, greeting);
    if (server) return { release: () => close(server) };
    const answer = await ask(path);
    if (answer !== undefined) {
      throw new CodedError(
        'already-running',
        `Midwatch already runs on this workspace. ${answer}\nUse that window, end the other one first, or give another data folder with --data.`,
      );
    }
    if (process.platform !== 'win32') unlinkSync(path);
  }
  throw new CodedError(
    'lock-failed',
    `The lock for ${dataFolder} could not be taken: another start was faster three times. Try again.`,
  );
}

function socketPath(dataFolder: string): string {
  // Socket paths may have some hundred bytes only, so the folder goes in as a hash.
  const name = `midwatch-${process.getuid?.() ?? 'user'}-${sha256(dataFolder).slice(0, 24)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(process.env.XDG_RUNTIME_DIR || tmpdir(), `${name}.sock`);
}

function listen(path: string, greeting: () => string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(greeting());
    });
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'EADDRINUSE') resolve(undefined);
      else reject(thrown);
    });
    server.listen({ path, readableAll: false, writableAll: false }, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** What the owner says, or undefined where nobody owns the socket. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(ASK_TIMEOUT_MS, () => {
      socket.destroy();
      resolve(text || 'It does not answer at the moment.');
    });
    socket.on('data', (part: string) => {
      text = (text + part).slice(0, ANSWER_MAX);
    });
    socket.on('end', () => resolve(text || 'It did not say where.'));
    socket.on('error', (thrown: NodeJS.ErrnoException) => {
      resolve(
        ['ECONNREFUSED', 'ENOENT'].includes(thrown.code ?? '')
          ? undefined
          : `It cannot be asked (${thrown.code}).`,
      );
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
