import type { Alert } from '../../../shared/model/alert.ts';
import type { Observation } from '../../../shared/model/observation.ts';
import { isAlerting } from '../rule/memory.ts';
import { sourceRuleId } from '../source-watch.ts';
import type { NoDataDeps, Round } from './round.ts';

/** Targets of one job that are down, or answer with what is old, and the objectives and rules that know nothing for it. */
export interface Outage {
  readonly kind: 'down' | 'stale';
  readonly job: string;
  readonly instances: Set<string>;
  /** Their services by their ids. */
  readonly subjects: Map<string, string>;
}

const NAMED = 5;
const NAMES = { down: 'TargetDown', stale: 'ScrapeStale' } as const;

/** One observation an outage, and the end of those that fire and are over. */
export function observeOutages(
  round: Round,
  outages: readonly Outage[],
  deps: NoDataDeps,
): readonly Observation[] {
  const present = outages.map((outage) => observe(round, outage, deps));
  const still = new Set(present.map((one) => keyOf(one.labels)));
  const over = deps
    .known()
    .filter((one) => isOutage(one, round.sourceId) && !still.has(keyOf(one.labels)))
    .map((one) => ending(one, round.at));
  return [...present, ...over];
}

function isOutage(alert: Alert, sourceId: string): boolean {
  const active = isAlerting(alert) || alert.phase === 'pending';
  return active && alert.kind === 'source' && alert.ruleId === outageRuleId(sourceId);
}

/** Told from the source's own alert, so that neither ends the other. */
function outageRuleId(sourceId: string): string {
  return `${sourceRuleId(sourceId)}/target`;
}

function keyOf(labels: Observation['labels']): string {
  return JSON.stringify([labels.alertname, labels.job]);
}

function observe(round: Round, outage: Outage, deps: NoDataDeps): Observation {
  const { sourceId, at, pollMs } = round;
  const services = new Set(outage.subjects.values());
  const [only] = services;
  const catalogue = new Map(deps.services().map((one) => [one.id, one]));
  const tier1 = [...services].some((one) => catalogue.get(one)?.tier === 1);
  const instances = listed([...outage.instances].sort());
  const what =
    outage.kind === 'down'
      ? `${instances} of job ${outage.job} cannot be scraped (up is 0)`
      : `${instances} of job ${outage.job} can be scraped, but what comes does not move`;
  const count = outage.subjects.size;
  const blinds = `${count} ${count === 1 ? 'objective or rule is' : 'objectives and rules are'} blind${tier1 ? ', a tier-1 service among them' : ''}: ${listed([...outage.subjects.keys()])}`;
  return {
    ruleId: outageRuleId(sourceId),
    kind: 'source',
    labels: { alertname: NAMES[outage.kind], source: sourceId, job: outage.job },
    service: services.size === 1 && only !== undefined ? only : sourceId,
    priority: tier1 ? 'P0' : 'P1',
    title:
      outage.kind === 'down' ? `${outage.job} cannot be scraped` : `${outage.job} answers with old samples`,
    definedAt: `source ${sourceId}`,
    at,
    finding: { kind: 'holds', value: count, threshold: null, reason: `${what}. ${blinds}.` },
    // Seen at two polls: one scrape that failed is none.
    forMs: pollMs,
    keepFiringForMs: 0,
    onNoData: 'keep',
    onError: 'keep',
    failingShare: null,
    objectiveId: null,
  };
}

function ending(alert: Alert, at: number): Observation {
  return {
    ruleId: alert.ruleId,
    kind: 'source',
    labels: alert.labels,
    service: alert.service,
    priority: alert.priority,
    title: alert.title,
    definedAt: alert.definedAt,
    at,
    finding: {
      kind: 'clear',
      value: null,
      threshold: null,
      reason: `${alert.labels.job ?? 'The job'} is seen again, or nothing rests on it any more.`,
    },
    forMs: 0,
    keepFiringForMs: 0,
    onNoData: 'keep',
    onError: 'keep',
    failingShare: null,
    objectiveId: null,
  };
}

function listed(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return names.slice(0, NAMED).join(', ') + more;
}
