import type { z } from 'zod';
import { explainIssue, type Issue } from './explain.ts';
import { formatPath, type Problem, problemAt } from './problem.ts';
import type { Located, YamlDocument } from './yaml-reader.ts';

/** A part of the configuration that fits its schema, with where it is written. */
export interface Written<T> {
  readonly config: T;
  readonly file: string;
  readonly located: Located;
  /** From the document's root to this part. */
  readonly path: readonly PropertyKey[];
}

/** Checks a document against its schema. All that is wrong is reported at once; undefined where anything is. */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
  document: YamlDocument,
  problems: Problem[],
): Written<z.output<Schema>> | undefined {
  const parsed = schema.safeParse(document.value, { reportInput: true });
  if (parsed.success) return { config: parsed.data, file, located: document.located, path: [] };
  for (const issue of parsed.error.issues as readonly Issue[]) {
    for (const { path, message } of explainIssue(issue)) {
      const found = find(document.located, path);
      const place = issue.code === 'unrecognized_keys' ? (found.key ?? found) : found;
      problems.push(problemAt({ file, line: place.line, column: place.column }, formatPath(path), message));
    }
  }
  return undefined;
}

/** A part of something written. */
export function partOf<T>(written: Written<unknown>, path: readonly PropertyKey[], config: T): Written<T> {
  return {
    config,
    file: written.file,
    located: find(written.located, path),
    path: [...written.path, ...path],
  };
}

/** What is wrong with a part, in the form that every problem has. */
export function say(
  problems: Problem[],
  written: Written<unknown>,
  path: readonly PropertyKey[],
  message: string,
): void {
  problems.push(placedAt(written, path, message));
}

/** A problem at a part. */
export function placedAt(written: Written<unknown>, path: readonly PropertyKey[], message: string): Problem {
  const { line, column } = find(written.located, path);
  return problemAt({ file: written.file, line, column }, formatPath([...written.path, ...path]), message);
}

/** As `say`, for a place inside a text, such as where an expression cannot be read. */
export function sayInText(
  problems: Problem[],
  written: Written<unknown>,
  path: readonly PropertyKey[],
  text: string,
  offset: number,
  message: string,
): void {
  const located = find(written.located, path);
  const { line, column } = locateInText(located, text, offset);
  problems.push(
    problemAt({ file: written.file, line, column }, formatPath([...written.path, ...path]), message),
  );
}

function locateInText(located: Located, text: string, offset: number): { line: number; column: number } {
  if (!located.text) return located;
  const before = text.slice(0, offset);
  const lineBreaks = before.split('\n').length - 1;
  if (!located.text.block) return { line: located.text.line, column: located.text.column + offset };
  const column = located.text.column + offset - (before.lastIndexOf('\n') + 1);
  return { line: located.text.line + lineBreaks, column };
}

/** `slos/gateway.yaml:14` */
export function definedAt(written: Written<unknown>, path: readonly PropertyKey[] = []): string {
  return `${written.file}:${find(written.located, path).line}`;
}

/** The part at the path, or the nearest one around it where it is missing. */
function find(located: Located, path: readonly PropertyKey[]): Located {
  let at = located;
  for (const part of path) {
    const next = typeof part === 'symbol' ? undefined : at.parts.get(part);
    // A missing key is told where the thing begins that should have had it.
    if (!next) return at;
    at = next;
  }
  return at;
}
