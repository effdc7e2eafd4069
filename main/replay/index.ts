/**
 * The pipeline over history at full speed. Objectives are counted from samples, each series read once and every window slid
 * over it (or by the source, where there are no samples); rules and detectors are asked for in ranges ahead of their
 * instants. What they say goes through the very stages that decide live, on a virtual clock, with nobody at their end.
 */
export { compareReplays } from './difference.ts';
export { gradePages, ownIncidents, readIncidents } from './grade.ts';
export { patientTarget } from './patient-target.ts';
export { type ReplayInput, type ReplayProgress, replay } from './replay.ts';
export { readSampleFile } from './sample-file.ts';
export type { ReplaySource } from './source-tracks.ts';
export type { ReplayQuiet } from './world.ts';
