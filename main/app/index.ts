/**
 * The composition root: takes the lock of a workspace, starts the threads, puts the stages together, and ends all of it
 * last in, first out. Configuration is watched and taken over here; health is gathered here.
 * Hosts give it a notifier and a way to start processes, and get one router for their windows.
 */

export { compareReplays, gradePages, ownIncidents, readIncidents } from '../replay/index.ts';
export { formatProblems, hasErrors, type Problem, problemsToJson } from '../workspace/index.ts';
export { askCheck, unasked } from './check-asking.ts';
export { checkWorkspace, detectionTimesOf } from './configuration.ts';
export { windowFolderUrl } from './entry.ts';
export {
  EXPORT_FORMATS,
  type ExportFormat,
  exportWorkspace,
  IMPORT_FORMATS,
  type ImportFormat,
  importFile,
  writeImported,
} from './interchange.ts';
export { linkIn, readLaunch, type WindowLaunch, workspaceFolder } from './launch.ts';
export { type App, type AppOptions, VERSION } from './options.ts';
export { keepReplay, keptReplays } from './replay-shelf.ts';
export { pastOf, replayWorkspaces } from './replays.ts';
export { reportWorkspace } from './reporting.ts';
export { createPageSounds, type PageSounds } from './sound.ts';
export { startApp } from './start.ts';
export { type WhyAnswer, type WhyQuestion, whyOf } from './why.ts';
export { readWindowFile, type WindowFile, windowHeaders } from './window-file.ts';
