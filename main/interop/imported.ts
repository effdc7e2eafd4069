import { isNode, LineCounter, parseAllDocuments } from 'yaml';

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

/** Reads a foreign YAML file. What is no YAML is said with its line, in `left`, and gives no document. */
export function readForeign(text: string, file: string): { documents: ForeignDocument[]; left: string[] } {
  if (text.length > CHARS_MAX)
    return { documents: [], left: [`${file}:1: the file is larger than 8 MiB, so it was not read.`] };
  const lines = new LineCounter();
  const documents: ForeignDocument[] = [];
  const left: string[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    const [problem] = document.errors;
    if (problem) {
      left.push(
        `${file}:${lines.linePos(problem.pos[0]).line}: not YAML, so it was not read: ${problem.code}`,
      );
      continue;
    }
    const at = (path: readonly (string | number)[]): string => {
      for (let length = path.length; length >= 0; length -= 1) {
        const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return `${file}:${lines.linePos(node.range[0]).line}`;
      }
      return `${file}:1`;
    };
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value !== null) documents.push({ value, at });
  }
  return { documents, left };
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
