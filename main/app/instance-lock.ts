import { mkdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { type Clock, sha256 } from '../platform/index.ts';

/** One core a data folder. The system releases the lock however the process ends. */
export interface InstanceLock {
  release(): Promise<void>;
}

const ANSWER_MAX = 4_096;
const ASK_TIMEOUT_MS = 1_000;
const ATTEMPTS = 40;
const WAIT_MS = 50;
/** A start that died while it took a dead lock over must not keep all later ones out. */
const GUARD_LIFE_MS = 5_000;
/** Longer socket paths are refused by some systems. */
const PATH_BYTES_MAX = 100;

/**
 * Takes the lock by listening on a local socket of the data folder; a dead owner's socket refuses connections and is
 * taken over. A living owner answers where its window is (`greeting`), which goes into the refusal `already-running`.
 */
export async function takeInstanceLock(
  dataFolder: string,
  greeting: () => string,
  clock: Clock,
): Promise<InstanceLock> {
  const path = socketPath(dataFolder);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const server = (await listen(path, greeting)) ?? (await takeFromTheDead(path, greeting, clock));
    if (server) return { release: () => close(server) };
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, WAIT_MS));
  }
  throw lockFailed(dataFolder, 'other starts were faster each time; try again');
}

/**
 * In the data folder itself, so that whoever uses the folder meets the same socket: a service and a login session have
 * different run-time folders. Where that path is too long, its hash in the run-time folder has to do.
 */
function socketPath(dataFolder: string): string {
  const name = `midwatch-${process.getuid?.() ?? 'user'}-${sha256(dataFolder).slice(0, 24)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const inside = join(dataFolder, 'lock.sock');
  if (Buffer.byteLength(inside) <= PATH_BYTES_MAX) return inside;
  return join(process.env.XDG_RUNTIME_DIR || tmpdir(), `${name}.sock`);
}

/**
 * Two starts may find the same dead socket; unlinking it is for one of them alone, or the second would unlink the first
 * one's fresh one. Undefined where another start is at it; throws where the owner lives.
 */
async function takeFromTheDead(
  path: string,
  greeting: () => string,
  clock: Clock,
): Promise<Server | undefined> {
  await refuseLiving(path);
  if (process.platform === 'win32') return undefined;
  const guard = `${path}.taking`;
  if (!enter(guard, clock)) return undefined;
  try {
    await refuseLiving(path);
    unlinkSync(path);
    return await listen(path, greeting);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  } finally {
    rmdirSync(guard);
  }
}

/** A folder is made by one process only. */
function enter(guard: string, clock: Clock): boolean {
  try {
    mkdirSync(guard);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw lockFailed(guard, messageOf(thrown));
    const made = statSync(guard, { throwIfNoEntry: false });
    if (made && clock.now() - made.mtimeMs > GUARD_LIFE_MS) rmdirSync(guard);
    return false;
  }
}

async function refuseLiving(path: string): Promise<void> {
  const answer = await ask(path);
  if (answer === undefined) return;
  throw new CodedError(
    'already-running',
    `Midwatch already runs on this workspace. ${answer}\nUse that window, end the other one first, or give another data folder with --data.`,
  );
}

function listen(path: string, greeting: () => string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(greeting());
    });
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'EADDRINUSE') resolve(undefined);
      else reject(lockFailed(path, messageOf(thrown)));
    });
    server.listen({ path, readableAll: false, writableAll: false }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function lockFailed(what: string, why: string): CodedError {
  return new CodedError(
    'lock-failed',
    `The lock ${what} could not be taken (${why}), and two cores must not write the same data, so nothing was started. Look at the rights of the folder, or give another one with --data.`,
  );
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
