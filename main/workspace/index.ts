/**
 * The folder that is the configuration: read with limits, checked whole against schemas and across files, put together as
 * plain data with `file:line` for every definition. Whatever is wrong is reported at once, each with its place and what to write.
 * Changes on disk are taken over without a restart; while there is a mistake the last good configuration goes on running.
 */
export type { CheckExpression } from './checker.ts';
export { type LoadDeps, loadWorkspace, type WorkspaceLoad, workspaceId } from './load.ts';
export { formatProblems, hasErrors, type Problem, problemsToJson } from './problem.ts';
export { resolveSecret, type SecretError } from './secret.ts';
export { type WatchOptions, type WorkspaceWatch, watchWorkspace } from './watch.ts';
export { readYaml } from './yaml-reader.ts';
export { startYamlThread, type YamlThread } from './yaml-thread.ts';
