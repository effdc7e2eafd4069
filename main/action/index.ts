/**
 * The one executor of a step: checks a condition, takes a person's word, or sends one HTTP request, and verifies it.
 * What is about to be done is journalled before the effect and what came of it after; a dry run shows the same bytes and sends none.
 * An effect whose answer was lost is *unknown*, never *failed*: only a person can say.
 */
export { askCondition, type ConditionResult } from './condition.ts';
export {
  type ActionJournal,
  createExecutor,
  type Executor,
  type ExecutorDeps,
  type Preview,
  type StepContext,
  type StepOutcome,
} from './executor.ts';
export { placeholderNames } from './placeholder.ts';
