/**
 * `npm run bench`: runs one benchmark, prints its table, and prints last one line of JSON. Exit status 0 where every
 * promise held, 1 where one did not, 2 where the command was wrong.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, failed, UsageError } from './support/benchmark.ts';
import { describeOptions, readOptions } from './support/command-line.ts';
import { jsonLineOf, tableOf } from './support/table.ts';

const ENDING = '.bench.ts';
const USAGE = `npm run bench -- NAME [options]    runs one benchmark
npm run bench -- --list            names them all, with their options`;

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length))
  .sort();

async function load(name: string): Promise<Benchmark> {
  const module = (await import(join(import.meta.dirname, name + ENDING))) as { benchmark: Benchmark };
  return module.benchmark;
}

async function list(): Promise<number> {
  for (const name of names) {
    const { about, options } = await load(name);
    console.log([`  ${name.padEnd(10)} ${about}`, ...describeOptions(options), ''].join('\n'));
  }
  return 0;
}

async function run(name: string, args: readonly string[]): Promise<number> {
  const benchmark = await load(name);
  const options = readOptions(args, benchmark.options, () => Math.floor(Math.random() * 1e9));
  console.log(`${name}: ${benchmark.about}\nseed ${options.seed}\n`);
  const measured = await benchmark.run(options, (text) => console.log(`  ${text}`));
  const passed = !measured.figures.some(failed);
  console.log(`\n${tableOf(measured.figures)}\n`);
  for (const note of measured.notes) console.log(`  ${note}`);
  console.log(`\n${passed ? 'Passed.' : 'FAILED.'}`);
  console.log(jsonLineOf(name, options.seed, measured));
  return passed ? 0 : 1;
}

async function main([first, ...rest]: readonly string[]): Promise<number> {
  if (first === '--list') return list();
  if (first === '--help' || first === '-h') {
    console.log(USAGE);
    return 0;
  }
  if (first === undefined || !names.includes(first)) {
    const said = first === undefined ? 'Name a benchmark.' : `There is no benchmark named "${first}".`;
    throw new UsageError(`${said} There are: ${names.join(', ')}.\n${USAGE}`);
  }
  return run(first, rest);
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (thrown: unknown) => {
    const isUsage = thrown instanceof UsageError;
    console.error(
      `bench: ${isUsage ? thrown.message : thrown instanceof Error ? thrown.stack : String(thrown)}`,
    );
    process.exit(isUsage ? 2 : 1);
  },
);
