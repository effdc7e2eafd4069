import type { AlertChange } from '../../shared/model/alert-change.ts';
import type { NewTimelineEntry } from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { type Priority, priorityRank, type Severity } from '../../shared/model/priority.ts';
import type { Service } from '../../shared/model/service.ts';
import { stormOf } from '../../shared/model/storm.ts';
import { formatPercent } from '../../shared/unit/number.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { EvidenceWrite } from '../store/index.ts';
import type { IncidentDraft } from './book.ts';
import { MIDWATCH } from './lifecycle.ts';
import {
  type BusinessDeadline,
  deadlines,
  IMMEDIATE_ACTIONS,
  respondSpend,
  suggestSeverity,
} from './severity.ts';
import { alertEntry, oneLine, titleOf } from './words.ts';

/** The more urgent first, then the earlier. */
export function byUrgency(a: AlertChange, b: AlertChange): number {
  return priorityRank(a.alert.priority) - priorityRank(b.alert.priority) || a.at - b.at;
}

export interface OpeningFacts {
  readonly id: string;
  readonly now: number;
  /** Alerts that belong to it from the start; at least one, of which the most urgent gives it its name. */
  readonly changes: readonly AlertChange[];
  readonly services: readonly Service[];
  readonly objective: (id: string) => ObjectiveStatus | undefined;
  readonly business: BusinessDeadline | undefined;
  /** Since when each poll of an objective has been over its budget: the condition begins before its alert does. */
  readonly overSince: (objectiveId: string) => number | null;
}

/** The incident that the alerts ask for; null where they ask for none (P3). */
export function draftFromAlerts(facts: OpeningFacts): IncidentDraft | null {
  const changes = [...facts.changes].sort(byUrgency);
  const suggestion = suggestSeverity(changes.map(impactOf), facts.services);
  const [first] = changes;
  if (!first || !suggestion) return null;
  const objectiveIds = unique(changes.flatMap((change) => change.objectiveId ?? []));
  const status = first.objectiveId === null ? undefined : facts.objective(first.objectiveId);
  return {
    id: facts.id,
    title: stormTitle(first.alert.groupKey) + titleOf(first.alert, status),
    phase: 'detected',
    severity: suggestion.severity,
    suggestion,
    severityConfirmedAt: null,
    priority: first.alert.priority,
    service: first.alert.service,
    services: unique(changes.map((change) => change.alert.service)),
    groupKey: first.alert.groupKey,
    alertIds: unique(changes.map((change) => change.alert.id)),
    objectiveIds,
    startedAt: Math.min(
      ...changes.map(({ alert, at }) => alert.activeSinceAt ?? alert.firedAt ?? at),
      ...objectiveIds.flatMap((id) => facts.overSince(id) ?? []),
      facts.now,
    ),
    ...freshTimes(suggestion.severity, facts.now, facts.business),
  };
}

function stormTitle(groupKey: string): string {
  const storm = stormOf(groupKey);
  if (!storm) return '';
  return storm.cause === null ? 'Storm of alerts, first ' : `Storm of alerts behind ${storm.cause}, first `;
}

/** What each new incident begins with. */
export function freshTimes(severity: Severity, now: number, business: BusinessDeadline | undefined) {
  return {
    revision: 1,
    openedAt: now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    mitigatedAt: null,
    resolvedAt: null,
    recoveredAt: null,
    closedAt: null,
    ...deadlines(severity, now, business),
    playbookId: null,
    runId: null,
    synthetic: false,
  };
}

export function impactOf({ alert, failingShare }: AlertChange): {
  priority: Priority;
  service: string;
  failingShare: number | null;
} {
  return { priority: alert.priority, service: alert.service, failingShare };
}

export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** The first entries: why it was opened, with its arithmetic; each alert; what SEV-1 asks at once; what was kept. */
export function openingEntries(
  draft: IncidentDraft,
  facts: OpeningFacts,
  evidence: readonly EvidenceWrite[],
): NewTimelineEntry[] {
  const statuses = draft.objectiveIds.flatMap((id) => facts.objective(id) ?? []);
  return [
    {
      at: facts.now,
      kind: 'opened',
      actor: MIDWATCH,
      title: `${draft.priority ?? ''} incident opened, ${draft.severity}`.trim(),
      detail: openingDetail(draft, statuses),
    },
    ...[...facts.changes].sort(byUrgency).map(alertEntry),
    ...(draft.severity === 'SEV-1' ? immediateActions(facts.now) : []),
    ...(evidence.length > 0 ? [evidenceEntry(facts.now, evidence)] : []),
  ];
}

function openingDetail(draft: IncidentDraft, statuses: readonly ObjectiveStatus[]): string {
  const [status] = statuses;
  const parts = [
    draft.title,
    draft.suggestion.arithmetic,
    `respond within ${formatDuration(draft.respondByAt - draft.openedAt)}, resolve within ${formatDuration(draft.resolveByAt - draft.openedAt)}`,
  ];
  if (status)
    parts.push(respondSpend(draft.severity, status.objective.target, status.objective.periodMs).words);
  if (status && status.budgetRemaining !== null)
    parts.push(
      `${formatPercent(Math.max(0, status.budgetRemaining))} of the budget of ${status.objective.id} remains`,
    );
  return parts.join('; ');
}

export function immediateActions(now: number): NewTimelineEntry[] {
  return IMMEDIATE_ACTIONS.map((action) => ({
    at: now,
    kind: 'note' as const,
    actor: MIDWATCH,
    title: `Immediate action: ${action}`,
    detail: 'SEV-1 asks for it at once; note here who does it.',
  }));
}

/** What was kept, and what could not be had and why. */
export function evidenceEntry(at: number, evidence: readonly EvidenceWrite[]): NewTimelineEntry {
  const missing = evidence.filter(({ chart }) => chart.missing !== null);
  const kept = evidence.filter(({ chart }) => chart.missing === null);
  const parts = [
    ...kept.map(({ chart }) => `kept: ${chart.title}`),
    ...missing.map(({ chart }) => `missing: ${chart.title} (${chart.missing})`),
  ];
  const gap = missing.length > 0 ? `, ${missing.length} missing` : '';
  return {
    at,
    kind: 'evidence',
    actor: MIDWATCH,
    title: `Evidence: ${kept.length} ${kept.length === 1 ? 'chart' : 'charts'} kept${gap}`,
    detail: oneLine(parts.join('; '), 4_000),
  };
}
