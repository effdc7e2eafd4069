import { type SeverityPriorities, USUAL_PRIORITIES } from '../../shared/config/source-part.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { Finding, Observation } from '../../shared/model/observation.ts';
import type { Priority } from '../../shared/model/priority.ts';
import type { ReportedAlert } from '../../shared/model/reported-alert.ts';
import { fingerprint } from '../platform/index.ts';
import { isAlerting } from './rule/memory.ts';

/** Alerts that another system decided, as they came. `whole`: all that it has, so that what is missing is over. */
export interface Report {
  readonly sourceId: string;
  readonly alerts: readonly ReportedAlert[];
  readonly whole: boolean;
  readonly at: number;
}

export interface ReportedDeps {
  /** The table of severities of a source; undefined where the source has none of its own. */
  readonly priorities: (sourceId: string) => SeverityPriorities | undefined;
  readonly services: () => readonly { readonly id: string }[];
  readonly known: () => readonly Alert[];
}

/** Makes observations of reported alerts. The same alert by two ways is one, and over only when no way has it any more. */
export interface Reported {
  take(report: Report): Observation[];
}

/** Told from our own rules by this, so that a reload does not take them for removed ones. */
export function reportedRuleId(sourceId: string): string {
  return `reported:${sourceId}`;
}

/** A label that only we set: whatever a sender says, its alert is never one of ours. */
const MARK: Labels = { reported_by: 'alertmanager' };

/** More are a storm that nobody reads one by one; the most urgent are taken, and the reason of each says how many there are. */
const TAKEN_MAX = 1_000;
const TITLE_MAX = 200;
const REASON_MAX = 600;
const SERVICE_LABELS = ['service', 'app', 'app_kubernetes_io_name', 'job', 'namespace'] as const;

interface Claim {
  readonly sourceId: string;
  /** Listed: a whole list had it, and the next one decides. Told: it is true until its end is told. */
  readonly by: 'listed' | 'told';
}

interface Seen {
  readonly labels: Labels;
  claims: readonly Claim[];
}

type KnownAlerts = ReadonlyMap<string, Alert>;

export function createReported(deps: ReportedDeps): Reported {
  const seen = new Map<string, Seen>();

  const firing = (alert: ReportedAlert, report: Report, known: KnownAlerts): Observation => {
    const labels = identityOf(alert.labels);
    const id = fingerprint(labels);
    const claim: Claim = { sourceId: report.sourceId, by: report.whole ? 'listed' : 'told' };
    const others = seen.get(id)?.claims.filter((one) => one.sourceId !== report.sourceId) ?? [];
    seen.set(id, { labels, claims: [...others, claim] });
    return observe(deps, alert, labels, report, known.get(id));
  };
  /** Over for this source; for all only where no other has it. */
  const over = (id: string, labels: Labels, report: Report, known: KnownAlerts): Observation[] => {
    const left = (seen.get(id)?.claims ?? []).filter(
      // A list knows all of its alerts: one that was in it and is not now is over, whoever told it beside.
      (one) => one.sourceId !== report.sourceId && !(report.whole && one.by === 'told'),
    );
    if (left.length > 0) {
      seen.set(id, { labels, claims: left });
      return [];
    }
    seen.delete(id);
    const alert = known.get(id);
    return alert && isActive(alert) ? [ending(alert, report)] : [];
  };

  return {
    take(report) {
      const present = report.alerts.filter((one) => one.status === 'firing');
      const taken = mostUrgent(present, report, deps);
      // Once for all of a report: thousands come in one, while thousands are known.
      const known: KnownAlerts = new Map(deps.known().map((one) => [one.id, one]));
      const observations = taken.map((one) => firing(one, report, known));
      for (const one of report.alerts)
        if (one.status === 'resolved')
          observations.push(
            ...over(fingerprint(identityOf(one.labels)), identityOf(one.labels), report, known),
          );
      if (!report.whole) return observations;
      // All of the list counts as there, also what was too much to take.
      const listed = new Set(present.map((one) => fingerprint(identityOf(one.labels))));
      for (const [id, labels] of missing(report, listed, seen, [...known.values()]))
        observations.push(...over(id, labels, report, known));
      return observations;
    },
  };
}

/** What the source listed before and does not list now; after a restart what it owns says so. */
function missing(
  report: Report,
  listed: ReadonlySet<string>,
  seen: ReadonlyMap<string, Seen>,
  known: readonly Alert[],
): Map<string, Labels> {
  const gone = new Map<string, Labels>();
  for (const [id, { labels, claims }] of seen)
    if (!listed.has(id) && claims.some((one) => one.sourceId === report.sourceId)) gone.set(id, labels);
  for (const alert of known)
    if (alert.ruleId === reportedRuleId(report.sourceId) && isActive(alert) && !listed.has(alert.id))
      gone.set(alert.id, alert.labels);
  return gone;
}

function isActive(alert: Alert): boolean {
  return isAlerting(alert) || alert.phase === 'pending';
}

/** The identity of a reported alert, whoever reported it. */
export function reportedId({ labels }: ReportedAlert): string {
  return fingerprint(identityOf(labels));
}

function identityOf(labels: Labels): Labels {
  return { ...labels, ...MARK };
}

function mostUrgent(
  alerts: readonly ReportedAlert[],
  report: Report,
  deps: ReportedDeps,
): readonly ReportedAlert[] {
  if (alerts.length <= TAKEN_MAX) return alerts;
  const rank = (one: ReportedAlert) => priorityOf(one.labels, deps.priorities(report.sourceId));
  return [...alerts].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, TAKEN_MAX);
}

/** What the `severity` label means here; `*` stands for every name that the table does not have. */
export function priorityOf(labels: Labels, table: SeverityPriorities = USUAL_PRIORITIES): Priority {
  const severity = Object.hasOwn(labels, 'severity') ? (labels.severity ?? '').toLowerCase() : '';
  return (Object.hasOwn(table, severity) ? table[severity] : table['*']) ?? 'P1';
}

const serviceIds = new WeakMap<object, ReadonlySet<string>>();

/** Once a configuration: alerts come by thousands. */
function idsOf(services: ReturnType<ReportedDeps['services']>): ReadonlySet<string> {
  const ids = serviceIds.get(services) ?? new Set(services.map((one) => one.id));
  serviceIds.set(services, ids);
  return ids;
}

/** The first label that names a service of the workspace; else the first that names anything. */
function serviceOf(labels: Labels, services: ReportedDeps['services'], sourceId: string): string {
  const named = SERVICE_LABELS.flatMap((name) => (Object.hasOwn(labels, name) ? (labels[name] ?? []) : []));
  const known = idsOf(services());
  return named.find((one) => known.has(one)) ?? named.find((one) => one !== '') ?? sourceId;
}

function observe(
  deps: ReportedDeps,
  alert: ReportedAlert,
  labels: Labels,
  report: Report,
  existing: Alert | undefined,
): Observation {
  const { sourceId, at } = report;
  const name = labels.alertname ?? 'alert';
  return {
    // Whoever said it first owns it; only its owner's rule can end it.
    ruleId: existing && isActive(existing) ? existing.ruleId : reportedRuleId(sourceId),
    kind: 'reported',
    labels,
    service: serviceOf(alert.labels, deps.services, sourceId),
    priority: priorityOf(alert.labels, deps.priorities(sourceId)),
    title: cut(alert.annotations.summary ?? alert.annotations.title ?? name, TITLE_MAX),
    definedAt: `source ${sourceId}`,
    at,
    finding: findingOf(alert, sourceId, report.alerts.length),
    ...NO_PATIENCE,
  };
}

const NO_PATIENCE = {
  forMs: 0,
  keepFiringForMs: 0,
  onNoData: 'keep',
  onError: 'keep',
  failingShare: null,
  objectiveId: null,
} as const;

function findingOf(alert: ReportedAlert, sourceId: string, count: number): Finding {
  const said = alert.annotations.description ?? alert.annotations.message ?? '';
  const severity = alert.labels.severity;
  const more = count > TAKEN_MAX ? ` One of ${count}, of which the ${TAKEN_MAX} most urgent are taken.` : '';
  const reason = cut(
    `Fires in ${sourceId} since ${new Date(alert.startsAt).toISOString().slice(0, 19)}Z${severity ? `, severity ${severity}` : ''}.${said === '' ? '' : ` ${said}`}`,
    REASON_MAX,
  );
  if (!alert.suppressedBy) return { kind: 'holds', value: 1, threshold: null, reason: reason + more };
  return {
    kind: 'held-back',
    value: 1,
    threshold: 1,
    reason: `${alert.suppressedBy} in ${sourceId}. ${reason}${more}`,
  };
}

function ending(alert: Alert, { sourceId, at }: Report): Observation {
  const reason = `${sourceId} says that it is over.`;
  return {
    ruleId: alert.ruleId,
    kind: 'reported',
    labels: alert.labels,
    service: alert.service,
    priority: alert.priority,
    title: alert.title,
    definedAt: alert.definedAt,
    at,
    finding: { kind: 'clear', value: null, threshold: null, reason },
    ...NO_PATIENCE,
  };
}

function cut(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
