import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, startDesktop, until } from './support/desktop.ts';
import { runPlainly } from './support/plain-run.ts';
import { startTarget, type Target } from './support/target.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

let target: Target;
let workspace: TestWorkspace;
const userData = mkdtempSync(join(tmpdir(), 'midwatch-start-'));
const open: Desktop[] = [];
const start = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const desktop = await startDesktop({ args, userData, env });
  open.push(desktop);
  return desktop;
};

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
});
afterEach(async () => {
  for (const desktop of open.splice(0)) await desktop.close();
});
afterAll(async () => {
  await target.close();
  workspace.remove();
  rmSync(userData, { recursive: true, force: true });
});

describe('a start of the desktop', () => {
  it('opens one window over the workspace, at the application’s own address, and watches', async () => {
    const desktop = await start(['start', workspace.path]);
    expect(await desktop.address()).toBe('app://midwatch/index.html');
    await until('the window names the workspace', async () => (await desktop.text()).includes('desk'));
    await until('the target is scraped', () => target.scrapes() > 1);
    expect(desktop.app.windows()).toHaveLength(1);
    const facts = await desktop.app.evaluate(({ BrowserWindow, app }) => ({
      minimum: BrowserWindow.getAllWindows()[0]?.getMinimumSize(),
      userData: app.getPath('userData'),
    }));
    expect(facts).toEqual({ minimum: [1024, 640], userData });
  });

  it('opens the window where it was closed, and begins anew where the preferences are damaged', async () => {
    const first = await start(['start', workspace.path]);
    await first.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 50, width: 1200, height: 700 });
    });
    await first.close();
    open.splice(0);
    expect(JSON.parse(readFileSync(join(userData, 'desktop.json'), 'utf8'))).toMatchObject({
      bounds: { x: 40, y: 50, width: 1200, height: 700 },
      lastWorkspace: workspace.path,
    });
    const bounds = (one: Desktop) =>
      one.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    // Named by nobody, the last workspace is opened again.
    const second = await start([]);
    expect(await bounds(second)).toEqual({ x: 40, y: 50, width: 1200, height: 700 });
    await second.close();
    open.splice(0);
    writeFileSync(join(userData, 'desktop.json'), '{"bounds": "gone');
    const third = await start(['start', workspace.path]);
    expect(await bounds(third)).toMatchObject({ width: 1440, height: 900 });
  });

  it('says why it cannot start, and ends with status 1', async () => {
    const run = await runPlainly([`--user-data-dir=${userData}`, 'start', '/nowhere/at/all']);
    expect(run.status).toBe(1);
    expect(run.err).toContain('There is no workspace at /nowhere/at/all');
  });
});

describe('a sub-command of the same executable', () => {
  it('answers without a window', async () => {
    expect(await runPlainly(['version'])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^midwatch \d/m),
    });
    const check = await runPlainly(['check', workspace.path]);
    expect(check).toMatchObject({
      status: 0,
      out: expect.stringContaining('1 sources, 0 objectives, 2 rules'),
    });
  });

  it('keeps the exit status of what failed', async () => {
    expect((await runPlainly(['check', '/nowhere/at/all'])).status).toBe(1);
    expect((await runPlainly(['help', '--port', 'x', '--nonsense'])).status).toBe(2);
  });
});
