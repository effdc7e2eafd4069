/**
 * The chain put together: a poll becomes findings, findings become alerts, alerts become an incident and notifications.
 * It holds no rule of its own; it carries what one stage decided to the next, in order, and loses nothing in a crash.
 * Any clock drives it: the machine's, a scenario's, or history's.
 */
export { changeMemory } from './change-memory.ts';
export { type ChangeWatch, createChangeWatch } from './change-watch.ts';
export {
  createPipeline,
  type Pipeline,
  type PipelineDeps,
  type PolledSource,
  type Publisher,
} from './pipeline.ts';
