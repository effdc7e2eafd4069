import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';

/** A JSON file of a few values, read through its schema and replaced whole: it is the old one or the new one, never half. */
export interface SmallFile<T> {
  /** Undefined where there is no file yet. */
  read(): Result<T | undefined, string>;
  write(value: T): Result<'written', string>;
}

export function smallFile<T>(path: string, schema: z.ZodType<T>): SmallFile<T> {
  return {
    read() {
      try {
        return ok(schema.parse(JSON.parse(readFileSync(path, 'utf8'))));
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return ok(undefined);
        return err(`${path} cannot be read: ${messageOf(thrown).slice(0, 300)}`);
      }
    },
    write(value) {
      try {
        writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
        renameSync(`${path}.new`, path);
        return ok('written');
      } catch (thrown) {
        return err(`${path} cannot be written: ${messageOf(thrown)}`);
      }
    },
  };
}
