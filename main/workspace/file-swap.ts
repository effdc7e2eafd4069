import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../shared/error/coded.ts';

/** A file that is to hold another text, be made, or go. */
export interface FileSwap {
  /** Path inside the workspace, with `/`. */
  readonly file: string;
  /** Null where there must be none. */
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Puts all texts in place or none. Each new text lies complete and synced beside its file before the first is renamed;
 * a failure in between puts back what was changed. Links are not followed.
 */
export async function swapFiles(realPath: string, swaps: readonly FileSwap[]): Promise<void> {
  const staged: { swap: FileSwap; target: string; temporary: string | null }[] = [];
  const done: { swap: FileSwap; target: string }[] = [];
  try {
    for (const swap of swaps) {
      const target = await targetOf(realPath, swap.file);
      staged.push({ swap, target, temporary: swap.after === null ? null : await stage(target, swap.after) });
    }
    for (const { swap, target, temporary } of staged) {
      if (temporary === null) await unlink(target);
      else if (swap.before === null) await putNew(temporary, target);
      else await rename(temporary, target);
      done.push({ swap, target });
    }
  } catch (thrown) {
    const left: string[] = [];
    for (const { swap, target } of done.reverse())
      await putBack(swap, target).catch((problem: unknown) =>
        left.push(`${swap.file} (${messageOf(problem)})`),
      );
    if (left.length === 0) throw thrown;
    throw new Error(`${messageOf(thrown)}; and these could not be put back: ${left.join(', ')}`, {
      cause: thrown,
    });
  } finally {
    for (const { temporary } of staged) if (temporary !== null) await unlink(temporary).catch(ignoreMissing);
  }
  for (const folder of new Set(staged.map(({ target }) => dirname(target)))) await syncFolder(folder);
}

/** Where the file is, its folder made where it is missing. Rejects for links: they could lead out of the workspace. */
async function targetOf(realPath: string, file: string): Promise<string> {
  const target = join(realPath, file);
  const folder = dirname(target);
  if (folder !== realPath) await mkdir(folder).catch(ignoreExisting);
  if ((await realpath(folder)) !== folder)
    throw new Error(`the folder of ${file} is a link, which is not followed`);
  const stat = await lstat(target).catch(ignoreMissing);
  if (stat && !stat.isFile()) throw new Error(`${file} is a link or no plain file, and is not written to`);
  return target;
}

async function stage(target: string, text: string): Promise<string> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const stat = await lstat(target).catch(ignoreMissing);
  const file = await open(temporary, 'wx', stat ? stat.mode & 0o777 : 0o644);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } catch (thrown) {
    await unlink(temporary).catch(ignoreMissing);
    throw thrown;
  } finally {
    await file.close();
  }
  return temporary;
}

/** A hard link fails where the name is taken, which a rename would not. */
async function putNew(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST' || (await lstat(target).catch(ignoreMissing))) throw thrown;
    // File systems without hard links.
    await rename(temporary, target);
  }
}

async function putBack({ before }: FileSwap, target: string): Promise<void> {
  if (before === null) await unlink(target);
  else await rename(await stage(target, before), target);
}

/** The new name itself must survive a power cut; Windows knows no such thing as syncing a folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(thrown: unknown): string {
  return (thrown as NodeJS.ErrnoException).code ?? '';
}

function ignoreMissing(thrown: unknown): undefined {
  if (codeOf(thrown) !== 'ENOENT') throw thrown;
  return undefined;
}

function ignoreExisting(thrown: unknown): void {
  if (codeOf(thrown) !== 'EEXIST') throw thrown;
}
