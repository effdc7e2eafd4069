import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { midwatchEntry } from '../../support/midwatch-entry.ts';

/** The promise is two seconds; a busy machine gets some more before the test calls it hanging. */
const STOP_MS = 6_000;

const ENTRY = await midwatchEntry();
let folder = '';
let workspace = '';
const running = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-cli-'));
  workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'midwatch.yaml'), GOOD);
});
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  running.clear();
  rmSync(folder, { recursive: true, force: true });
});

const GOOD = 'name: quiet\nsources:\n  - { id: none, kind: prometheus, url: "http://127.0.0.1:9" }\n';

interface Run {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** Resolves with the text once it was printed; rejects with all of the output where the process ended before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  ended(): Promise<{ status: number | null; signal: NodeJS.Signals | null }>;
}

function midwatch(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    cwd: folder,
    env: {
      ...process.env,
      DISPLAY: '',
      WAYLAND_DISPLAY: '',
      XDG_STATE_HOME: join(folder, 'state'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([status, signal]) => ({ status, signal }));
  return {
    child,
    out: () => out,
    err: () => err,
    ended: () => ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(out);
          if (found) resolve(found);
        };
        child.stdout.on('data', look);
        look();
        void ended.then(({ status }) =>
          reject(new Error(`It ended with ${status} and never said ${pattern}:\n${out}\n${err}`)),
        );
      }),
  };
}

function serve(more: readonly string[] = []): Run {
  return midwatch(['serve', workspace, '--port', '0', ...more]);
}

async function within<T>(task: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}

describe('midwatch on the command line', () => {
  it.each([
    [['help'], 0],
    [['--help'], 0],
    [[], 0],
    [['serve', '-h'], 0],
  ])('%j explains itself and ends with %i', async (args, status) => {
    const run = midwatch(args);
    expect((await run.ended()).status).toBe(status);
    expect(run.out()).toContain('midwatch check [workspace]');
    expect(run.err()).toBe('');
  });

  it('says its version', async () => {
    const run = midwatch(['version']);
    expect((await run.ended()).status).toBe(0);
    expect(run.out()).toMatch(/^midwatch \d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['sing'], 'no command "sing"'],
    [['serve', '--port', 'http'], '--port http is not a port'],
    [['serve', '--port', '70000'], 'not a port'],
    [['serve', 'a', 'b'], 'one argument too many'],
    [['demo', 'somewhere'], 'workspace of its own'],
    [['serve', '--colour'], '--colour'],
  ])('%j is wrong, and it says what and ends with 2', async (args, said) => {
    const run = midwatch(args);
    expect((await run.ended()).status).toBe(2);
    expect(run.err()).toContain(said);
    expect(run.err()).not.toMatch(/\n\s+at /);
    expect(run.out()).toBe('');
  });
});

describe('midwatch check', () => {
  it('says what a workspace holds where nothing is wrong', async () => {
    const run = midwatch(['check', workspace]);
    expect((await run.ended()).status).toBe(0);
    expect(run.out()).toContain('quiet: 1 sources, 0 objectives');
  });

  it('is silent in JSON where nothing is wrong', async () => {
    const run = midwatch(['check', workspace, '--json']);
    expect((await run.ended()).status).toBe(0);
    expect(JSON.parse(run.out())).toEqual(expect.objectContaining({}));
    expect(JSON.stringify(JSON.parse(run.out()))).not.toContain('"error"');
  });

  it('says each mistake with its place on stderr and ends with 1', async () => {
    writeFileSync(join(workspace, 'midwatch.yaml'), `${GOOD}colour: red\n`);
    const run = midwatch(['check', workspace]);
    expect((await run.ended()).status).toBe(1);
    expect(run.err()).toContain('midwatch.yaml:4');
    expect(run.out()).toBe('');
  });

  it('says the same mistakes in JSON for programs, on stdout', async () => {
    writeFileSync(join(workspace, 'midwatch.yaml'), `${GOOD}colour: red\n`);
    const run = midwatch(['check', workspace, '--json']);
    expect((await run.ended()).status).toBe(1);
    const text = JSON.stringify(JSON.parse(run.out()));
    expect(text).toContain('midwatch.yaml');
    expect(text).toContain('colour');
    expect(run.err()).toBe('');
  });

  it('warns without failing, and names what it did not look at, and why it could not', async () => {
    mkdirSync(join(workspace, 'slos'), { recursive: true });
    writeFileSync(join(workspace, 'services.yaml'), 'services: [{ id: shop, owner: team }]\n');
    writeFileSync(
      join(workspace, 'slos', 'shop.yaml'),
      `apiVersion: openslo/v1
kind: SLO
metadata: { name: shop }
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: Prometheus, spec: { query: failed_total } } }
        total: { metricSource: { type: Prometheus, spec: { query: requests_total } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.999 }]
`,
    );
    const plain = midwatch(['check', workspace]);
    expect((await plain.ended()).status).toBe(0);
    expect(plain.out()).toMatch(
      /warning: routes\.P0: expected a P0 to reach somebody away from this machine/,
    );
    expect(plain.out()).toContain('the usual traffic of 1 objective: no source was asked; --ask asks them');
    const asked = midwatch(['check', workspace, '--ask', '--json', '--data', join(folder, 'no-data')]);
    expect((await asked.ended()).status).toBe(0);
    expect(JSON.parse(asked.out())).toMatchObject({
      ok: true,
      notLooked: [expect.stringMatching(/^slos\/shop\.yaml:\d+: shop: /)],
    });
  });

  it('takes the current folder where none is named', async () => {
    const run = midwatch(['check']);
    expect((await run.ended()).status).toBe(1);
    expect(run.err()).toContain('midwatch.yaml');
  });

  it('of a folder that is not there says so without a stack', async () => {
    const run = midwatch(['check', join(folder, 'gone')]);
    expect((await run.ended()).status).toBe(1);
    expect(run.err()).toContain('gone');
    expect(run.err()).not.toMatch(/\n\s+at /);
  });

  it('of a file that may not be read says which', async () => {
    if (process.getuid?.() === 0) return;
    chmodSync(join(workspace, 'midwatch.yaml'), 0o000);
    const run = midwatch(['check', workspace]);
    expect((await run.ended()).status).toBe(1);
    expect(run.err()).toContain('midwatch.yaml');
  });
});

describe('midwatch serve', () => {
  it('prints an address that opens the window once, and ends with 0 at Ctrl-C', async () => {
    const run = serve();
    const [, address = ''] = await run.said(/(http:\/\/127\.0\.0\.1:\d+\/launch\?token=\S+)/);
    const first = await fetch(address, { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(403);
    run.child.kill('SIGINT');
    expect(await within(run.ended(), STOP_MS, 'The end')).toEqual({ status: 0, signal: null });
    expect(run.out()).toContain('Stopping');
    await expect(fetch(address)).rejects.toThrow();
  }, 30_000);

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'ends in order at %s too',
    async (signal) => {
      const run = serve();
      await run.said(/launch\?token=/);
      run.child.kill(signal);
      expect(await within(run.ended(), STOP_MS, 'The end')).toEqual({ status: 0, signal: null });
      expect(run.err()).toBe('');
    },
    30_000,
  );

  it('ends in order while a source keeps it waiting', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    writeFileSync(
      join(workspace, 'midwatch.yaml'),
      `name: slow\nsources:\n  - { id: slow, kind: prometheus, url: "http://127.0.0.1:${port}", poll_every: 1s }\n`,
    );
    const asked = once(silent, 'connection');
    const run = serve();
    await run.said(/launch\?token=/);
    await asked;
    run.child.kill('SIGINT');
    expect(await within(run.ended(), STOP_MS, 'The end')).toEqual({ status: 0, signal: null });
    silent.close();
  }, 30_000);

  it('leaves whole databases behind, and no lock', async () => {
    const data = join(folder, 'data');
    const run = serve(['--data', data]);
    await run.said(/launch\?token=/);
    run.child.kill('SIGINT');
    await within(run.ended(), STOP_MS, 'The end');
    expect(existsSync(join(data, 'lock.sock'))).toBe(false);
    for (const name of ['midwatch.db', 'metrics.db']) {
      expect(existsSync(join(data, `${name}-wal`)), name).toBe(false);
      const db = new Database(join(data, name), { readonly: true });
      expect(db.pragma('quick_check', { simple: true })).toBe('ok');
      db.close();
    }
  }, 30_000);

  it('keeps its state below XDG_STATE_HOME, and nothing in the workspace', async () => {
    const run = serve();
    await run.said(/launch\?token=/);
    run.child.kill('SIGINT');
    await within(run.ended(), STOP_MS, 'The end');
    expect(existsSync(join(folder, 'state', 'midwatch'))).toBe(true);
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(workspace)).toEqual(['midwatch.yaml']);
  }, 30_000);

  it('on a taken port ends with 1 and says which, and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const run = midwatch(['serve', workspace, '--port', String(port)]);
    expect((await within(run.ended(), 20_000, 'The refusal')).status).toBe(1);
    expect(run.err()).toContain(`Port ${port}`);
    expect(run.err()).toContain('--port 0');
    expect(run.err()).not.toMatch(/\n\s+at /);
    other.close();
  }, 30_000);

  it('of a broken workspace ends with 1 and says what check would', async () => {
    writeFileSync(join(workspace, 'midwatch.yaml'), 'name: [');
    const run = serve();
    expect((await within(run.ended(), 20_000, 'The refusal')).status).toBe(1);
    expect(run.err()).toContain('midwatch.yaml:1');
    expect(run.err()).toContain('midwatch check');
  }, 30_000);

  it('with a database from the future ends with 1 at once, says so once, and has no worker restarted over it', async () => {
    const data = join(folder, 'data');
    const first = serve(['--data', data]);
    await first.said(/launch\?token=/);
    first.child.kill('SIGINT');
    await within(first.ended(), STOP_MS, 'The end');
    const db = new Database(join(data, 'midwatch.db'));
    db.pragma('user_version = 4711');
    db.close();
    const run = serve(['--data', data]);
    expect((await within(run.ended(), 20_000, 'The refusal')).status).toBe(1);
    expect(run.err()).toContain('4711');
    expect(run.err().trim().split('\n')).toHaveLength(1);
  }, 40_000);

  it('with a data folder that is a file ends with 1 and names it', async () => {
    writeFileSync(join(folder, 'file'), '');
    const run = serve(['--data', join(folder, 'file')]);
    expect((await within(run.ended(), 20_000, 'The refusal')).status).toBe(1);
    expect(run.err()).toContain(join(folder, 'file'));
    expect(run.err()).not.toMatch(/\n\s+at /);
  }, 30_000);

  it('a second time on the same workspace is told a fresh address of the first one’s window', async () => {
    const first = serve();
    await first.said(/launch\?token=/);
    const second = serve();
    expect((await within(second.ended(), 20_000, 'The refusal')).status).toBe(1);
    const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\/launch\?token=\S+/.exec(second.err()) ?? [];
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
    first.child.kill('SIGINT');
    expect((await within(first.ended(), STOP_MS, 'The end')).status).toBe(0);
  }, 40_000);

  it('starts again after it was killed', async () => {
    const first = serve();
    await first.said(/launch\?token=/);
    first.child.kill('SIGKILL');
    await first.ended();
    const second = serve();
    await second.said(/launch\?token=/);
    second.child.kill('SIGINT');
    expect((await within(second.ended(), STOP_MS, 'The end')).status).toBe(0);
  }, 40_000);

  it('at a second Ctrl-C ends at once', async () => {
    const run = serve();
    await run.said(/launch\?token=/);
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    const { status } = await within(run.ended(), STOP_MS, 'The end');
    expect([0, 130]).toContain(status);
  }, 30_000);
});

describe('midwatch start', () => {
  it('opens the default browser on a display with an address that works', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const log = join(folder, 'opened');
    writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$1" > '${log}'\n`);
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const run = midwatch(['start', workspace, '--port', '0'], {
      DISPLAY: ':99',
      PATH: `${bin}${delimiter}${process.env.PATH}`,
    });
    await run.said(/opens in your browser/);
    await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8')).toMatch(/launch\?token=/);
    expect((await fetch(readFileSync(log, 'utf8'), { redirect: 'manual' })).status).toBe(303);
    expect(run.out()).not.toContain('launch?token=');
    run.child.kill('SIGINT');
    expect((await within(run.ended(), STOP_MS, 'The end')).status).toBe(0);
  }, 30_000);

  it('opens nothing with --no-open, and prints the address instead', async () => {
    const run = midwatch(['start', workspace, '--port', '0', '--no-open'], {
      DISPLAY: ':99',
      PATH: '/nowhere',
    });
    await run.said(/launch\?token=/);
    run.child.kill('SIGINT');
    expect((await within(run.ended(), STOP_MS, 'The end')).status).toBe(0);
  }, 30_000);
});

describe('midwatch demo', () => {
  it('ends with its fleet at Ctrl-C, also when the terminal sends it to both', async () => {
    const run = midwatch(['demo', '--port', '0', '--no-open', '--data', join(folder, 'data')]);
    await run.said(/Every screen shows its keys/);
    const children = childrenOf(run.child.pid ?? 0);
    expect(children).toHaveLength(1);
    for (const pid of [run.child.pid ?? 0, ...children]) process.kill(pid, 'SIGINT');
    expect(await within(run.ended(), STOP_MS, 'The end')).toEqual({ status: 0, signal: null });
    for (const pid of children) await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  }, 60_000);
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}
