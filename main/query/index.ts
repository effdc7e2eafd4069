/**
 * PromQL over the local store, behind the one interface that remote sources have too.
 * An expression is parsed and checked, then evaluated in a worker over decoded samples, one selection for all steps, with
 * Prometheus 3's rules, or 2's where the workspace says so. An expression may name other sources: each evaluates its own
 * parts, and what joins them is evaluated here.
 * Objectives, detectors, checks and conditions ask here and nowhere else; no data stays no data.
 */
export { type CheckedExpression, checkExpression } from './check-expression.ts';
export {
  type ConditionOutcome,
  type ConditionTest,
  evaluateCondition,
  parseConditionTest,
  validateCondition,
} from './condition.ts';
export type { Compat, ParsedExpression } from './expression.ts';
export { createJoinedTarget } from './joined-target.ts';
export { createInlineTarget, createLocalTarget, type LocalTargetOptions } from './local-target.ts';
export { parseExpression } from './parse.ts';
export { LOCAL_SOURCE, sourcesNamed } from './plan.ts';
export type { QueryApi } from './query-api.ts';
export { rangeFileOf } from './range-file.ts';
export { sameExpression } from './same-expression.ts';
export { selectionsOf } from './selections.ts';
