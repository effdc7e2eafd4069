import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const product = ['main', 'renderer', 'preload', 'shared'];
const LINES_MAX = 400;

const files = product
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }))
  .filter((path) => !path.endsWith('.d.ts') && !path.includes('test-plant'));
const linesOf = (path: string) => readFileSync(join(root, path), 'utf8').split('\n').length - 1;

describe('the size budget', () => {
  it('looks at the whole product', () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it(`keeps each file at ${LINES_MAX} lines or fewer`, () => {
    expect(
      files.map((path) => ({ path, lines: linesOf(path) })).filter((one) => one.lines > LINES_MAX),
    ).toEqual([]);
  });

  it('has at least one line of test for each line of source under main/', () => {
    const count = (paths: string[]) => paths.reduce((sum, path) => sum + linesOf(path), 0);
    const source = count(files.filter((path) => path.startsWith('main/')));
    const tests = count(globSync('test/**/*.{ts,tsx,scenario}', { cwd: root }));
    expect(tests, `${tests} lines of test, ${source} lines of source`).toBeGreaterThanOrEqual(source);
  });

  it('keeps what the host of the desktop runtime takes under 1,000 lines', () => {
    const host = files.filter((path) => path.startsWith('main/host/electron/'));
    expect(host.reduce((sum, path) => sum + linesOf(path), 0)).toBeLessThan(1_000);
  });
});
