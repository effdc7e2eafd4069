import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasDisplay, openBrowser } from '../../../main/host/node/browser.ts';
import { createDesktopNotifier } from '../../../main/host/node/index.ts';
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

function notifier() {
  const found = createDesktopNotifier('linux', SESSION);
  if (!found) throw new Error('There is a session, and no notifier.');
  return found;
}

describe('the desktop’s notifications', () => {
  it('are not there without a desktop session, nor on systems that have none in this host', () => {
    expect(createDesktopNotifier('linux', {})).toBeNull();
    expect(createDesktopNotifier('linux', { DBUS_SESSION_BUS_ADDRESS: '' })).toBeNull();
    expect(createDesktopNotifier('darwin', SESSION)).toBeNull();
    expect(createDesktopNotifier('win32', SESSION)).toBeNull();
  });

  it('are shown by notify-send, with the text as arguments', async () => {
    const args = program('notify-send');
    expect(await notifier().show(page())).toEqual({ ok: true, value: 'shown' });
    expect(args()).toEqual([
      '--app-name=Midwatch',
      '--urgency=critical',
      '--hint=string:x-canonical-private-synchronous:service=gateway',
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
    const [, , , dashes, shownTitle, body] = args();
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
    expect(found[4]).toHaveLength(300);
    expect(found[5]).toBe('&lt;'.repeat(2_000));
    expect((found[2] ?? '').length).toBeLessThan(300);
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
