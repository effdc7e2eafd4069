import { spawn } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../../desktop/support/target.ts';
import { type TestWorkspace, writeWorkspace } from '../../desktop/support/workspace.ts';
import { midwatchEntry } from '../../support/midwatch-entry.ts';

const CLI = await midwatchEntry();
const has = (name: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
const missing = ['dbus-run-session', 'gnome-keyring-daemon'].filter((name) => !has(name));
if (missing.length > 0) console.log(`No real keyring here: ${missing.join(', ')} missing. Skipping it.`);

const CANARY = 'canary-7d41c0a9e2';
/** The same secret as a log, a database or a header might write it. */
const FORMS = [
  CANARY,
  Buffer.from(CANARY).toString('base64').slice(0, 16),
  Buffer.from(CANARY).toString('hex'),
];

const UNLOCK =
  'printf %s "a password of the test" | gnome-keyring-daemon --unlock --components=secrets >/dev/null\n';
const KEEP = '"$NODE" "$CLI" secret shop || exit 3\n';
const SERVE = 'exec "$NODE" "$CLI" serve "$WORKSPACE" --port 0 --no-open --data "$DATA"\n';

let folder = '';
let target: Target;
let workspace: TestWorkspace;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-keyring-'));
  mkdirSync(join(folder, 'data'));
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address, '    auth: { kind: bearer, token: "keychain:shop" }\n');
});
afterEach(async () => {
  await target.close();
  workspace.remove();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** A desktop session of the test's own with a home of its own, and what is said in it. */
function session(script: string, input: string) {
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      NODE: process.execPath,
      CLI,
      WORKSPACE: workspace.path,
      DATA: join(folder, 'data'),
      MIDWATCH_LOG: 'debug',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      out += text.toString();
    });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    out: () => out,
    ended,
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await ended;
      // The session's starter does not wait for what it started, and a core that is closing still moves its files.
      await expect.poll(() => isRunning(child.pid ?? 0), { timeout: 20_000 }).toBe(false);
    },
  };
}

/** Whether any process of a group is left. */
function isRunning(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw thrown;
  }
}

/** The arguments of every process that runs now. */
function argumentLists(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
      } catch {
        // It ended while the list was read.
        return '';
      }
    })
    .join('\n');
}

describe.runIf(missing.length === 0)('a secret in a real keyring', { timeout: 120_000 }, () => {
  it('is kept from the command line, opens its source in the next process, and stands nowhere else', async () => {
    const run = session(UNLOCK + KEEP + SERVE, `${CANARY}\n`);
    try {
      await expect
        .poll(() => target.authorization(), { timeout: 60_000, message: run.out() })
        .toBe(`Bearer ${CANARY}`);
      // One more poll, so that what is written of an answer has been written.
      const seen = target.scrapes();
      await expect.poll(() => target.scrapes(), { timeout: 20_000 }).toBeGreaterThan(seen + 1);
      const running = argumentLists();
      expect(running).toContain('gnome-keyring-daemon');
      for (const form of FORMS) expect(running).not.toContain(form);
    } finally {
      await run.stop();
    }
    expect(run.out()).toContain('keychain:shop');
    const files = ['**/*', '.local/**/*']
      .flatMap((pattern) => globSync(pattern, { cwd: folder }))
      .map((path) => join(folder, path))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
    expect(files.some((path) => path.endsWith('midwatch.db'))).toBe(true);
    expect(files.some((path) => path.includes('keyrings'))).toBe(true);
    for (const form of FORMS) {
      expect(run.out()).not.toContain(form);
      for (const path of [...files, ...globSync(join(workspace.path, '**/*.yaml'))])
        expect(readFileSync(path).includes(form), path).toBe(false);
    }
  });

  it('is not kept where the keyring is locked and nobody unlocks it, and that is said', async () => {
    const run = session(KEEP, `${CANARY}\n`);
    expect(await run.ended).toBe(3);
    expect(run.out()).toMatch(/Nothing was kept\. This system's keyring cannot be used \(.+\), so secrets/);
    expect(run.out()).not.toContain(CANARY);
  });

  it('is not kept where no session is, and that is said', async () => {
    const run = session(`unset DBUS_SESSION_BUS_ADDRESS\n${KEEP}`, `${CANARY}\n`);
    expect(await run.ended).toBe(3);
    expect(run.out()).toMatch(/Nothing was kept\. This system's keyring cannot be used/);
  });
});
