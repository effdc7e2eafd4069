import type { CliHost } from './command-line.ts';
import { becomeLean } from './lean-process.ts';

const LONG_RUNS = ['start', 'serve', 'demo'];

/** The desktop's executable starts this, with its own way to start processes. */
export async function commandLine(args: readonly string[], host: CliHost): Promise<number> {
  const program = await import('./command-line.ts');
  return program.commandLine(args, host);
}

// Under the desktop runtime this file is loaded by the shell, which calls it when it is ready. All else is loaded after
// the process is what it should be, so that nothing is loaded twice.
if (process.versions.electron === undefined) {
  if (LONG_RUNS.includes(process.argv[2] ?? '')) becomeLean();
  const { runHere } = await import('./command-line.ts');
  await runHere();
}
