import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Figure, UsageError } from '../../bench/support/benchmark.ts';
import { describeOptions, readOptions } from '../../bench/support/command-line.ts';
import { jsonLineOf, tableOf } from '../../bench/support/table.ts';

const specs = {
  seconds: { kind: 'number', about: 'measured time', default: 60, min: 15, max: 600 },
  source: { kind: 'flag', about: 'runs the sources' },
  profile: { kind: 'path', about: 'writes profiles' },
} as const;
const read = (...args: string[]) => readOptions(args, specs, () => 42);

describe('the options of a benchmark', () => {
  it('have their defaults, and a seed that was drawn', () => {
    const options = read();
    expect([options.number('seconds'), options.flag('source'), options.path('profile')]).toEqual([
      60,
      false,
      undefined,
    ]);
    expect(options.seed).toBe(42);
  });

  it('take what is given, in either form', () => {
    const options = read('--seconds=20', '--source', '--profile', '/p', '--seed', '7');
    expect([
      options.number('seconds'),
      options.flag('source'),
      options.path('profile'),
      options.seed,
    ]).toEqual([20, true, '/p', 7]);
  });

  it.each([
    ['under the least', ['--seconds', '14']],
    ['over the most', ['--seconds', '601']],
    ['not a whole number', ['--seconds', '1e2']],
    ['an option that is not there', ['--minutes', '1']],
    ['a word of no option', ['quickly']],
    ['a value for a flag', ['--source=yes']],
    ['a seed below zero', ['--seed=-1']],
  ])('are refused where they are wrong: %s', (_what, args) => {
    expect(() => read(...args)).toThrow(UsageError);
  });

  it('are described with their bounds', () => {
    expect(describeOptions(specs).join('\n')).toContain('measured time (default 60, 15 to 600)');
  });
});

describe('what a benchmark prints', () => {
  const figure = (value: number | null): Figure => ({
    name: 'p99Ms',
    label: 'delay, p99',
    value,
    unit: 'ms',
    atMost: 20,
  });
  const free: Figure = { name: 'maxMs', label: 'delay, maximum', value: 140.9, unit: 'ms' };
  const lineOf = (...figures: Figure[]) => JSON.parse(jsonLineOf('loop', 1, { figures, notes: [] }));

  it('is one line of JSON with figures, targets and whether it passed', () => {
    expect(lineOf(figure(20), free)).toEqual({
      name: 'loop',
      seed: 1,
      figures: { p99Ms: 20, maxMs: 140.9 },
      targets: { p99Ms: '<= 20' },
      pass: true,
    });
  });

  it('fails over the target, and where the promised figure could not be measured', () => {
    expect(lineOf(figure(20.01)).pass).toBe(false);
    expect(lineOf(figure(null)).pass).toBe(false);
  });

  it('marks in the table which promise held', () => {
    const [held = '', other = ''] = tableOf([figure(12), free]).split('\n');
    expect(held).toMatch(/12 ms +≤ 20 {2}ok/);
    expect(other).not.toContain('≤');
    expect(tableOf([figure(null)])).toMatch(/not measured ms +≤ 20 {2}FAILED/);
  });
});

describe('the command', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '..', '..', 'bench', 'run.ts'), ...args], {
      encoding: 'utf8',
    });

  it('names the benchmarks and their options', () => {
    const { status, stdout } = run('--list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}loop .*event-loop delay/m);
    expect(stdout).toContain('--seconds N');
  });

  it('says which there are where a name is wrong or missing, with status 2', () => {
    for (const args of [[], ['sloop'], ['../loop']]) {
      const { status, stderr } = run(...args);
      expect(status).toBe(2);
      expect(stderr).toMatch(/There are: [a-z, -]*\bloop, [a-z, -]*\bstart\b/);
    }
  });

  it('refuses a wrong option before anything runs, with status 2', () => {
    const { status, stdout, stderr } = run('loop', '--seconds', 'many');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--seconds many is not a whole number from 15 to 3600');
  });
});
