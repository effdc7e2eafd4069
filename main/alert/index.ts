/**
 * From what rules observe to what people are told: each observation passes stages in a fixed order, a state machine decides,
 * and what is to be said leaves as a request to the notifier. Every stage answers with a reason that is stored before anything
 * happens, so "why was I, or was I not, paged?" has an answer. A restart goes on exactly where the last decision left off.
 */
export type { AlertChange } from '../../shared/model/alert-change.ts';
export type { NotificationRequest } from '../../shared/model/notification-request.ts';
export type { AlertTarget } from './acknowledging.ts';
export { type AlertRule, type RuleFileContext, readAlertRules } from './alert-rule.ts';
export { type AlertOutcome, type Alerts, type AlertsDeps, createAlerts } from './alerts.ts';
export type { AlertLog } from './book.ts';
export { holdBackDetectors, holdBackObjectives } from './holding-back.ts';
export { createMaintenance, type Maintenance, maintenanceProblem } from './maintenance.ts';
export { planMaintenance } from './maintenance-plan.ts';
export type { Subject } from './no-data/round.ts';
export { createNoDataWatch, type Diagnosis } from './no-data/watch.ts';
export {
  createReported,
  type Report,
  type Reported,
  type ReportedDeps,
  reportedId,
  reportedRuleId,
} from './reported.ts';
export type { ActiveSilence, WakeFacts } from './rule/hold-stage.ts';
export { isAlerting } from './rule/memory.ts';
export { lastDeployment } from './rule-condition.ts';
export { createRuleEvaluator, type RuleEvaluator, type RuleEvaluatorDeps } from './rule-evaluator.ts';
export { askedOf, stepsThatMayAlert } from './rule-past.ts';
export { type ScheduleGap, scheduleGaps } from './schedule-gaps.ts';
export { planSilences } from './shared-silences.ts';
export {
  createSilences,
  describeSilence,
  type Silences,
  type SilencesDeps,
  type SilenceWish,
} from './silences.ts';
export { resolveAtProblem, splitThreshold, type Threshold } from './threshold.ts';
