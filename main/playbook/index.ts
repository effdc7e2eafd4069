/**
 * Playbooks and their runs: diagnosis steps in order until one indicates the root cause, then each mitigation action
 * whose condition holds when its turn comes. Each step is journalled before and after its effect, so that a run survives
 * the end of the process and never silently runs a step twice; what is not known is asked of a person.
 */
export type { PlaybooksDeps, RunLog } from './deps.ts';
export { createPlaybooks, type Playbooks } from './playbooks.ts';
export type { Subject } from './propose.ts';
export type { Decision } from './run.ts';
export type { RunNextOptions } from './session.ts';
