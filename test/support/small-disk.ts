import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of a few megabytes, so that "no space left" is the kernel's word. */
export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Takes all the space that is left, or so many blocks of 64 KiB; the answer gives it back. */
  fill(blocksMax?: number): () => void;
}

/** Null where this process may not mount one, with the reason printed. */
export function smallDisk(megabytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'midwatch-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (thrown) {
    rmSync(path, { recursive: true, force: true });
    console.warn(`No small disk, so tests of a full one are left out: ${String(thrown).split('\n')[0]}`);
    return null;
  }
  return {
    path,
    fill(blocksMax = megabytes * 16) {
      const ballast = join(path, 'ballast');
      try {
        writeFileSync(ballast, Buffer.alloc(blocksMax * 64 * 1024, 1));
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
      }
      return () => rmSync(ballast, { force: true });
    },
    [Symbol.dispose]() {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
