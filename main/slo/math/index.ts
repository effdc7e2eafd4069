/**
 * The arithmetic of objectives, pure: budgets, burn rates, a policy's rows for a target and period, and the verdict over counts.
 * It knows no query, no clock and no thread; counts come in as numbers and a decision with its reason in words comes out.
 * Live evaluation, checks before saving and runs over history all use these same functions.
 */
export * from './budget.ts';
export { type Decision, type WindowCount, windowOf } from './burn.ts';
export { decide } from './decide.ts';
export { type ObjectivePlan, planObjective, RATE_WINDOW_MS, REASON_WINDOW_MS } from './plan.ts';
export { derivePolicyRows, detectionMs, maximumBurnRate } from './policy-row.ts';
