import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolders } from '../../../main/app/data-folder.ts';
import { type InstanceLock, takeInstanceLock } from '../../../main/app/instance-lock.ts';
import { systemClock } from '../../../main/platform/index.ts';

const clock = systemClock();
let folder = '';
const held: InstanceLock[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-lock-'));
});
afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
  rmSync(folder, { recursive: true, force: true });
});

async function take(path = folder, greeting = 'It is at http://here.'): Promise<InstanceLock> {
  const lock = await takeInstanceLock(path, () => greeting, clock);
  held.push(lock);
  return lock;
}

/** A process that listens where the lock is and is then killed, as a core that crashed. */
async function crashedOwner(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('the lock of a data folder', () => {
  it('refuses a second owner with what the first one says of itself', async () => {
    await take();
    await expect(take()).rejects.toMatchObject({
      code: 'already-running',
      message: expect.stringContaining('It is at http://here.'),
    });
  });

  it('asks for the greeting when it is needed, as a launch address works once', async () => {
    let count = 0;
    const greeting = () => {
      count += 1;
      return `call ${count}`;
    };
    held.push(await takeInstanceLock(folder, greeting, clock));
    await expect(take()).rejects.toThrow('call 1');
    await expect(take()).rejects.toThrow('call 2');
  });

  it('is free again once it was released, and leaves nothing behind', async () => {
    const first = await take();
    await first.release();
    held.length = 0;
    expect(existsSync(join(folder, 'lock.sock'))).toBe(false);
    await expect(take()).resolves.toBeDefined();
  });

  it('does not keep another folder from starting', async () => {
    const other = mkdtempSync(join(tmpdir(), 'midwatch-lock-'));
    await take();
    await expect(take(other)).resolves.toBeDefined();
    await held.pop()?.release();
    rmSync(other, { recursive: true });
  });

  it('is the same for a folder that is reached by a link or a relative path', async () => {
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    try {
      await take(dataFolders('id', folder, {}).root);
      await expect(take(dataFolders('id', link, {}).root)).rejects.toMatchObject({ code: 'already-running' });
      await expect(take(dataFolders('id', join(folder, 'x', '..'), {}).root)).rejects.toMatchObject({
        code: 'already-running',
      });
    } finally {
      rmSync(link);
    }
  });

  it('is the same for a service and a login session, which have different run-time folders', async () => {
    const before = process.env.XDG_RUNTIME_DIR;
    try {
      process.env.XDG_RUNTIME_DIR = tmpdir();
      await take();
      process.env.XDG_RUNTIME_DIR = folder;
      await expect(take()).rejects.toMatchObject({ code: 'already-running' });
    } finally {
      if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
      else process.env.XDG_RUNTIME_DIR = before;
    }
  });

  it('works where the folder’s path is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(120));
    mkdirSync(deep);
    await take(deep);
    await expect(take(deep)).rejects.toMatchObject({ code: 'already-running' });
  });

  it('is taken over from an owner that was killed', async () => {
    await crashedOwner(join(folder, 'lock.sock'));
    expect(existsSync(join(folder, 'lock.sock'))).toBe(true);
    await expect(take()).resolves.toBeDefined();
  });

  it('goes to exactly one of many that find the same dead owner at once', async () => {
    await crashedOwner(join(folder, 'lock.sock'));
    const starts = await Promise.allSettled(Array.from({ length: 12 }, (_, i) => take(folder, `owner ${i}`)));
    const won = starts.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const lost of starts.filter((one) => one.status === 'rejected'))
      expect(lost.reason).toMatchObject({ code: 'already-running' });
    expect(existsSync(join(folder, 'lock.sock.taking'))).toBe(false);
  });

  it('is not kept back for ever by a start that died while it took the lock over', async () => {
    await crashedOwner(join(folder, 'lock.sock'));
    const guard = join(folder, 'lock.sock.taking');
    mkdirSync(guard);
    const longAgo = new Date(clock.now() - 60_000);
    utimesSync(guard, longAgo, longAgo);
    await expect(take()).resolves.toBeDefined();
    expect(existsSync(guard)).toBe(false);
  });

  it('answers whoever hangs up at once without ending the owner', async () => {
    await take();
    await new Promise<void>((resolve) => {
      const socket = connect(join(folder, 'lock.sock'), () => {
        socket.destroy();
        resolve();
      });
    });
    await expect(take()).rejects.toMatchObject({ code: 'already-running' });
  });

  it('says what to do where no socket can be made', async () => {
    const gone = join(folder, 'gone');
    await expect(take(gone)).rejects.toMatchObject({
      code: 'lock-failed',
      message: expect.stringContaining('--data'),
    });
    chmodSync(folder, 0o700);
  });
});
