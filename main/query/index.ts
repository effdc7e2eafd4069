/**
 * PromQL over the local store, behind the one interface that remote sources have too.
 * An expression is parsed and checked, then evaluated in a worker over decoded samples, one selection for all steps, with
 * Prometheus 3's rules; what is outside the subset is answered *not supported yet* with its position.
 * Objectives, detectors, checks and conditions ask here and nowhere else; no data stays no data.
 */
export {
  type ConditionOutcome,
  type ConditionTest,
  evaluateCondition,
  parseConditionTest,
  validateCondition,
} from './condition.ts';
export type { ParsedExpression } from './expression.ts';
export { createInlineTarget, createLocalTarget, type LocalTargetOptions } from './local-target.ts';
export { parseExpression } from './parse.ts';
export type { QueryApi } from './query-api.ts';
