import { parseArgs } from 'node:util';
import { type OptionSpec, type Options, UsageError } from './benchmark.ts';

const SEED_MAX = 2 ** 31 - 1;

/** Reads what follows the name of a benchmark. The seed is drawn where none is given, and is printed either way. */
export function readOptions(
  args: readonly string[],
  specs: Readonly<Record<string, OptionSpec>>,
  drawSeed: () => number,
): Options {
  const values = parse(args, specs);
  const seed = values.seed === undefined ? drawSeed() : wholeNumber('seed', values.seed, 0, SEED_MAX);
  const numbers = new Map<string, number>();
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.kind !== 'number') continue;
    const given = values[name];
    numbers.set(name, given === undefined ? spec.default : wholeNumber(name, given, spec.min, spec.max));
  }
  return {
    seed,
    number: (name) => numbers.get(name) ?? unknown(name),
    flag: (name) => values[name] === true,
    path: (name) => {
      const given = values[name];
      return typeof given === 'string' ? given : undefined;
    },
  };
}

function parse(args: readonly string[], specs: Readonly<Record<string, OptionSpec>>) {
  const declared = Object.entries(specs).map(([name, spec]) => [
    name,
    { type: spec.kind === 'flag' ? 'boolean' : 'string' },
  ]);
  try {
    return parseArgs({
      args: [...args],
      options: { seed: { type: 'string' }, ...Object.fromEntries(declared) },
    }).values as Record<string, string | boolean | undefined>;
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function wholeNumber(name: string, given: string | boolean, min: number, max: number): number {
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(number >= min && number <= max))
    throw new UsageError(`--${name} ${given} is not a whole number from ${min} to ${max}.`);
  return number;
}

function unknown(name: string): never {
  throw new Error(`The benchmark asks for an option that it does not declare: ${name}.`);
}

/** The options as help shows them. */
export function describeOptions(specs: Readonly<Record<string, OptionSpec>>): string[] {
  const shown = Object.entries(specs).map(([name, spec]) => {
    const usage = `--${name}${spec.kind === 'number' ? ' N' : spec.kind === 'path' ? ' PATH' : ''}`;
    const fallback = spec.kind === 'number' ? ` (default ${spec.default}, ${spec.min} to ${spec.max})` : '';
    return `      ${usage.padEnd(18)} ${spec.about}${fallback}`;
  });
  return [...shown, `      ${'--seed N'.padEnd(18)} repeats a run; drawn where it is left out`];
}
