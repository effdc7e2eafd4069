import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPageSounds } from '../../../main/app/index.ts';
import { createSoundPlayer, silentLogger, VirtualClock } from '../../../main/platform/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-player-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A player of that name that writes down what it was given. */
function program(name: string, status = 0): void {
  const body = `echo "${name} $*" >> '${folder}/log'; echo "no ${name} server" >&2; exit ${status}`;
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
}
const player = (platform: NodeJS.Platform = 'linux') => createSoundPlayer(platform, { PATH: folder });
const log = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');

describe('a sound file', () => {
  it('is played by the first program that there is', async () => {
    program('aplay');
    program('paplay');
    expect(player().isThere()).toBe(true);
    expect(await player().play('/tmp/a b;$(id).wav')).toEqual({ ok: true, value: 'paplay' });
    expect(log()).toEqual(['paplay --property=media.role=event /tmp/a b;$(id).wav']);
  });

  it('is played by the next one where the first finds no sound server', async () => {
    program('pw-play', 1);
    program('aplay');
    expect(await player().play('/x.wav')).toEqual({ ok: true, value: 'aplay' });
  });

  it('that none can play says what each of them said, or what to install', async () => {
    expect(player().isThere()).toBe(false);
    expect(await player().play('/x.wav')).toEqual({
      ok: false,
      error: 'none of pw-play, paplay, canberra-gtk-play, aplay is installed',
    });
    program('pw-play', 1);
    program('canberra-gtk-play', 2);
    expect(await player().play('/x.wav')).toEqual({
      ok: false,
      error: 'pw-play: no pw-play server; canberra-gtk-play: no canberra-gtk-play server',
    });
  });

  it('is played by the one program that macOS and Windows have, never by another', async () => {
    program('paplay');
    expect(player('darwin').isThere()).toBe(false);
    expect(player('win32').isThere()).toBe(false);
    expect(await player('aix').play('/x.wav')).toEqual({
      ok: false,
      error: 'no program is known on this system',
    });
    program('afplay');
    program('powershell.exe');
    expect(await player('darwin').play('/x y.wav')).toEqual({ ok: true, value: 'afplay' });
    expect(await player('win32').play('/a;b.wav')).toEqual({ ok: true, value: 'powershell.exe' });
    const [mac, windows] = log();
    expect(mac).toBe('afplay /x y.wav');
    // A path among PowerShell's arguments would be read as a command.
    expect(windows).toMatch(
      /^powershell\.exe -NoProfile -NonInteractive -Command \(New-Object .*PlaySync\(\)$/,
    );
    expect(windows).not.toContain('a;b');
  });
});

describe('the sound of a page', () => {
  it('is the file of its priority, and one at a time unless a more urgent one comes', async () => {
    program('paplay');
    const clock = new VirtualClock(1_000);
    const sounds = createPageSounds(player(), clock, silentLogger());
    expect(await sounds.said()).toBe('No page came yet.');
    const said = async (priority: 'P0' | 'P1' | 'P3', resolved = false) => {
      const page = { title: '', body: '', groupKey: '', incidentId: null, sound: true, priority, resolved };
      sounds.begin(page);
      return sounds.said();
    };
    expect(await said('P1')).toBe('Its sound was played by paplay.');
    expect(await said('P3')).toBe('Another sound was playing.');
    expect(await said('P0')).toBe('Its sound was played by paplay.');
    await clock.advance(5_000);
    expect(await said('P0', true)).toBe('Its sound was played by paplay.');
    expect(log().map((line) => line.split('/').at(-1))).toEqual(['p1.wav', 'p0.wav', 'p3.wav']);
  });
});
