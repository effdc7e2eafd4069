import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readExposition } from './scraped.ts';

const ENTRY = fileURLToPath(new URL('../../../main/demo/fleet.main.ts', import.meta.url));
const running: ChildProcess[] = [];

function launch(args: readonly string[], stdin: 'pipe' | 'ignore' = 'pipe'): ChildProcess {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: [stdin, 'pipe', 'pipe'] });
  running.push(child);
  return child;
}

async function readyLine(child: ChildProcess): Promise<{ ready: boolean; port: number }> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  throw new Error('it ended without a word');
}

async function errorsOf(child: ChildProcess): Promise<{ status: number | null; text: string }> {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, text };
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

describe('the fleet as a process', () => {
  it('says its port when it listens, serves living metrics, and ends on SIGTERM', async () => {
    const child = launch(['--port', '0', '--seed', '4'], 'ignore');
    const { ready, port } = await readyLine(child);
    expect(ready).toBe(true);
    const scrape = async () => readExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
    let requests = 0;
    while (requests < 50) requests = (await scrape()).sum('http_requests_total', { service: 'gateway' });
    child.kill('SIGTERM');
    const [status] = (await once(child, 'exit')) as [number | null];
    expect(status).toBe(0);
  });

  it('ends by itself when its parent lets go of its standard input', async () => {
    const child = launch(['--die-with-stdin']);
    await readyLine(child);
    child.stdin?.destroy();
    const [status] = (await once(child, 'exit')) as [number | null];
    expect(status).toBe(0);
  });

  it('lives on without its standard input where nobody asked for that', async () => {
    const child = launch([]);
    const { port } = await readyLine(child);
    child.stdin?.destroy();
    for (let attempt = 0; attempt < 20; attempt++)
      expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    expect(child.exitCode).toBeNull();
  });

  it('takes a control token', async () => {
    const { port } = await readyLine(launch(['--control-token', 'secret']));
    const state = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/control/state`, { headers });
    expect((await state({})).status).toBe(401);
    expect((await state({ authorization: 'Bearer secret' })).status).toBe(200);
  });

  it('says what is wrong with a port that is taken, and does not start', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { status, text } = await errorsOf(launch(['--port', String(port)]));
    other.close();
    expect(status).toBe(1);
    expect(text).toContain(`port ${port}`);
    expect(text).toContain('--port');
  });

  it.each([
    [['--port', 'high']],
    [['--port', '99999']],
    [['--seed', 'x']],
    [['--control-token', '']],
    [['--what']],
  ])('explains itself instead of starting with %j', async (args) => {
    const { status, text } = await errorsOf(launch(args));
    expect(status).toBe(2);
    expect(text).toContain('Usage:');
  });
});
