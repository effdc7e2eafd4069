import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../shared/model/command.ts';
import { type Desktop, startDesktop, until } from './support/desktop.ts';
import { askOverPort } from './support/page-port.ts';
import { startTarget, type Target } from './support/target.ts';
import {
  actOnNotification,
  clickMenu,
  clickTray,
  pressSystemKeys,
  shellRecord,
  trayLabels,
  watchShell,
} from './support/watch-shell.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

let target: Target;
let workspace: TestWorkspace;
let desktop: Desktop;

let players: string;
/** What the desktop's player was given, by the name of the file. */
const played = (): string[] => {
  const log = join(players, 'log');
  return existsSync(log) ? (readFileSync(log, 'utf8').match(/p\d\.wav/g) ?? []) : [];
};

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
  players = mkdtempSync(join(tmpdir(), 'midwatch-players-'));
  for (const name of ['pw-play', 'afplay'])
    writeFileSync(join(players, name), `#!/bin/sh\necho "$*" >> '${players}/log'\n`, { mode: 0o755 });
  const env = { PATH: `${players}${delimiter}${process.env.PATH ?? ''}` };
  desktop = await startDesktop({ args: ['start', workspace.path], env });
  await watchShell(desktop.app);
}, 60_000);
afterAll(async () => {
  await desktop.close();
  await target.close();
  workspace.remove();
  rmSync(players, { recursive: true, force: true });
});

const badge = () => desktop.app.evaluate(({ app }) => app.getBadgeCount());
const lastTip = async () => (await shellRecord(desktop.app)).tooltips.at(-1) ?? '';

// One story: each step stands on the one before.
describe('a page on the desktop', () => {
  it('is quiet while nothing is wrong', async () => {
    await desktop.app.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()?.getMenuItemById('stay-in-tray')?.click(),
    );
    await until('the window is live', async () => (await desktop.text()).includes('Nothing is watched yet'));
    expect(await badge()).toBe(0);
    expect((await shellRecord(desktop.app)).notifications).toEqual([]);
  });

  it('comes as one notification with a sound, and as a count in the tray', async () => {
    target.set('down', 20);
    await until('a notification', async () => (await shellRecord(desktop.app)).notifications[0], 30_000);
    const [first] = (await shellRecord(desktop.app)).notifications;
    // The sound is ours, so the system is to make none beside it.
    expect(first).toMatchObject({ silent: true });
    await until('its sound', () => played().length > 0);
    expect(`${first?.title} ${first?.body}`).toContain('down is <b>up</b>');
    await until('the badge counts', async () => (await badge()) === 1);
    expect((await shellRecord(desktop.app)).marks.at(-1)).toMatch(/^1 open incident/);
    expect(await lastTip()).toMatch(/^Midwatch: 1 open incident, the worst SEV-\d/);
    expect(await trayLabels(desktop.app)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^SEV-\d INC-0001/), '→ Acknowledge', '→ Open']),
    );
  });

  it('leads to its incident by a click', async () => {
    await actOnNotification(desktop.app, null);
    await until('the window is at the incident', async () => /#\/incident\/./.test(await desktop.address()));
    const focused = () => desktop.page.evaluate(() => document.activeElement?.textContent ?? '');
    await until('Acknowledge is under Enter', async () => (await focused()).startsWith('Acknowledge'));
    expect(await desktop.address()).not.toContain('/acknowledge');
  });

  it('is acknowledged by its button, and the window and the tray know it', async () => {
    await actOnNotification(desktop.app, 0);
    await until('the tray says who', async () =>
      (await trayLabels(desktop.app)).some((label) => label.startsWith('→ Acknowledged by')),
    );
    await until('the window says it', async () => /acknowledged/i.test(await desktop.text()));
  });

  it('snoozed from the tray makes no sound, unless it is a P0', async () => {
    expect(await clickTray(desktop.app, 'Snooze for 15 minutes')).toBe(true);
    expect(await lastTip()).toMatch(/quiet until/);
    const send = async (priority: string) => {
      const before = (await shellRecord(desktop.app)).notifications.length;
      expect(await clickMenu(desktop.app, `test-page-${priority}`)).toBe(true);
      await until(
        'the test page',
        async () => (await shellRecord(desktop.app)).notifications.length > before,
      );
      return (await shellRecord(desktop.app)).notifications.at(-1);
    };
    const before = played().length;
    expect(await send('P3')).toMatchObject({ title: 'Test page, P3', silent: true });
    // While a sound is heard only a more urgent one begins, so it may take a second try.
    await until('the sound of a P0', async () => {
      expect(await send('P0')).toMatchObject({ title: 'Test page, P0', silent: true });
      return played().length > before;
    });
    expect(new Set(played().slice(before))).toEqual(new Set(['p0.wav']));
    expect(await clickTray(desktop.app, 'End the snooze')).toBe(true);
    await until('the sound of a P2', async () => {
      await send('P2');
      return played().includes('p2.wav');
    });
    expect(await lastTip()).not.toMatch(/quiet until/);
  });

  it('is acknowledged from the tray as well', async () => {
    const incident = { title: 'Opened by hand', service: 'shop', severity: 'SEV-1' };
    await askOverPort(desktop.page, '/incident/openByHand', incident);
    await until('it leads the tray', async () => /the worst SEV-1: Opened by hand/.test(await lastTip()));
    expect(await trayLabels(desktop.app)).toContain('→ Acknowledge');
    expect(await clickTray(desktop.app, 'Acknowledge')).toBe(true);
    await until(
      'nothing is left to acknowledge',
      async () => !(await trayLabels(desktop.app)).includes('→ Acknowledge'),
    );
    expect(await badge()).toBe(2);
  });
});

describe('the menu', () => {
  it('offers the commands of the palette, each once, with its key', async () => {
    const ids = await desktop.app.evaluate(({ Menu }) => {
      const items = Menu.getApplicationMenu()?.items.flatMap((one) => one.submenu?.items ?? []) ?? [];
      return items.map((one) => ({
        id: one.id,
        label: one.label,
        accelerator: one.accelerator ?? null,
        registered: one.registerAccelerator,
      }));
    });
    const offered = commands.filter(
      (one) => (!one.hidden || one.id === 'palette') && one.id !== 'edit' && one.group !== 'Break something',
    );
    for (const command of offered) {
      const [item, ...more] = ids.filter((one) => one.id === command.id);
      expect(item, command.id).toBeDefined();
      expect(more).toEqual([]);
      if (command.keys?.startsWith('$mod+'))
        expect(item).toMatchObject({
          registered: false,
          accelerator: expect.stringMatching(/^CommandOrControl\+/),
        });
      else if (command.keys) expect(item?.label).toContain(`(${command.keys})`);
    }
    expect(ids.some((one) => one.id.startsWith('break-'))).toBe(false);
  });

  it('has the window do what they say', async () => {
    expect(await clickMenu(desktop.app, 'go-health')).toBe(true);
    await until('the window is at Health', async () => (await desktop.address()).endsWith('#/health'));
    await clickMenu(desktop.app, 'go-triage');
    await until('the window is at Triage', async () => (await desktop.address()).endsWith('#/triage'));
    await clickMenu(desktop.app, 'palette');
    await until('the palette is open', () => desktop.page.locator('.palette-list').isVisible());
    await desktop.page.keyboard.press('Escape');
  });

  it('keeps the choices of this desktop', async () => {
    const state = () =>
      desktop.app.evaluate(({ Menu }) =>
        ['keep-awake', 'start-at-login', 'stay-in-tray'].map(
          (id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.checked,
        ),
      );
    expect(await state()).toEqual([false, false, false]);
    for (const id of ['keep-awake', 'start-at-login', 'stay-in-tray']) await clickMenu(desktop.app, id);
    expect(await state()).toEqual([true, true, true]);
    for (const id of ['keep-awake', 'start-at-login', 'stay-in-tray']) await clickMenu(desktop.app, id);
    expect(await state()).toEqual([false, false, false]);
  });

  it('comes to the front by keys of the whole system, by choice', async () => {
    const keys = 'CommandOrControl+Alt+M';
    const isInFront = () =>
      desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isFocused() ?? false);
    expect(await pressSystemKeys(desktop.app, keys)).toBe(false);
    await clickMenu(desktop.app, 'summon-keys');
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    expect(await isInFront()).toBe(false);
    expect(await pressSystemKeys(desktop.app, keys)).toBe(true);
    await until('the window is in front', isInFront);
    await clickMenu(desktop.app, 'summon-keys');
    expect(await pressSystemKeys(desktop.app, keys)).toBe(false);
  });

  it('has a window in the colour of the system’s theme before its page is painted', async () => {
    const colour = (theme: 'light' | 'dark') =>
      desktop.app.evaluate(({ BrowserWindow, nativeTheme }, source) => {
        nativeTheme.themeSource = source;
        return BrowserWindow.getAllWindows()[0]?.getBackgroundColor().toLowerCase();
      }, theme);
    expect(await colour('light')).toBe('#eef0f4');
    expect(await colour('dark')).toBe('#0a0d12');
  });
});
