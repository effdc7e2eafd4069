import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestCore, type TestCore } from '../support/core.ts';

let core: TestCore;
let folder = '';
let cookie = '';
let address = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-loopback-'));
  const workspace = join(folder, 'workspace');
  const windowFolder = join(folder, 'window');
  mkdirSync(workspace);
  mkdirSync(windowFolder);
  writeFileSync(join(windowFolder, 'index.html'), '<!doctype html><title>Midwatch</title>');
  writeFileSync(
    join(workspace, 'midwatch.yaml'),
    'name: quiet\nsources:\n  - { id: none, kind: prometheus, url: "http://127.0.0.1:9" }\n',
  );
  core = await startTestCore({ workspace, windowFolder });
  address = `http://127.0.0.1:${core.server.port}`;
  const launch = await fetch(core.server.launchAddress(), { redirect: 'manual' });
  cookie = launch.headers.get('set-cookie')?.split(';')[0] ?? '';
}, 60_000);
afterAll(async () => {
  await core.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A request with exactly these bytes; answers the status line's code. */
function raw(lines: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(core.server.port, '127.0.0.1', () =>
      socket.write(`${lines.join('\r\n')}\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (part) => {
      text += part.toString('latin1');
      socket.destroy();
    });
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
    socket.on('error', reject);
  });
}

function openSocket(headers: Record<string, string>, path = '/rpc'): Promise<'open' | 'refused'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${core.server.port}${path}`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', () => resolve('refused'));
  });
}

describe('the loopback server', () => {
  it('lets a browser in by its launch address, once', async () => {
    const once = core.server.launchAddress();
    const first = await fetch(once, { redirect: 'manual' });
    expect(first.status).toBe(303);
    const set = first.headers.get('set-cookie') ?? '';
    expect(set).toContain('HttpOnly');
    expect(set).toContain('SameSite=Strict');
    const again = await fetch(once, { redirect: 'manual' });
    expect(again.status).toBe(403);
    expect(again.headers.get('set-cookie')).toBeNull();
    expect(await again.text()).toContain('fresh');
    expect((await fetch(`${address}/launch`, { redirect: 'manual' })).status).toBe(403);
    expect((await fetch(`${address}/launch?token=${'x'.repeat(43)}`, { redirect: 'manual' })).status).toBe(
      403,
    );
  });

  it('serves the window to whoever was let in, with its policy, and to nobody else', async () => {
    const inside = await fetch(address, { headers: { cookie } });
    expect(inside.status).toBe(200);
    expect(inside.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(inside.headers.get('access-control-allow-origin')).toBeNull();
    expect((await fetch(address)).status).toBe(403);
    expect((await fetch(address, { headers: { cookie: `${cookie}x` } })).status).toBe(403);
  });

  it('opens a WebSocket for its own page only', async () => {
    expect(await openSocket({ cookie, origin: address })).toBe('open');
    expect(await openSocket({ origin: address })).toBe('refused');
    expect(await openSocket({ cookie })).toBe('refused');
    expect(await openSocket({ cookie, origin: 'https://evil.example' })).toBe('refused');
    expect(await openSocket({ cookie, origin: 'null' })).toBe('refused');
    expect(await openSocket({ cookie, origin: address, host: 'evil.example' })).toBe('refused');
    expect(await openSocket({ cookie, origin: address }, '/other')).toBe('refused');
  });

  it('refuses a foreign Host or Origin on every path, whatever the cookie', async () => {
    const own = `Host: 127.0.0.1:${core.server.port}`;
    for (const path of ['/', '/index.html', '/launch', '/rpc', '/../../etc/passwd']) {
      expect(await raw([`GET ${path} HTTP/1.1`, 'Host: evil.example', `Cookie: ${cookie}`])).toBe(403);
      expect(
        await raw([`GET ${path} HTTP/1.1`, own, `Cookie: ${cookie}`, 'Origin: https://evil.example']),
      ).toBe(403);
      expect(
        await raw([`GET ${path} HTTP/1.1`, own, `Cookie: ${cookie}`, 'Sec-Fetch-Site: cross-site']),
      ).toBe(403);
    }
    expect(await raw(['POST / HTTP/1.1', own, `Cookie: ${cookie}`, 'Content-Length: 0'])).toBe(405);
    expect(await raw(['GET / HTTP/1.1', `Cookie: ${cookie}`])).toBe(400);
    expect(await raw(['GET /../../etc/passwd HTTP/1.1', own, `Cookie: ${cookie}`])).toBe(404);
  });

  it('listens on the loopback addresses only', async () => {
    const { networkInterfaces } = await import('node:os');
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one && !one.internal && one.family === 'IPv4');
    for (const one of outside) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect(core.server.port, one?.address ?? '', () => resolve(true));
        socket.on('error', () => resolve(false));
      });
      expect(reached, one?.address).toBe(false);
    }
  });
});

describe('a second instance on the same data', () => {
  it('is refused, and told where the window of the first one is', async () => {
    await expect(
      startTestCore({ workspace: join(folder, 'workspace'), dataFolder: core.dataFolder }),
    ).rejects.toMatchObject({
      code: 'already-running',
      message: expect.stringContaining('It is a test.'),
    });
  });
});
