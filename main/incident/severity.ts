import type { SeveritySuggestion } from '../../shared/model/incident.ts';
import type { Priority, Severity } from '../../shared/model/priority.ts';
import { priorityRank } from '../../shared/model/priority.ts';
import type { Service } from '../../shared/model/service.ts';
import { formatPercent } from '../../shared/unit/number.ts';
import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';

/** Within which a severity asks for a response and a resolution. SEV-3's response counts business hours. */
export const SEVERITY_TARGETS: Readonly<
  Record<Severity, { readonly respondMs: number; readonly resolveMs: number }>
> = {
  'SEV-1': { respondMs: 15 * MINUTE_MS, resolveMs: HOUR_MS },
  'SEV-2': { respondMs: 30 * MINUTE_MS, resolveMs: 4 * HOUR_MS },
  'SEV-3': { respondMs: 2 * HOUR_MS, resolveMs: DAY_MS },
};

/** What complete outages ask for at once. */
export const IMMEDIATE_ACTIONS: readonly string[] = [
  'Name an incident commander',
  'Establish a communication bridge',
  'Begin customer communication',
];

/** What is known of one alert's impact. */
export interface Impact {
  readonly priority: Priority;
  readonly service: string;
  /** Failing share of requests, 0 to 1; null where it is not measured. */
  readonly failingShare: number | null;
}

const OUTAGE_SHARE = 0.5;
/** One service is no reach: with a single tier-1 service, any page of it would otherwise be "half of them". */
const REACH_MIN = 2;

/**
 * The severity that the measured impact suggests, with its arithmetic; null where there is nothing to open an incident for.
 * A service that the catalogue does not name counts as tier 1: if unsure, higher.
 */
export function suggestSeverity(
  impacts: readonly Impact[],
  services: readonly Service[],
): SeveritySuggestion | null {
  const first = [...impacts].sort((a, b) => priorityRank(a.priority) - priorityRank(b.priority))[0];
  if (!first || first.priority === 'P3') return null;
  const outage = worstShare(impacts.filter((impact) => tierOf(impact.service, services) === 1));
  if (outage && outage.failingShare >= OUTAGE_SHARE) {
    const known = services.some((service) => service.id === outage.service);
    const tier = known ? 'tier 1' : 'not in the catalogue, counted as tier 1';
    const share = `${formatPercent(outage.failingShare)} of requests fail on ${outage.service} (${tier}), 50 % or more`;
    return { severity: 'SEV-1', arithmetic: `${share} → SEV-1` };
  }
  const top = services.filter((service) => service.tier === 1);
  const hit = top.filter((service) => impacts.some((impact) => impact.service === service.id));
  if (hit.length >= REACH_MIN && hit.length * 2 >= top.length)
    return {
      severity: 'SEV-1',
      arithmetic: `${hit.length} of ${top.length} tier-1 services are hit, half or more → SEV-1`,
    };
  const severity = first.priority === 'P2' ? 'SEV-3' : 'SEV-2';
  return { severity, arithmetic: `${shareWords(impacts)}; ${first.priority} → ${severity}` };
}

function shareWords(impacts: readonly Impact[]): string {
  const worst = worstShare(impacts);
  if (!worst) return 'The failing share is not measured';
  const share = `${formatPercent(worst.failingShare)} of requests fail`;
  return worst.failingShare >= OUTAGE_SHARE
    ? `${share} on ${worst.service}, which is not a tier-1 service`
    : `${share}, under 50 %`;
}

function worstShare(
  impacts: readonly Impact[],
): { readonly service: string; readonly failingShare: number } | null {
  let worst: { service: string; failingShare: number } | null = null;
  for (const { service, failingShare } of impacts) {
    if (failingShare !== null && (!worst || failingShare > worst.failingShare))
      worst = { service, failingShare };
  }
  return worst;
}

function tierOf(serviceId: string, services: readonly Service[]): number {
  return services.find((service) => service.id === serviceId)?.tier ?? 1;
}

/** Moves an instant on by an amount of business time; the workspace's hours decide, plain time where there are none. */
export type BusinessDeadline = (fromAt: number, durationMs: number) => number;

export function deadlines(
  severity: Severity,
  openedAt: number,
  business: BusinessDeadline = (fromAt, durationMs) => fromAt + durationMs,
): { respondByAt: number; resolveByAt: number } {
  const { respondMs, resolveMs } = SEVERITY_TARGETS[severity];
  return {
    respondByAt: severity === 'SEV-3' ? business(openedAt, respondMs) : openedAt + respondMs,
    resolveByAt: openedAt + resolveMs,
  };
}

/** What the time to respond costs while everything fails: "15 m to respond spends 37 % of a 99.9 % budget". */
export function respondSpend(
  severity: Severity,
  target: number,
  periodMs: number,
): { fraction: number; words: string } {
  const { respondMs } = SEVERITY_TARGETS[severity];
  const fraction = respondMs / ((1 - target) * periodMs);
  const words = `${formatDuration(respondMs)} to respond spends ${formatPercent(fraction, 2)} of a ${formatPercent(target, 6)} budget`;
  return { fraction, words };
}
