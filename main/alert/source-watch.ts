import type { Labels } from '../../shared/model/metric.ts';
import type { Observation } from '../../shared/model/observation.ts';
import type { Service } from '../../shared/model/service.ts';
import { isWatching, type SourceStatus } from '../../shared/model/source.ts';
import { formatDuration, SECOND_MS } from '../../shared/unit/time.ts';

/** A source that was not seen for this many polls is blind, and says so; promise 4. */
const BLIND_AFTER_POLLS = 2;
/** Nobody is woken for less: a busy machine holds a source that is polled each second up for longer than two polls. */
const PAGES_AFTER_MS = 5 * SECOND_MS;

const NAMED = 5;

export interface SourceWatch {
  readonly sources: readonly SourceStatus[];
  readonly services: ReadonlyMap<string, Service>;
  /** The service of an objective or rule by its id; null where it has none. */
  readonly serviceOfRule: (ruleId: string) => string | null;
  readonly now: number;
  /** When Midwatch itself last began to look, after a pause of the given length or longer; left out: it never paused. */
  readonly lookingSince?: (pauseMs: number) => number;
}

/** Rule ids of source alerts are told from others by this, so that a reload does not take them for removed rules. */
export function sourceRuleId(sourceId: string): string {
  return `source:${sourceId}`;
}

/** By which its alert is known. */
export function sourceLabels(sourceId: string): Labels {
  return { alertname: 'SourceBlind', source: sourceId };
}

/**
 * One observation for each source: one outage is one alert, however many objectives it blinds.
 * A P1, or a P0 where a tier-1 service goes blind.
 */
export function observeSources(watch: SourceWatch): Observation[] {
  return watch.sources.map((source) => observeSource(source, watch));
}

function observeSource(source: SourceStatus, watch: SourceWatch): Observation {
  const { now } = watch;
  const tier1 = source.blinds.some((ruleId) => {
    const service = watch.serviceOfRule(ruleId);
    return service !== null && watch.services.get(service)?.tier === 1;
  });
  return {
    ruleId: sourceRuleId(source.id),
    kind: 'source',
    labels: sourceLabels(source.id),
    service: source.id,
    priority: tier1 ? 'P0' : 'P1',
    title: source.kind === 'push' ? `source ${source.id} is silent` : `source ${source.id} does not answer`,
    definedAt: `source ${source.id}`,
    at: now,
    finding: findingOf(source, watch, tier1),
    forMs: 0,
    keepFiringForMs: 0,
    onNoData: 'alert',
    onError: 'alert',
    failingShare: null,
    objectiveId: null,
  };
}

function findingOf(
  source: SourceStatus,
  { now, lookingSince }: SourceWatch,
  tier1: boolean,
): Observation['finding'] {
  if (isWatching(source.condition)) {
    const reason =
      source.kind === 'push' ? `Samples of ${source.id} arrive.` : `The source ${source.id} answers.`;
    return { kind: 'clear', value: null, threshold: null, reason };
  }
  const limitMs = Math.max(BLIND_AFTER_POLLS * source.pollEveryMs, PAGES_AFTER_MS);
  // Time in which Midwatch itself slept or was held up says nothing of the source: its catch-up poll decides.
  const unseenSinceAt = Math.max(
    source.lastOkAt ?? source.sinceAt,
    lookingSince?.(limitMs) ?? Number.NEGATIVE_INFINITY,
  );
  const unseenMs = Math.max(0, now - unseenSinceAt);
  const measured = { value: unseenMs, threshold: limitMs };
  const what = source.problem ?? `It is ${source.condition}.`;
  if (unseenMs < limitMs) {
    const limit = `${BLIND_AFTER_POLLS} polls and ${formatDuration(PAGES_AFTER_MS)} (${formatDuration(limitMs)})`;
    const reason = `Not seen for ${formatDuration(unseenMs)}, under ${limit}. ${what}`;
    return { kind: 'between', ...measured, reason };
  }
  const reason = `Not seen for ${formatDuration(unseenMs)}. ${blindness(source.blinds, tier1)} ${what}`;
  return { kind: 'holds', ...measured, reason };
}

function blindness(blinds: readonly string[], tier1: boolean): string {
  if (blinds.length === 0) return 'No objective or rule depends on it.';
  const more = blinds.length > NAMED ? ` and ${blinds.length - NAMED} more` : '';
  const count = blinds.length === 1 ? '1 objective or rule is' : `${blinds.length} objectives and rules are`;
  return `${count} blind${tier1 ? ', a tier-1 service among them' : ''}: ${blinds.slice(0, NAMED).join(', ')}${more}.`;
}

/** Why a rule knows nothing now: the source that blinds it. Asked before *no data* becomes an alert of its own. */
export function blindedBy(sources: readonly SourceStatus[]): (ruleId: string) => string | null {
  const blind = new Map<string, string>();
  for (const source of sources) {
    if (isWatching(source.condition)) continue;
    const how = source.kind === 'push' ? 'is silent' : 'does not answer';
    const reason = `the source ${source.id} ${how} (${source.condition}), which is one alert of its own.`;
    for (const ruleId of source.blinds) blind.set(ruleId, reason);
  }
  return (ruleId) => blind.get(ruleId) ?? null;
}
