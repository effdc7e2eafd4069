import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { messageOf } from '../../shared/error/coded.ts';

/** A file of a workspace that an import makes. */
export interface ImportedFile {
  /** Path inside the workspace: `slos/gateway.yaml`. */
  readonly name: string;
  readonly text: string;
}

/** What an import gives: files to write, and by file and line what could not be carried over. */
export interface Imported {
  readonly files: readonly ImportedFile[];
  /** `rules.yml:12: a recording rule …`. */
  readonly left: readonly string[];
}

/** A document of a foreign file, with the line of any part. */
export interface ForeignDocument {
  readonly value: unknown;
  /** `file:line` of the part at the path, or of the nearest one around it. */
  readonly at: (path: readonly (string | number)[]) => string;
}

/** More text than this is no configuration; a file can be made to cost far more than its size. */
const CHARS_MAX = 8 * 1024 * 1024;

/** A file that is no YAML at all is wrong in each of its lines. */
const ERRORS_MAX = 20;
/** A node named more often than this is an attack: ten lines can stand for millions. */
const ALIASES_MAX = 100;

/** Reads a foreign YAML file. What is no YAML is said with its line, in `left`, and gives no document. */
export function readForeign(text: string, file: string): { documents: ForeignDocument[]; left: string[] } {
  if (text.length > CHARS_MAX)
    return { documents: [], left: [`${file}:1: the file is larger than 8 MiB, so it was not read.`] };
  const lines = new LineCounter();
  const documents: ForeignDocument[] = [];
  const left: string[] = [];
  // Prometheus, Alertmanager and Sloth take merge keys, which YAML 1.2 leaves out.
  for (const document of parseAllDocuments(text, { lineCounter: lines, merge: true })) {
    for (const { pos, message } of document.errors.slice(0, ERRORS_MAX))
      left.push(`${file}:${lines.linePos(pos[0]).line}: not YAML, so it was not read: ${said(message)}`);
    if (document.errors.length > 0) continue;
    try {
      const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
      if (value !== null) documents.push({ value, at: (path) => `${file}:${lineOf(document, path, lines)}` });
    } catch (thrown) {
      const first = lineOf(document, [], lines);
      left.push(`${file}:${first}: its anchors cannot be followed, so it was not read: ${messageOf(thrown)}`);
    }
  }
  if (documents.length === 0 && left.length === 0)
    left.push(`${file}:1: there is nothing in it to take over.`);
  return { documents, left };
}

/** The first line of what the parser says, without the place, which is said already. */
function said(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').slice(0, 200);
}

/** Where the key of the path stands, or the nearest part around it. */
function lineOf(document: Document, path: readonly (string | number)[], lines: LineCounter): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const last = path[length - 1];
    const around = length === 0 ? null : document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(around)
      ? around.items.find(({ key }) => isScalar(key) && key.value === last)
      : undefined;
    const node =
      pair?.key ?? (length === 0 ? document.contents : document.getIn(path.slice(0, length), true));
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

type At = ForeignDocument['at'];

/** Where a file is not as it should be, and what is wrong there; the rest is mostly of the same. */
export function firstIssue({ issues: [issue] }: z.ZodError): {
  readonly path: readonly (string | number)[];
  readonly message: string;
} {
  return {
    path: (issue?.path ?? []).filter((one) => typeof one !== 'symbol'),
    message: issue?.message ?? 'cannot be read',
  };
}

/** Names each key that nothing here reads. */
export function nameUnread(
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  where: { readonly at: At; readonly path: readonly (string | number)[]; readonly of: string },
  left: string[],
): void {
  for (const key of Object.keys(value))
    if (!known.includes(key))
      left.push(`${where.at([...where.path, key])}: ${where.of}${key} is not carried over.`);
}

/** A name that files and objectives take. */
export function nameOf(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 90);
  return plain === '' ? 'imported' : plain;
}
