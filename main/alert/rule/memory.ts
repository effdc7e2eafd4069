import { type Alert, type AlertMemory, isAlertingPhase } from '../../../shared/model/alert.ts';
import type { Observation } from '../../../shared/model/observation.ts';
import { type Priority, priorityRank } from '../../../shared/model/priority.ts';

const NOTHING: AlertMemory = {
  unseenMs: 0,
  seenAt: null,
  gap: false,
  unknownSinceAt: null,
  clearSinceAt: null,
  acknowledgedValue: null,
  acknowledgedBudget: null,
  budgetConsumed: null,
  acknowledgedServices: [],
  escalated: null,
  hold: null,
  judgedAt: null,
  firings: [],
  admitted: null,
  withheld: null,
  notifiedAt: null,
  notifiedPriority: null,
  resolutionOwed: false,
  renotify: null,
  notifications: [],
  unsettled: [],
  unsettledNotification: false,
  failingShare: null,
  objectiveId: null,
};

/** What the pipeline remembers of an alert; an alert from elsewhere begins with nothing. */
export function memoryOf(alert: Alert): AlertMemory {
  return alert.memory ?? NOTHING;
}

export function remember(alert: Alert, change: Partial<AlertMemory>): Alert {
  return { ...alert, memory: { ...memoryOf(alert), ...change } };
}

/** An alert of which nothing is known but its rule. */
export function blankAlert(id: string, observation: Observation, groupKey: string): Alert {
  return {
    id,
    ruleId: observation.ruleId,
    kind: observation.kind,
    labels: observation.labels,
    title: observation.title,
    service: observation.service,
    priority: observation.priority,
    phase: 'inactive',
    reason: observation.finding.reason,
    definedAt: observation.definedAt,
    activeSinceAt: null,
    firedAt: null,
    resolvedAt: null,
    lastEvaluatedAt: observation.at,
    value: null,
    threshold: null,
    acknowledgement: null,
    receivers: [],
    groupKey,
    incidentId: null,
    verdicts: [],
    memory: NOTHING,
  };
}

/** Firing, or no data or an error whose policy alerts: somebody must know. */
export function isAlerting(alert: Alert): boolean {
  return isAlertingPhase(alert.phase);
}

/** Alerting, and nothing keeps it from being told. */
export function isAudible(alert: Alert): boolean {
  return isAlerting(alert) && memoryOf(alert).hold === null;
}

export function moreUrgent(a: Priority, b: Priority): Priority {
  return priorityRank(a) <= priorityRank(b) ? a : b;
}
