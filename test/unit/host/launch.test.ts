import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkIn, readLaunch, workspaceFolder } from '../../../main/app/launch.ts';

const unpacked = (...args: string[]) => readLaunch(['/opt/electron', '/home/me/midwatch', ...args], false);
const packed = (...args: string[]) => readLaunch(['/opt/Midwatch/midwatch', ...args], true);
const window = { kind: 'window', demo: false, workspace: undefined, dataFolder: undefined, hash: undefined };

describe('a start of the desktop’s executable', () => {
  it('means a window where no other command is named', () => {
    expect(packed()).toEqual(window);
    expect(packed('start', '/srv/ws')).toEqual({ ...window, workspace: '/srv/ws' });
    expect(packed('/srv/ws')).toEqual({ ...window, workspace: '/srv/ws' });
    expect(packed('demo', '--data', '/tmp/d')).toEqual({ ...window, demo: true, dataFolder: '/tmp/d' });
  });

  it('is read the same behind the application’s own path, and behind the runtime’s switches', () => {
    expect(unpacked('start', '/srv/ws')).toEqual(packed('start', '/srv/ws'));
    const switches = ['--no-sandbox', '--inspect=0', '--remote-debugging-port=0', '--user-data-dir=/tmp/u'];
    expect(readLaunch(['/opt/electron', ...switches, '/home/me/midwatch', 'demo'], false)).toMatchObject({
      kind: 'window',
      demo: true,
    });
    expect(packed('--no-sandbox', '--ozone-platform-hint=auto')).toEqual(window);
  });

  it('means a sub-command where one is named, or where no window is wanted', () => {
    for (const args of [
      ['check', '/srv/ws', '--json'],
      ['serve'],
      ['version'],
      ['demo', '--smoke'],
      ['start', '--no-open'],
      ['--help'],
    ])
      expect(packed(...args)).toEqual({ kind: 'command', args });
    expect(packed('--no-sandbox', 'check')).toEqual({ kind: 'command', args: ['check'] });
    expect(packed('secret', 'pager')).toEqual({ kind: 'command', args: ['secret', 'pager'] });
  });

  it('takes a link along, and never for a workspace', () => {
    expect(packed('midwatch://incident/abc')).toEqual({ ...window, hash: '#/incident/abc' });
    expect(packed('start', '/srv/ws', 'midwatch://incident/abc')).toMatchObject({
      workspace: '/srv/ws',
      hash: '#/incident/abc',
    });
    expect(packed('midwatch://run/x')).toEqual(window);
    expect(linkIn(['--x', 'midwatch://incident/abc'])).toBe('#/incident/abc');
    expect(linkIn(['start'])).toBeUndefined();
  });

  it('opens the folder of a file that a desktop hands over', () => {
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-launch-'));
    writeFileSync(join(folder, 'shop.midwatch'), '');
    expect(workspaceFolder(join(folder, 'shop.midwatch'))).toBe(folder);
    expect(workspaceFolder(folder)).toBe(folder);
    expect(workspaceFolder('/nowhere')).toBe('/nowhere');
    rmSync(folder, { recursive: true });
  });
});
