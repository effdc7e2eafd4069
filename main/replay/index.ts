/**
 * The objectives' maths over history at full speed: samples of the store or a file, each series read once, every window
 * slid over it. What it answers is what live evaluation would have alerted on, by the same decisions.
 */
export { compareReplays, type ReplayDifference } from './difference.ts';
export { gradePages, type LabelledIncident, type PageGrades, readIncidents } from './grade.ts';
export { type Replay, replayObjectives } from './replay.ts';
export { readSampleFile } from './sample-file.ts';
