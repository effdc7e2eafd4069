import { z } from 'zod';

/** One step into a document: a key, an index, or the item of a list that has this value (`{ where: 'id', is: 'prom' }`). */
export const EditStep = z.union([
  z.string().max(300),
  z.number().int().min(0).max(50_000),
  z.strictObject({ where: z.string().min(1).max(300), is: z.union([z.string().max(300), z.number()]) }),
]);
export type EditStep = z.infer<typeof EditStep>;

/** Which of a file's documents: by its number, or by what stands in it. */
const EditDocument = z.union([
  z.number().int().min(0).max(1_000),
  z.strictObject({ where: z.array(z.string().max(300)).min(1).max(10), is: z.string().max(300) }),
]);

const EditPath = z.array(EditStep).max(30);
/** A path inside the workspace; only files that belong to the configuration are taken. */
const FileName = z.string().min(1).max(200);
const FILE_TEXT_MAX = 1024 * 1024;
const FileText = z.string().max(FILE_TEXT_MAX);
const inFile = { file: FileName, document: EditDocument.default(0), path: EditPath };

/**
 * One change of one configuration file. `set`, `insert` and `remove` keep comments and order; `insert` adds to a list, at its
 * end without `at`, and makes the list where there is none. `create` names its file from an id and never replaces one.
 */
export const WorkspaceEdit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set'), ...inFile, value: z.json() }),
  z.strictObject({
    kind: z.literal('insert'),
    ...inFile,
    at: z.number().int().min(0).max(50_000).optional(),
    value: z.json(),
  }),
  z.strictObject({ kind: z.literal('remove'), ...inFile }),
  z.strictObject({
    kind: z.literal('create'),
    /** `slos`, `dashboards`, …; the file is named from the id. */
    folder: z.string().regex(/^[a-z]{1,40}$/, { message: 'expected the name of a folder of the workspace' }),
    id: z.string().min(1).max(200),
    /** One document each. */
    documents: z.array(z.json()).min(1).max(200),
  }),
  /** The whole text of a file, as an editor has it. */
  z.strictObject({ kind: z.literal('write'), file: FileName, text: FileText }),
  z.strictObject({ kind: z.literal('delete'), file: FileName }),
]);
export type WorkspaceEdit = z.infer<typeof WorkspaceEdit>;
/** As it is asked: what has a default may be left out. */
export type WorkspaceEditInput = z.input<typeof WorkspaceEdit>;

/** All edits of one change; they are written together or not at all. */
export const WorkspaceEdits = z.array(WorkspaceEdit).min(1).max(500);

/** Names that a file must not have on Windows, whatever its ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
const STEM_MAX = 60;

/** A file's name without its ending, made from an id: lower-case letters, digits and hyphens. Never empty, never a path. */
export function fileStem(id: string): string {
  const stem = id
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, STEM_MAX)
    .replaceAll(/^-+|-+$/g, '');
  return stem === '' ? 'unnamed' : RESERVED.test(stem) ? `${stem}-file` : stem;
}
