/**
 * The folder that is the configuration: read with limits, checked whole against schemas and across files, put together as
 * plain data with `file:line` for every definition. Whatever is wrong is reported at once, each with its place and what to write.
 * Changes on disk are taken over without a restart; while there is a mistake the last good configuration goes on running.
 * Files are changed here and nowhere else: a `WorkspaceWriter` takes edits (`shared/config/edit.ts`: set, insert or remove at a
 * path, create from an id, write or delete a whole file), keeps comments and order, and checks the whole workspace as it would be.
 * `preview` answers diffs, problems and each file's version; `apply` takes those versions back and writes all or nothing.
 * Windows ask the same by `workspace.preview` and `workspace.apply`. A new folder of files needs only its name in `folder.ts`.
 */

export { editsOfChange } from './change-objective.ts';
export type { CheckExpression } from './checker.ts';
export { readObjectives } from './draft-objective.ts';
export { changeFile } from './file-change.ts';
export { type LoadDeps, loadWorkspace, type WorkspaceLoad, workspaceId } from './load.ts';
export { formatProblems, hasErrors, type Problem, problemsToJson } from './problem.ts';
export { resolveSecret, type SecretError } from './secret.ts';
export { type WatchOptions, type WorkspaceWatch, watchWorkspace } from './watch.ts';
export {
  type ChangedFile,
  createWorkspaceWriter,
  type EditPreview,
  type EditResult,
  type WorkspaceWriter,
  type WriterOptions,
} from './writer.ts';
export { readYaml } from './yaml-reader.ts';
export { startYamlThread, type YamlThread } from './yaml-thread.ts';
