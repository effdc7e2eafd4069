import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROKEN_SERVICES, SERVICES, serviceName } from './made-fleet.ts';

const DETECTORS = 5;
const RULES = 10;

/** What the workspace holds, for the words beside the figures. */
export interface MadeWorkspace {
  readonly objectives: number;
  readonly detectors: number;
  readonly rules: number;
  /** An objective that fails while the fleet is broken. */
  readonly brokenObjective: string;
}

/** Writes a workspace over the made fleet: an availability objective for ten services, latency for the same, and so on. */
export function writeMadeWorkspace(folder: string, fleetAddress: string): MadeWorkspace {
  const services = Array.from({ length: SERVICES }, (_, index) => index);
  const objectives = services.slice(0, SERVICES / 2).flatMap((index) => objectivesOf(serviceName(index)));
  for (const name of ['slos', 'detectors', 'alerts', 'playbooks'])
    mkdirSync(join(folder, name), { recursive: true });
  // JSON is YAML.
  const write = (path: string, content: unknown) =>
    writeFileSync(join(folder, path), `${JSON.stringify(content, null, 2)}\n`);
  write('midwatch.yaml', configuration(fleetAddress));
  write('services.yaml', { services: services.map(serviceOf) });
  for (const objective of objectives) write(`slos/${objective.metadata.name}.yaml`, objective);
  write('detectors/made.yaml', { detectors: services.slice(0, DETECTORS).map(detectorOf) });
  write('alerts/made.yaml', { groups: [{ name: 'made', rules: services.slice(0, RULES).map(ruleOf) }] });
  return {
    objectives: objectives.length,
    detectors: DETECTORS,
    rules: RULES,
    brokenObjective: `${serviceName(0)}-availability`,
  };
}

function configuration(fleetAddress: string) {
  const browser = [{ kind: 'browser' }];
  return {
    name: 'made-fleet',
    sources: [
      {
        id: 'fleet',
        kind: 'exposition',
        poll_every: '1s',
        targets: [{ id: 'fleet', url: `${fleetAddress}/metrics`, labels: { instance: 'fleet' } }],
      },
    ],
    receivers: {
      on_call_engineer: browser,
      backup_engineer: browser,
      incident_commander: browser,
      primary_team: browser,
      team_lead: browser,
      slack_channel: browser,
      email_group: browser,
      ticket_system: browser,
    },
  };
}

/** The services that break stand in one chain, so that they are one story; the others stand alone. */
function serviceOf(index: number) {
  const dependsOn = index > 0 && index < BROKEN_SERVICES ? [serviceName(index - 1)] : [];
  return { id: serviceName(index), tier: index < BROKEN_SERVICES ? 1 : 2, depends_on: dependsOn };
}

function objectivesOf(service: string) {
  const requests = `http_requests_total{service="${service}"}`;
  const failures = `http_requests_total{service="${service}",code=~"5.."}`;
  const fast = `http_request_duration_seconds_bucket{service="${service}",le="0.5"}`;
  const answered = `http_request_duration_seconds_count{service="${service}"}`;
  return [
    objective(service, 'availability', { bad: metric(failures), total: metric(requests) }, {}),
    objective(
      service,
      'latency',
      { good: metric(fast), total: metric(answered) },
      { 'midwatch.dev/latency-threshold': '500ms' },
    ),
  ];
}

function metric(query: string) {
  return { metricSource: { type: 'Prometheus', spec: { query } } };
}

function objective(
  service: string,
  kind: string,
  ratio: Readonly<Record<string, unknown>>,
  annotations: Readonly<Record<string, string>>,
) {
  const name = `${service}-${kind}`;
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name, annotations },
    spec: {
      service,
      indicator: { metadata: { name }, spec: { ratioMetric: { counter: true, ...ratio } } },
      timeWindow: [{ duration: '28d', isRolling: true }],
      budgetingMethod: 'Occurrences',
      // At 99.99 % a page's hour holds a few seconds after the fault, though the rest of the hour was never seen.
      objectives: [{ target: kind === 'availability' ? 0.9999 : 0.99 }],
    },
  };
}

function detectorOf(index: number) {
  const service = serviceName(index);
  return {
    id: `${service}-traffic`,
    service,
    query: `sum by (route) (rate(http_requests_total{service="${service}"}[30s]))`,
    unit: 'requests/s',
    window: 20,
    threshold: 6,
  };
}

function ruleOf(index: number) {
  const service = serviceName(index);
  const failures = `sum by (route) (rate(http_requests_total{service="${service}",code="500"}[30s]))`;
  const all = `sum by (route) (rate(http_requests_total{service="${service}"}[30s]))`;
  return {
    alert: `Failures of ${service}`,
    expr: `${failures} / ${all} > 0.2`,
    for: '5s',
    labels: { service, priority: 'P2' },
    annotations: { summary: `{{ $labels.route }} of ${service} fails` },
  };
}
