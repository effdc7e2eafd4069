import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** What starts Midwatch in a process of its own: the bundles where they are of these sources, which is sooner; else the sources. */
export async function midwatchEntry(): Promise<string> {
  const setup: { isBuilt(): boolean } = await import(join(ROOT, 'scripts', 'setup.mjs'));
  return join(ROOT, setup.isBuilt() ? 'out/main/cli.js' : 'main/host/cli/cli.main.ts');
}
