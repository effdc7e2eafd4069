import { fileStem, type WorkspaceEdit } from '../../shared/config/edit.ts';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { sha256 } from '../platform/index.ts';
import type { FileChange } from './file-change.ts';
import { swapFiles } from './file-swap.ts';
import {
  isConfigurationFile,
  overlay,
  type ReadFolder,
  readFolder,
  readOne,
  resolveFolder,
} from './folder.ts';
import { type LoadDeps, loadFolder, type WorkspaceLoad } from './load.ts';
import { formatProblems, type Problem } from './problem.ts';
import type { WorkspaceWatch } from './watch.ts';

/** What edits do to one file. */
export interface ChangedFile {
  readonly file: string;
  readonly change: 'created' | 'changed' | 'deleted' | 'unchanged';
  /** What the file is before the edits (`preview`) or after them (`apply`); null where there is none. */
  readonly version: string | null;
  readonly diff: string;
}

export interface EditPreview {
  /** Whether the workspace as it would be can be taken over. */
  readonly loads: boolean;
  readonly files: readonly ChangedFile[];
  readonly problems: readonly Problem[];
}

export interface EditResult {
  readonly files: readonly ChangedFile[];
  readonly problems: readonly Problem[];
  readonly running: boolean;
}

/** Changes configuration files for the window and for stages. Rejects with coded errors that say what to do. */
export interface WorkspaceWriter {
  read(file: string): Promise<{ file: string; text: string; version: string }>;
  preview(edits: readonly WorkspaceEdit[]): Promise<EditPreview>;
  /** Written only where every file is still the version given and the whole workspace would load; then taken over. */
  apply(
    edits: readonly WorkspaceEdit[],
    versions: Readonly<Record<string, string | null>>,
  ): Promise<EditResult>;
}

export interface WriterOptions extends LoadDeps {
  readonly changeFile: (
    file: string,
    before: string | null,
    edits: readonly WorkspaceEdit[],
  ) => Promise<FileChange> | FileChange;
  /** What runs, which is told to look after each change. */
  readonly watch: Pick<WorkspaceWatch, 'during' | 'fingerprint'>;
}

interface Planned {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly diff: string;
}

interface Plan {
  readonly folder: ReadFolder;
  readonly files: readonly Planned[];
  readonly load: WorkspaceLoad;
}

export function createWorkspaceWriter(path: string, options: WriterOptions): WorkspaceWriter {
  return {
    async read(file) {
      refuseForeign(file);
      const read = await readOne(await resolveFolder(path), file);
      if (!read.ok) throw new CodedError('file-not-found', `${file} cannot be read: ${read.reason}.`);
      return { file, text: read.text, version: hashOf(read.text) };
    },
    async preview(edits) {
      const { files, load } = await plan(path, edits, options);
      return {
        loads: load.workspace !== null,
        files: files.map((one) => ({ ...summaryOf(one), version: versionOf(one.before) })),
        problems: load.problems,
      };
    },
    apply: (edits, versions) => apply(path, edits, versions, options),
  };
}

async function apply(
  path: string,
  edits: readonly WorkspaceEdit[],
  versions: Readonly<Record<string, string | null>>,
  options: WriterOptions,
): Promise<EditResult> {
  const { files, load } = await options.watch.during(async () => {
    const planned = await plan(path, edits, options);
    for (const one of planned.files) refuseChanged(one, versions);
    if (!planned.load.workspace)
      throw new CodedError(
        'workspace-invalid',
        `Nothing was written, as the workspace could not be used afterwards:\n${formatProblems(planned.load.problems)}`,
        { details: { problems: planned.load.problems } },
      );
    const changed = planned.files.filter((one) => one.before !== one.after);
    await write(planned.folder.realPath, changed);
    return planned;
  });
  return {
    files: files.map((one) => ({ ...summaryOf(one), version: versionOf(one.after) })),
    problems: load.problems,
    running: options.watch.fingerprint() === load.fingerprint,
  };
}

/** The second look, just before the change, catches an editor that saved while the workspace was being checked. */
async function write(realPath: string, changed: readonly Planned[]): Promise<void> {
  for (const one of changed) {
    const now = await readOne(realPath, one.file);
    const text = now.ok ? now.text : null;
    if (text !== one.before) throw fileChanged(one.file);
  }
  try {
    await swapFiles(realPath, changed);
  } catch (thrown) {
    throw new CodedError(
      'workspace-not-written',
      `The workspace could not be written to (${messageOf(thrown)}). Nothing was changed; see that ${realPath} may be written to and the disk has room.`,
      { cause: thrown },
    );
  }
}

async function plan(path: string, edits: readonly WorkspaceEdit[], options: WriterOptions): Promise<Plan> {
  const folder = await readFolder(path);
  const texts = new Map(folder.files.map((file) => [file.name, file.text]));
  const byFile = new Map<string, WorkspaceEdit[]>();
  for (const edit of edits) {
    const file =
      edit.kind === 'create' ? freeName(edit, new Set([...texts.keys(), ...byFile.keys()])) : edit.file;
    refuseForeign(file);
    byFile.set(file, [...(byFile.get(file) ?? []), edit]);
  }
  const files: Planned[] = [];
  for (const [file, own] of byFile) {
    refuseUnreadable(folder, file);
    const before = texts.get(file) ?? null;
    if (before === null && own.some((edit) => edit.kind === 'delete' || edit.kind === 'remove'))
      throw new CodedError(
        'file-not-found',
        `There is no ${file} in this workspace, so nothing can be taken from it.`,
      );
    const changed = await options.changeFile(file, before, own);
    if (!changed.ok) {
      const { line, column, message } = changed.problem;
      throw new CodedError('edit-impossible', `${file}:${line}:${column} ${message}. Nothing was written.`);
    }
    files.push({ file, before, after: changed.after, diff: changed.diff });
  }
  const after = overlay(folder, new Map(files.map((one) => [one.file, one.after])));
  return { folder, files, load: await loadFolder(after, options) };
}

/** The next free name: what a file is called matters to nobody but its reader. */
function freeName({ folder, id }: { folder: string; id: string }, taken: ReadonlySet<string>): string {
  const stem = fileStem(id);
  // As file systems that do not tell capitals apart see it.
  const lowered = new Set([...taken].map((name) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = `${folder}/${stem}${number === 1 ? '' : `-${number}`}.yaml`;
    if (!lowered.has(name)) return name;
  }
}

function refuseForeign(file: string): void {
  if (isConfigurationFile(file)) return;
  throw new CodedError(
    'file-refused',
    `${JSON.stringify(file)} is no file of the configuration, so it is neither read nor written.`,
  );
}

/** A link out of the folder or a file that is no text stands there, though it was not read. */
function refuseUnreadable(folder: ReadFolder, file: string): void {
  const problem = folder.problems.find(
    (one) => one.severity === 'error' && (one.file === file || one.file === file.split('/')[0]),
  );
  if (problem && !folder.files.some((one) => one.name === file) && problem.file !== 'midwatch.yaml')
    throw new CodedError('file-refused', `${file} is not written to: ${problem.message}.`);
}

function refuseChanged(one: Planned, versions: Readonly<Record<string, string | null>>): void {
  if (Object.hasOwn(versions, one.file) && versions[one.file] === versionOf(one.before)) return;
  throw fileChanged(one.file);
}

function fileChanged(file: string): CodedError {
  return new CodedError(
    'file-changed',
    `${file} was changed since you saw it, so nothing was written. Look at the preview again, which now starts from the file as it is.`,
  );
}

function summaryOf({ file, before, after, diff }: Planned): Omit<ChangedFile, 'version'> {
  const change =
    before === after ? 'unchanged' : before === null ? 'created' : after === null ? 'deleted' : 'changed';
  return { file, change, diff };
}

function versionOf(text: string | null): string | null {
  return text === null ? null : hashOf(text);
}

function hashOf(text: string): string {
  return sha256(text).slice(0, 32);
}
