import type { ShownAlert, StageVerdict } from '../../../shared/model/alert.ts';
import type {
  EvidenceChart,
  Incident,
  NewTimelineEntry,
  TimelineEntry,
} from '../../../shared/model/incident.ts';
import type { Series } from '../../../shared/model/metric.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { ramp, sampled, seeded } from './curves.ts';

/** The moments of the story, counted back from now. */
export interface Story {
  readonly now: number;
  readonly deployAt: number;
  readonly openedAt: number;
}

export function storyOf(now: number, openForMs: number): Story {
  const openedAt = now - openForMs;
  return { now, openedAt, deployAt: openedAt - 26.6 * MINUTE_MS };
}

export function incident(
  over: Partial<Incident> & Pick<Incident, 'id' | 'name' | 'title' | 'service' | 'openedAt'>,
): Incident {
  return {
    phase: 'detected',
    severity: 'SEV-2',
    suggestion: {
      severity: 'SEV-2',
      arithmetic: '3.5 % of gateway requests fail, 2 services, under 50 %; P0 → SEV-2.',
    },
    severityConfirmedAt: null,
    priority: 'P0',
    services: [over.service],
    groupKey: over.service,
    alertIds: [],
    objectiveIds: [],
    revision: 1,
    startedAt: over.openedAt,
    acknowledgedAt: null,
    acknowledgedBy: null,
    mitigatedAt: null,
    resolvedAt: null,
    recoveredAt: null,
    closedAt: null,
    respondByAt: over.openedAt + 30 * MINUTE_MS,
    resolveByAt: over.openedAt + 4 * HOUR_MS,
    playbookId: null,
    runId: null,
    timelineSeq: 0,
    evidenceCount: 0,
    synthetic: false,
    ...over,
  };
}

export function alert(
  over: Partial<ShownAlert> & Pick<ShownAlert, 'id' | 'title' | 'service' | 'priority' | 'phase'>,
  now: number,
): ShownAlert {
  return {
    ruleId: over.id,
    kind: 'burn',
    labels: { alertname: over.id, service: over.service },
    reason: '',
    definedAt: `slos/${over.id}.yaml:14`,
    activeSinceAt: now - MINUTE_MS,
    firedAt: now - MINUTE_MS,
    resolvedAt: null,
    lastEvaluatedAt: now,
    value: null,
    threshold: null,
    acknowledgement: null,
    receivers: [],
    groupKey: over.service,
    incidentId: null,
    hold: null,
    objectiveId: over.kind === undefined || over.kind === 'burn' ? (over.ruleId ?? over.id) : null,
    verdicts: [],
    ...over,
  };
}

export function verdict(
  stage: StageVerdict['stage'],
  outcome: StageVerdict['outcome'],
  reason: string,
  at: number,
  definedAt: string | null = null,
): StageVerdict {
  return { stage, outcome, reason, at, definedAt };
}

export function timelineOf(incidentId: string, entries: readonly NewTimelineEntry[]): TimelineEntry[] {
  return entries.map((entry, index) => ({
    ...entry,
    incidentId,
    seq: index + 1,
    previousHash: `h${index}`,
    hash: `h${index + 1}`,
  }));
}

/** What the response looked like at its twenty-second minute. */
export function responseEntries({ deployAt, openedAt }: Story): NewTimelineEntry[] {
  const at = (minutes: number) => Math.round(openedAt + minutes * MINUTE_MS);
  return [
    {
      at: deployAt,
      kind: 'change',
      actor: 'model-promoter',
      title: 'ranking-model v41 → v42',
      detail: 'PR 3318',
    },
    {
      at: at(-25),
      kind: 'alert',
      actor: 'midwatch',
      title: 'feature-store hit ratio moved first',
      detail: '98.1 % → 37.2 %',
    },
    {
      at: at(-15),
      kind: 'watch',
      actor: 'midwatch',
      title: 'Unwatched 6 m',
      detail: 'VPN down; since filled, evaluated',
    },
    {
      at: at(0),
      kind: 'opened',
      actor: 'midwatch',
      title: 'P0 page, incident opened',
      detail: 'both windows over 13.44×',
    },
    {
      at: at(0.05),
      kind: 'notification',
      actor: 'midwatch',
      title: 'Sent to on_call_engineer, backup_engineer',
      detail: 'route slos/ranking-latency.yaml:31',
    },
    {
      at: at(2.5),
      kind: 'alert',
      actor: 'midwatch',
      title: 'gateway-availability P0 folded',
      detail: 'depends on ranking-model; no sound',
    },
    { at: at(4.3), kind: 'acknowledged', actor: 'You', title: 'Acknowledged', detail: 'after 4 m 19 s' },
    { at: at(4.8), kind: 'severity', actor: 'You', title: 'SEV-2 confirmed', detail: 'suggested SEV-2' },
    {
      at: at(10),
      kind: 'step',
      actor: 'You',
      title: 'Root cause indicated by step 3',
      detail: 'user_affinity_30d 0.4 % available',
    },
    { at: at(12.4), kind: 'step', actor: 'You', title: 'embedding scaled out 8 → 12', detail: 'mitigating' },
    {
      at: at(18.8),
      kind: 'note',
      actor: 'Operations',
      title: 'v41 tested: 212 of 212 pass',
      detail: 'roll back is safe again',
    },
  ];
}

/** Five kept charts; the GPU queue has a gap of three minutes. */
export function evidenceOf(
  incidentId: string,
  { now, deployAt, openedAt }: Story,
): { chart: EvidenceChart; series: Series[] }[] {
  const fromAt = Math.floor((openedAt - 120 * MINUTE_MS) / 15_000) * 15_000;
  const hit = (at: number) => ramp(at, deployAt, deployAt + 8 * MINUTE_MS);
  const make = (
    index: number,
    title: string,
    unit: string,
    threshold: EvidenceChart['threshold'],
    value: (at: number, noise: number) => number | null,
  ) => {
    const next = seeded(7 + index);
    const series = sampled({ __name__: title, service: 'ranking-model' }, fromAt, now, 15_000, (at) =>
      value(at, next() - 0.5),
    );
    const chart: EvidenceChart = {
      id: `${incidentId}-e${index}`,
      incidentId,
      title,
      unit,
      expression: title,
      source: 'prom-eu-west',
      threshold,
      fromAt,
      toAt: now,
      missing: null,
    };
    return { chart, series: [series] };
  };
  return [
    make(
      0,
      'P99 latency',
      'ms',
      { value: 100, label: 'objective 100 ms' },
      (at, n) => 62 + n * 7 + hit(at) * (352 + n * 34),
    ),
    make(1, 'Failing requests', '%', null, (at, n) =>
      Math.max(0, 0.02 + n * 0.01 + hit(at - 2 * MINUTE_MS) * (3.46 + n * 0.3)),
    ),
    make(2, 'Feature hit ratio', '%', null, (at, n) => 98.1 + n * 0.8 - hit(at) * (60.7 + n * 3)),
    make(3, 'GPU queue', 'requests', null, (at, n) =>
      at > openedAt - 6.5 * MINUTE_MS && at < openedAt - 3.5 * MINUTE_MS
        ? null
        : 6 + n * 4 + hit(at) * (148 + n * 22),
    ),
    make(
      4,
      'Online accuracy',
      '',
      { value: 0.92, label: 'minimum 0.92' },
      (at, n) => 0.9412 + n * 0.005 - hit(at) * 0.067,
    ),
  ];
}

/** Burn over 5 m and 1 h as they really follow from the share of bad requests. */
export function burnOf(badShare: (at: number) => number, budget: number) {
  return (fromAt: number, toAt: number, stepMs: number): Series[] =>
    [
      ['5m', 5 * MINUTE_MS],
      ['1h', HOUR_MS],
      ['30m', 30 * MINUTE_MS],
      ['6h', 6 * HOUR_MS],
    ].map(([window, ms]) =>
      sampled({ window: String(window) }, fromAt, toAt, stepMs, (at) => {
        const points = 24;
        let sum = 0;
        for (let i = 0; i < points; i += 1) sum += badShare(at - ((i + 0.5) / points) * Number(ms));
        return sum / points / budget;
      }),
    );
}
