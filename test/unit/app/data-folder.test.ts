import { existsSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolders } from '../../../main/app/data-folder.ts';

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'midwatch-state-')));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('where state is kept', () => {
  it('is a folder of the workspace’s own below XDG_STATE_HOME', () => {
    const folders = dataFolders('abc123', undefined, { XDG_STATE_HOME: base });
    expect(folders).toEqual({
      root: join(base, 'midwatch', 'abc123'),
      logPath: join(base, 'midwatch', 'abc123', 'midwatch.db'),
      metricPath: join(base, 'midwatch', 'abc123', 'metrics.db'),
      exports: join(base, 'midwatch', 'abc123', 'exports'),
    });
    expect(statSync(folders.exports).isDirectory()).toBe(true);
  });

  it('is readable by its owner alone', () => {
    const { root } = dataFolders('abc123', undefined, { XDG_STATE_HOME: base });
    expect(statSync(root).mode & 0o777).toBe(0o700);
    expect(statSync(join(base, 'midwatch')).mode & 0o077).toBe(0);
  });

  it('is the folder that --data names, made where it is missing, and nothing of it is elsewhere', () => {
    const { root, logPath } = dataFolders('abc123', join(base, 'mine', 'deep'), {
      XDG_STATE_HOME: '/nowhere',
    });
    expect(root).toBe(join(base, 'mine', 'deep'));
    expect(logPath.startsWith(root)).toBe(true);
    expect(existsSync('/nowhere')).toBe(false);
  });

  it('is named by its real path, so that a link to it is the same folder', () => {
    dataFolders('id', join(base, 'real'), {});
    symlinkSync(join(base, 'real'), join(base, 'link'));
    expect(dataFolders('id', join(base, 'link'), {}).root).toBe(join(base, 'real'));
  });

  it('ignores an XDG_STATE_HOME that is relative, which would be another folder in each terminal', () => {
    const home = homedir();
    const before = process.env.HOME;
    process.env.HOME = base;
    try {
      expect(dataFolders('id', undefined, { XDG_STATE_HOME: 'state' }).root).toBe(
        join(base, '.local', 'state', 'midwatch', 'id'),
      );
      expect(dataFolders('id', undefined, { XDG_STATE_HOME: '' }).root).toContain('.local/state');
    } finally {
      process.env.HOME = before ?? home;
    }
  });

  it('says what to do where a file stands in its place', () => {
    writeFileSync(join(base, 'file'), '');
    for (const path of [join(base, 'file'), join(base, 'file', 'below')])
      expect(() => dataFolders('id', path, {})).toThrowError(
        expect.objectContaining({
          code: 'data-folder-unusable',
          message: expect.stringContaining('--data'),
          details: { folder: path },
        }),
      );
  });
});
