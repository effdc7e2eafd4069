import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..', '..');

/** What the specs run on: the desktop runtime itself where it is installed, else the stand-in. */
export interface DesktopRuntime {
  readonly kind: 'real' | 'stand-in';
  readonly executablePath: string;
}

export function findRuntime(): DesktopRuntime {
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  const real = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()) : '';
  if (process.env.MIDWATCH_DESKTOP !== 'stand-in' && real !== '' && existsSync(real))
    return { kind: 'real', executablePath: real };
  return { kind: 'stand-in', executablePath: join(import.meta.dirname, '..', 'stand-in', 'electron') };
}

export const runtime = findRuntime();
