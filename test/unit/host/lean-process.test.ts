import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LEAN_ARGS, LEAN_ENV, leanStart } from '../../../main/host/cli/lean-process.ts';

const run = promisify(execFile);
const LEAN = join(import.meta.dirname, '../../../main/host/cli/lean-process.ts');
const process1 = { execPath: '/node', execArgv: ['--inspect'], argv: ['/node', '/cli.js', 'serve', 'ops'] };

describe('a process that should be small', () => {
  it('begins anew with its arguments, its own flags and what makes it small', () => {
    expect(leanStart(process1, { HOME: '/home/me', MALLOC_ARENA_MAX: '8' })).toEqual({
      args: ['/node', '--max-semi-space-size=2', '--inspect', '/cli.js', 'serve', 'ops'],
      env: { ...LEAN_ENV, HOME: '/home/me', MALLOC_ARENA_MAX: '8', MIDWATCH_LEAN: '1' },
    });
    expect(leanStart(process1, {})?.env.MALLOC_ARENA_MAX).toBe('2');
  });

  it('does so once, and not where it was given its size', () => {
    expect(leanStart(process1, { MIDWATCH_LEAN: '1' })).toBeNull();
    expect(leanStart({ ...process1, execArgv: ['--max-semi-space-size=16'] }, {})).toBeNull();
  });

  it('is started by the scripts as it would become', async () => {
    const { lean } = await import(new URL('../../../scripts/setup.mjs', import.meta.url).href);
    expect(lean).toEqual({ args: LEAN_ARGS, env: LEAN_ENV });
  });

  it.skipIf(typeof process.execve !== 'function')(
    'keeps its number, its arguments and its output',
    async () => {
      const code = `
      import { becomeLean } from ${JSON.stringify(LEAN)};
      const before = process.env.BEFORE ?? String(process.pid);
      process.env.BEFORE = before;
      becomeLean();
      console.log(JSON.stringify({ same: before === String(process.pid), flags: process.execArgv[0], arenas: process.env.MALLOC_ARENA_MAX, more: process.argv.slice(1) }));
    `;
      const { MIDWATCH_LEAN: _1, MALLOC_ARENA_MAX: _2, BEFORE: _3, ...env } = process.env;
      const args = ['--input-type=module', '--eval', code, 'one', 'two words'];
      const { stdout, stderr } = await run(process.execPath, args, { env });
      expect(JSON.parse(stdout)).toEqual({
        same: true,
        flags: '--max-semi-space-size=2',
        arenas: '2',
        more: ['one', 'two words'],
      });
      expect(stderr).not.toMatch(/Experimental/);
    },
  );
});
