import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../platform/index.ts';

/**
 * The demo's own workspace: a copy in its data folder, so that what is changed in the window is written like anywhere else
 * and the application's files stay as they came. Another edition of the demo sets the old copy aside and begins again.
 */
export function demoWorkspace(original: string, dataFolder: string): string {
  const copy = join(dataFolder, 'workspace');
  // Beside the copy and not in it: which edition of the demo the copy was made from.
  const origin = join(dataFolder, 'workspace.edition');
  const files = filesOf(original, '');
  const edition = sha256(JSON.stringify([...files]));
  if (existsSync(copy) && existsSync(origin) && readFileSync(origin, 'utf8') === edition) return copy;
  if (existsSync(copy)) {
    const previous = join(dataFolder, 'workspace.previous');
    rmSync(previous, { recursive: true, force: true });
    renameSync(copy, previous);
  }
  const partial = join(dataFolder, 'workspace.new');
  rmSync(partial, { recursive: true, force: true });
  for (const [name, text] of files) {
    mkdirSync(dirname(join(partial, name)), { recursive: true });
    writeFileSync(join(partial, name), text);
  }
  writeFileSync(origin, edition);
  renameSync(partial, copy);
  return copy;
}

/** Read one by one: the original may lie inside an archive, from which folders cannot be copied whole. */
function filesOf(folder: string, inside: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(folder, inside), { withFileTypes: true })) {
    const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) for (const [deeper, text] of filesOf(folder, name)) found.set(deeper, text);
    else found.set(name, readFileSync(join(folder, name), 'utf8'));
  }
  return found;
}
