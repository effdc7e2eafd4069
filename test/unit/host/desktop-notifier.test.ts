import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPageSounds, type PageSounds } from '../../../main/app/index.ts';
import { hasDisplay, openBrowser } from '../../../main/host/node/browser.ts';
import { createDesktopNotifier } from '../../../main/host/node/index.ts';
import { silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { Page } from '../../../shared/model/notification.ts';

const SESSION = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus' };
const page = (change: Partial<Page> = {}): Page => ({
  groupKey: 'service=gateway',
  title: 'gateway availability burns',
  body: '4 of 120 failed, 3.3 %, 33× budget',
  priority: 'P0',
  sound: true,
  resolved: false,
  incidentId: 'inc-1',
  ...change,
});

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-desktop-'));
  path = process.env.PATH ?? '';
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A program of that name on the PATH that writes its arguments down, one a line ended by a NUL. */
function program(name: string, more = ''): () => string[] {
  const log = join(folder, `${name}.log`);
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\nfor arg in "$@"; do printf '%s\\0' "$arg" >> '${log}'; done\n${more}\n`);
  chmodSync(file, 0o755);
  return () => (existsSync(log) ? readFileSync(log, 'utf8').split('\0').slice(0, -1) : []);
}

const heardClock = new VirtualClock(1_000);

/** Sounds that a test hears, or none at all. */
function sounds(isThere: boolean): PageSounds & { readonly played: string[] } {
  const played: string[] = [];
  return {
    played,
    ...createPageSounds(
      {
        isThere: () => isThere,
        play: async (path) => {
          const priority = path.slice(-6, -4).toUpperCase();
          played.push(priority);
          return priority === 'P3' ? err('no sound card') : ok('paplay');
        },
      },
      heardClock,
      silentLogger(),
    ),
  };
}

const create = (
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
  heard = sounds(false),
  open: ((page: Page) => void) | null = null,
) => createDesktopNotifier({ platform, environment, sounds: heard, open });

function notifier() {
  const found = create('linux', SESSION);
  if (!found) throw new Error('There is a session, and no notifier.');
  return found;
}

describe('the desktop’s notifications', () => {
  it('are not there without a desktop session, nor on systems that have none in this host', () => {
    expect(create('linux', {})).toBeNull();
    expect(create('linux', { DBUS_SESSION_BUS_ADDRESS: '' })).toBeNull();
    expect(create('darwin', SESSION)).toBeNull();
    expect(create('win32', SESSION)).toBeNull();
  });

  it('are shown by notify-send, with the text as arguments', async () => {
    const args = program('notify-send');
    expect(await notifier().show(page())).toEqual({ ok: true, value: 'shown' });
    expect(args()).toEqual([
      '--app-name=Midwatch',
      '--urgency=critical',
      '--hint=string:x-canonical-private-synchronous:service=gateway',
      '--hint=string:sound-name:phone-incoming-call',
      '--',
      'gateway availability burns',
      '4 of 120 failed, 3.3 %, 33× budget',
    ]);
  });

  it.each([
    ['P0', 'critical'],
    ['P1', 'critical'],
    ['P2', 'normal'],
    ['P3', 'low'],
  ] as const)('of a %s are %s', async (priority, urgency) => {
    const args = program('notify-send');
    await notifier().show(page({ priority }));
    expect(args()[1]).toBe(`--urgency=${urgency}`);
  });

  it('carry hostile text as text: no option, no shell, no markup', async () => {
    const args = program('notify-send');
    const title = '--icon=/etc/passwd';
    await notifier().show(
      page({ title, body: '$(touch /tmp/x) `id` ; <a href="http://evil">&amp; <b>bold</b>' }),
    );
    const [, , , , dashes, shownTitle, body] = args();
    expect(dashes).toBe('--');
    expect(shownTitle).toBe(title);
    expect(body).toBe('$(touch /tmp/x) `id` ; &lt;a href="http://evil"&gt;&amp;amp; &lt;b&gt;bold&lt;/b&gt;');
  });

  it('survive a text that no process could be started with', async () => {
    const args = program('notify-send');
    const shown = await notifier().show(page({ title: 'a\0b', body: 'c\0d', groupKey: 'x\0y' }));
    expect(shown).toEqual({ ok: true, value: 'shown' });
    expect(args().slice(-2)).toEqual(['a b', 'c d']);
  });

  it('cut what is too long before it is written as markup, so that no half of an escape is shown', async () => {
    const args = program('notify-send');
    await notifier().show(
      page({ title: 't'.repeat(5_000), body: '<'.repeat(5_000), groupKey: 'g'.repeat(5_000) }),
    );
    const found = args();
    expect(found[5]).toHaveLength(300);
    expect(found[6]).toBe('&lt;'.repeat(2_000));
    expect((found[2] ?? '').length).toBeLessThan(300);
  });

  it('have the sound of their priority from a program where there is one, and the service keeps still', async () => {
    const args = program('notify-send');
    const heard = sounds(true);
    const it = create('linux', SESSION, heard);
    await it?.show(page({ priority: 'P1' }));
    expect(args()).toContain('--hint=boolean:suppress-sound:true');
    expect(await it?.sound()).toBe('Its sound was played by paplay.');
    await heardClock.advance(5_000);
    await it?.show(page({ priority: 'P3' }));
    expect(await it?.sound()).toBe('Its sound was not played: no sound card.');
    await it?.show(page({ sound: false }));
    expect(await it?.sound()).toBe('It is to make no sound.');
    expect(heard.played).toEqual(['P1', 'P3']);
  });

  it('make no sound at all where the page is to make none', async () => {
    const args = program('notify-send');
    await create('linux', SESSION)?.show(page({ sound: false }));
    expect(args()).toContain('--hint=boolean:suppress-sound:true');
  });

  it('lead to their page when they are pressed, and the next of a group takes the place of the one before', async () => {
    const args = program('notify-send', 'echo 7; echo default');
    const opened: string[] = [];
    const it = create('linux', SESSION, sounds(false), ({ title }) => void opened.push(title));
    expect(await it?.show(page({ title: 'first' }))).toEqual({ ok: true, value: 'shown' });
    await expect.poll(() => opened).toEqual(['first']);
    expect(args().slice(0, 2)).toEqual(['--print-id', '--action=default=Open']);
    await it?.show(page({ title: 'second' }));
    expect(args()).toContain('--replace-id=7');
    it?.stop();
  });

  it('are shown all the same by a notify-send that knows no presses', async () => {
    const old = 'case "$*" in *--print-id*) echo "Unknown option --print-id" >&2; exit 1;; esac';
    const args = program('notify-send', old);
    const it = create('linux', SESSION, sounds(false), () => undefined);
    expect(await it?.show(page())).toEqual({ ok: true, value: 'shown' });
    expect(args().filter((one) => one === '--print-id')).toHaveLength(1);
  });

  it('say why and what to do where notify-send fails', async () => {
    program('notify-send', 'echo "no daemon" >&2; exit 1');
    const shown = await notifier().show(page());
    expect(shown).toMatchObject({
      ok: false,
      error: expect.stringMatching(/notify-send failed.*libnotify-bin/),
    });
  });

  it('say so where there is no notify-send', async () => {
    process.env.PATH = folder;
    expect(await notifier().show(page())).toMatchObject({
      ok: false,
      error: expect.stringContaining('ENOENT'),
    });
  });
});

describe('the default browser', () => {
  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { DISPLAY: '' }, false],
    ['darwin', {}, true],
    ['win32', {}, true],
  ] as const)('can be opened on %s with %j: %s', (platform, environment, expected) => {
    expect(hasDisplay(environment, platform)).toBe(expected);
  });

  it.each([
    ['linux', 'xdg-open', []],
    ['darwin', 'open', []],
    ['win32', 'rundll32', ['url.dll,FileProtocolHandler']],
  ] as const)('is opened on %s by %s with the address as one argument', async (platform, name, before) => {
    const args = program(name);
    const address = 'http://127.0.0.1:7411/launch?token=a&b=$(id);`x`';
    expect(await openBrowser(address, platform)).toBe(true);
    await expect.poll(args).toEqual([...before, address]);
  });

  it('that is not there is told, not thrown', async () => {
    process.env.PATH = folder;
    expect(await openBrowser('http://127.0.0.1:1/', 'linux')).toBe(false);
  });
});
