import type { EvidenceWrite } from '../../main/store/index.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { Incident, NewTimelineEntry } from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';

/** Tue 24 Nov 2026, 01:52:40 UTC. */
export const NOW = Date.UTC(2026, 10, 24, 1, 52, 40);

type IncidentDraft = Omit<Incident, 'name' | 'timelineSeq' | 'evidenceCount'>;

export function incidentDraft(change: Partial<IncidentDraft> = {}): IncidentDraft {
  return {
    id: 'incident-1',
    title: 'gateway-availability burns at 35.7×: 4 of 120 requests failed',
    phase: 'detected',
    severity: 'SEV-2',
    suggestion: { severity: 'SEV-2', arithmetic: '3.33 % of requests fail, under 50 %; P0 → SEV-2' },
    severityConfirmedAt: null,
    priority: 'P0',
    service: 'gateway',
    services: ['gateway'],
    groupKey: 'service=gateway',
    alertIds: ['alert-1'],
    objectiveIds: ['gateway-availability'],
    revision: 1,
    startedAt: NOW - 60_000,
    openedAt: NOW,
    acknowledgedAt: null,
    acknowledgedBy: null,
    mitigatedAt: null,
    resolvedAt: null,
    recoveredAt: null,
    closedAt: null,
    respondByAt: NOW + 1_800_000,
    resolveByAt: NOW + 14_400_000,
    playbookId: null,
    runId: null,
    synthetic: false,
    ...change,
  };
}

export function incidentOf(change: Partial<Incident> = {}): Incident {
  return { ...incidentDraft(), name: 'INC-0001', timelineSeq: 1, evidenceCount: 0, ...change };
}

export function entry(change: Partial<NewTimelineEntry> = {}): NewTimelineEntry {
  return {
    at: NOW,
    kind: 'opened',
    actor: 'midwatch',
    title: 'Incident opened',
    detail: '4 of 120 failed',
    ...change,
  };
}

export function evidenceWrite(
  id: string,
  incidentId = 'incident-1',
  values = [1, 2, Number.NaN],
): EvidenceWrite {
  const times = Float64Array.from(values, (_, i) => NOW - 30_000 + i * 10_000);
  return {
    chart: {
      id,
      incidentId,
      title: 'Burn rate',
      unit: '×',
      expression: 'up',
      source: 'prom',
      threshold: { value: 13.44, label: 'page 13.44×' },
      fromAt: NOW - 7_200_000,
      toAt: NOW,
      missing: null,
    },
    series: [{ labels: { job: 'gateway' }, times, values: Float64Array.from(values) }],
  };
}

export function alertOf(change: Partial<Alert> = {}): Alert {
  return {
    id: 'alert-1',
    ruleId: 'gateway-availability',
    kind: 'burn',
    labels: { service: 'gateway' },
    title: 'gateway-availability burns',
    service: 'gateway',
    priority: 'P0',
    phase: 'firing',
    reason: '4 of 120 failed, 3.3 %, 35.7× budget',
    definedAt: 'slos/gateway.yaml:14',
    activeSinceAt: NOW - 60_000,
    firedAt: NOW,
    resolvedAt: null,
    lastEvaluatedAt: NOW,
    value: 35.7,
    threshold: 13.44,
    acknowledgement: null,
    receivers: ['desktop'],
    groupKey: 'service=gateway',
    incidentId: null,
    verdicts: [],
    ...change,
  };
}

export function objectiveStatus(change: Partial<ObjectiveStatus> = {}): ObjectiveStatus {
  return {
    objective: {
      id: 'gateway-availability',
      title: 'Gateway answers',
      service: 'gateway',
      source: 'prom',
      kind: 'availability',
      indicator: { bad: 'requests_total{code=~"5.."}', total: 'requests_total' },
      target: 0.999,
      periodMs: 28 * 86_400_000,
      policy: 'midwatch',
      definedAt: 'slos/gateway.yaml:14',
    },
    state: 'burning',
    reason: '4 of 120 failed',
    evaluatedAt: NOW,
    rows: [
      {
        name: 'page',
        priority: 'P0',
        longMs: 3_600_000,
        shortMs: 300_000,
        budgetFraction: 0.02,
        threshold: 13.44,
        raisedToOne: false,
        leftOut: null,
        detectionMs: { all: 48_384, tenth: 483_840, hundredth: null },
      },
    ],
    windows: [
      { windowMs: 300_000, bad: 4, total: 120, burnRate: 33.3, seenFraction: 1, anchoredAt: null },
      { windowMs: 3_600_000, bad: 5, total: 140, burnRate: 35.7, seenFraction: 1, anchoredAt: null },
    ],
    holding: 'page',
    heldBack: null,
    budgetConsumed: 0.31,
    budgetRemaining: 0.69,
    timeToExhaustionMs: 40_000_000,
    trend: [],
    trendStepMs: 3_600_000,
    pollErrorRate: 0.033,
    pollTotal: 120,
    ...change,
  };
}
