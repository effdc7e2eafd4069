import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, startDesktop, until } from './support/desktop.ts';
import { askOverPort } from './support/page-port.ts';
import { runPlainly } from './support/plain-run.ts';
import { startTarget, type Target } from './support/target.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

let target: Target;
let workspace: TestWorkspace;
let userData: string;
const open: Desktop[] = [];
const start = async (...more: string[]) => {
  const desktop = await startDesktop({ args: ['start', workspace.path, ...more], userData });
  open.push(desktop);
  return desktop;
};

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
  userData = mkdtempSync(join(tmpdir(), 'midwatch-life-'));
});
afterEach(async () => {
  for (const desktop of open.splice(0)) await desktop.close().catch(() => undefined);
});
afterAll(async () => {
  await target.close();
  workspace.remove();
  rmSync(userData, { recursive: true, force: true });
});

interface Named {
  readonly id: string;
}
const openIncident = async (desktop: Desktop, title: string) => {
  const answer = await askOverPort(desktop.page, '/incident/openByHand', {
    title,
    service: 'shop',
    severity: 'SEV-2',
  });
  return (answer.value as Named).id;
};

describe('a deep link', () => {
  it('opens its incident: at the start, and in the window of the first start', async () => {
    const first = await start('midwatch://incident/one-that-is-gone');
    expect(await first.address()).toBe('app://midwatch/index.html#/incident/one-that-is-gone');
    const id = await openIncident(first, 'Linked');
    const second = await runPlainly([
      `--user-data-dir=${userData}`,
      'start',
      workspace.path,
      `midwatch://incident/${id}`,
    ]);
    expect(second.status).toBe(0);
    await until('the first window is at the incident', async () =>
      (await first.address()).endsWith(`#/incident/${id}`),
    );
    await until('it shows it', async () => (await first.text()).includes('Linked'));
  });

  it('that means anything else leads nowhere', async () => {
    const desktop = await start('midwatch://incident/a/b');
    const home = await desktop.address();
    expect(home).toBe('app://midwatch/index.html');
    for (const link of ['midwatch://run/rm', 'midwatch://incident/a?b=c', 'midwatch://incident/%22><script>'])
      await runPlainly([`--user-data-dir=${userData}`, 'start', workspace.path, link]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await desktop.address()).replace('#/triage', '')).toBe(home);
  });
});

describe('a second start', () => {
  it('brings the first window to the front and ends', async () => {
    const desktop = await start();
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    const second = await runPlainly([`--user-data-dir=${userData}`, 'start', workspace.path]);
    expect(second.status).toBe(0);
    await until('the window is not minimised', () =>
      desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized() === false),
    );
    expect(desktop.app.windows()).toHaveLength(1);
  });
});

describe('a machine that sleeps', () => {
  it('asks no target until it wakes, and then at once', async () => {
    const desktop = await start();
    const count = target.scrapes();
    await until('polls run', () => target.scrapes() > count + 1);
    await desktop.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const asleep = target.scrapes();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(target.scrapes()).toBe(asleep);
    await desktop.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'));
    await until('polls run again', () => target.scrapes() > asleep + 1);
  });

  it('goes on behind a locked screen', async () => {
    const desktop = await start();
    await desktop.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('lock-screen'));
    const locked = target.scrapes();
    await until('polls go on', () => target.scrapes() > locked + 1);
  });
});

describe('a window whose process crashes', () => {
  it('comes back at the same place, with the state that the core kept', async () => {
    const desktop = await start();
    const id = await openIncident(desktop, 'Outlives its window');
    await desktop.page.evaluate((hash) => void location.assign(hash), `#/incident/${id}`);
    await until('it is shown', async () => (await desktop.text()).includes('Outlives its window'));
    const session = await desktop.page.context().newCDPSession(desktop.page);
    session.send('Page.crash').catch(() => undefined);
    await until('the crash is said', () => desktop.said().includes('the watch goes on without it'));
    await until('the page is back', async () =>
      (await desktop.text().catch(() => '')).includes('Outlives its window'),
    );
    expect(await desktop.address()).toMatch(new RegExp(`#/incident/${id}$`));
  });
});

describe('a window that is closed', () => {
  it('leaves the watch running, and a second start opens it again', async () => {
    const desktop = await start();
    await desktop.app.evaluate(({ BrowserWindow }) => void BrowserWindow.getAllWindows()[0]?.close());
    const closed = target.scrapes();
    await until('polls go on', () => target.scrapes() > closed + 2);
    const again = desktop.app.waitForEvent('window');
    await runPlainly([`--user-data-dir=${userData}`, 'start', workspace.path]);
    await (await again).waitForFunction(() => document.querySelector('main') !== null);
  });
});

describe('quitting', () => {
  it('with a step under way ends soon, and the next start does not run the step again without asking', async () => {
    const desktop = await start();
    const id = await openIncident(desktop, 'Quit in the middle');
    const run = (await askOverPort(desktop.page, '/playbook/start', { incidentId: id, playbookId: 'drain' }))
      .value as Named;
    const asked = askOverPort(desktop.page, '/playbook/runNext', {
      runId: run.id,
      confirmation: { stepId: 'drain', typed: 'shop' },
    }).catch(() => undefined);
    await until('the step’s request is out', () => target.actions() === 1);
    const child = desktop.app.process();
    const ended = new Promise<number | null>((resolve) => child.once('exit', (status) => resolve(status)));
    await desktop.close();
    open.splice(0);
    await asked;
    expect([0, null]).toContain(await ended);
    target.release();

    const next = await start();
    const again = (await askOverPort(next.page, '/playbook/runNext', {
      runId: run.id,
      confirmation: { stepId: 'drain', typed: 'shop' },
    })) as { code: string | undefined; value: unknown };
    expect(target.actions(), JSON.stringify(again)).toBe(1);
  });
});
