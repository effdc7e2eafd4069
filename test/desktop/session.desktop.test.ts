import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from './support/desktop.ts';
import { root } from './support/runtime.ts';
import { startTarget } from './support/target.ts';
import { writeWorkspace } from './support/workspace.ts';

const programs = ['Xvfb', 'dbus-run-session', 'dunst', 'notify-send'];
const has = (name: string) =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name)));
const missing = programs.filter((name) => !has(name));
if (missing.length > 0)
  console.log(`No desktop session can be made here: ${missing.join(', ')} missing. Skipping it.`);

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGTERM');
});

/** An X server of the test's own; answers its display. */
async function startDisplay(): Promise<string> {
  const child = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  let display = '';
  child.stdout.on('data', (text: Buffer) => {
    display += text.toString();
  });
  await until('the X server is there', () => display.endsWith('\n'));
  return `:${display.trim()}`;
}

describe.runIf(missing.length === 0)('a real desktop session', () => {
  it('shows a page of the Node host by its real notification service, its text as text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-session-'));
    const target = await startTarget({ queue: 0, down: 0 });
    const workspace = writeWorkspace(target.address);
    const cli = join(root, 'out', 'main', 'cli.js');
    const script = 'dunst -print & exec "$0" "$@"';
    const host = [
      process.execPath,
      cli,
      'serve',
      workspace.path,
      '--port',
      '0',
      '--no-open',
      '--data',
      folder,
    ];
    const session = spawn('dbus-run-session', ['--', 'sh', '-c', script, ...host], {
      env: { ...process.env, DISPLAY: await startDisplay(), WAYLAND_DISPLAY: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let out = '';
    for (const stream of [session.stdout, session.stderr])
      stream.on('data', (text: Buffer) => {
        out += text.toString();
      });
    try {
      await until('the host watches', () => target.scrapes() > 1, 30_000);
      target.set('down', 20);
      await until(`the service shows it`, () => /summary: .*down is/s.test(out), 30_000).catch(
        (thrown: unknown) => {
          throw new Error(`${String(thrown)}\n${out}`);
        },
      );
      expect(out).toMatch(/appname: 'Midwatch'/);
      expect(out).toMatch(/urgency: CRITICAL/i);
      // Its own tags are the service's; those of the page's text are shown as they were written.
      expect(out).toContain('&lt;b&gt;up&lt;/b&gt;');
    } finally {
      // The whole group: session, notification service and host.
      if (session.pid !== undefined) process.kill(-session.pid, 'SIGTERM');
      await new Promise((resolve) => session.once('exit', resolve));
      await target.close();
      workspace.remove();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  });
});
