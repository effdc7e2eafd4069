import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './runtime.ts';

/** A copy of the built application in which one guard is broken, to see that a spec notices. */
export interface Mutant {
  readonly path: string;
  remove(): void;
}

export function mutate(file: string, from: RegExp, to: string): Mutant {
  const path = mkdtempSync(join(tmpdir(), 'midwatch-mutant-'));
  cpSync(join(root, 'out'), join(path, 'out'), { recursive: true });
  cpSync(join(root, 'package.json'), join(path, 'package.json'));
  for (const name of ['assets', 'node_modules']) symlinkSync(join(root, name), join(path, name));
  const target = join(path, file);
  const before = readFileSync(target, 'utf8');
  const after = before.replace(from, () => to);
  if (after === before)
    throw new Error(`Nothing in ${file} matches ${from}: the mutation would prove nothing.`);
  writeFileSync(target, after);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
