import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A file to be written; its name has no folder in it. */
export interface FileText {
  readonly name: string;
  readonly text: string;
}

/** Writes each file whole or not at all, in the order given, so that what is referred to comes first. Answers their paths. */
export async function writeFiles(folder: string, files: readonly FileText[]): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const { name, text } of files) {
    const path = join(folder, name);
    const partial = `${path}.partial`;
    try {
      const file = await open(partial, 'w', 0o600);
      try {
        await file.writeFile(text, 'utf8');
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, path);
    } catch (thrown) {
      await rm(partial, { force: true });
      throw thrown;
    }
    paths.push(path);
  }
  return paths;
}
