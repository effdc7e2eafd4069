import type { Counted, ObjectiveTemplate } from '../../shared/model/catalogue.ts';
import type { InstantSample } from '../../shared/model/metric.ts';
import type { ObjectiveProposal } from '../../shared/model/proposal.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { Asking } from './ask.ts';
import type { Match } from './match.ts';

/** A service as one metric names it. */
export interface Subject {
  readonly id: string;
  /** `service="gateway"` */
  readonly matcher: string;
  readonly sourceId: string;
  /** The labels that the metric has. */
  readonly labels: ReadonlySet<string>;
  /** How far back the metric goes, at most the period of an objective; null where it has no past. */
  readonly historyMs: number | null;
}

/** Targets that people write. A proposal never promises more than was kept so far, nor more than three nines. */
const TARGETS = [0.999, 0.995, 0.99, 0.98, 0.95, 0.9];
const WITHOUT_TRAFFIC = 0.99;

/** Null where nothing can be proposed; `note` then says why. */
export async function proposeObjective(
  template: ObjectiveTemplate,
  match: Match,
  subject: Subject,
  ask: Asking,
): Promise<{ readonly proposal: ObjectiveProposal | null; readonly note: string | null }> {
  return template.kind === 'availability'
    ? { proposal: await availability(template, match, subject, ask), note: null }
    : latency(template, match, subject, ask);
}

async function availability(
  template: Extract<ObjectiveTemplate, { kind: 'availability' }>,
  match: Match,
  subject: Subject,
  ask: Asking,
): Promise<ObjectiveProposal> {
  const part = (counted: readonly Counted[]) => counterOf(counted, match, subject);
  const total = part(template.total);
  const name = template.bad ? 'bad' : 'good';
  const counter = part(template.bad ?? template.good ?? []);
  const observed = await share(subject, counter, total, ask);
  const good = observed === null ? null : template.bad ? 1 - observed : observed;
  const target = targetFor(good);
  const title = `${subject.id}: ${template.title}`;
  return {
    id: `${subject.id}-availability`,
    service: subject.id,
    title,
    kind: 'availability',
    target,
    observed: good,
    observedOverMs: good === null ? null : subject.historyMs,
    reason: `${match.metric} counts the requests of ${subject.id}. ${kept(good, subject, target)}`,
    document: documentOf(
      subject,
      `${subject.id}-availability`,
      title,
      target,
      {},
      { [name]: counter, total },
    ),
  };
}

async function latency(
  template: Extract<ObjectiveTemplate, { kind: 'latency' }>,
  match: Match,
  subject: Subject,
  ask: Asking,
) {
  const over = subject.historyMs;
  const buckets =
    over === null
      ? []
      : await ask.vector(
          `sum by (le) (increase(${match.metric}_bucket{${subject.matcher}}[${over / 1_000}s]))`,
        );
  const chosen = boundary(buckets, template.quantile);
  if (!chosen)
    return {
      proposal: null,
      note: `${match.metric} of ${subject.id} has had no traffic, so no threshold of latency can be chosen from it.`,
    };
  const title = `${subject.id}: ${template.title}`;
  const target = Math.min(targetFor(chosen.share), template.quantile);
  const threshold = `${chosen.thresholdMs}ms`;
  const id = `${subject.id}-latency`;
  const good = `${match.metric}_bucket{${subject.matcher},le="${chosen.le}"}`;
  const total = `${match.metric}_count{${subject.matcher}}`;
  const proposal: ObjectiveProposal = {
    id,
    service: subject.id,
    title: `${title} within ${formatDuration(chosen.thresholdMs)}`,
    kind: 'latency',
    target,
    observed: chosen.share,
    observedOverMs: over,
    reason: `${formatDuration(chosen.thresholdMs)} is a bucket boundary of ${match.metric}, the lowest that ${percent(template.quantile)} of requests kept to. ${kept(chosen.share, subject, target)}`,
    document: documentOf(
      subject,
      id,
      title,
      target,
      { 'midwatch.dev/latency-threshold': threshold },
      { good, total },
    ),
  };
  return { proposal, note: null };
}

/** The lowest boundary that enough requests kept to, or the highest there is. Boundaries are whole milliseconds. */
export function boundary(buckets: readonly InstantSample[], quantile: number) {
  const counted = buckets
    .map(({ labels, value }) => ({
      le: labels.le ?? '',
      bound: labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le),
      value,
    }))
    .sort((left, right) => left.bound - right.bound);
  const all = counted.at(-1);
  if (!all || all.bound !== Number.POSITIVE_INFINITY || !(all.value > 0)) return undefined;
  const usable = counted
    .map(({ le, bound, value }) => ({
      le,
      thresholdMs: Math.round(bound * 1_000_000) / 1_000,
      share: value / all.value,
    }))
    .filter((one) => Number.isSafeInteger(one.thresholdMs) && one.thresholdMs > 0 && one.share > 0);
  return usable.find((one) => one.share >= quantile) ?? usable.at(-1);
}

/** The highest usual target that was kept; without traffic a careful one. */
export function targetFor(observed: number | null): number {
  if (observed === null) return WITHOUT_TRAFFIC;
  return TARGETS.find((target) => target <= observed) ?? Math.max(0.01, Math.floor(observed * 100) / 100);
}

function kept(observed: number | null, { historyMs }: Subject, target: number): string {
  if (observed === null || historyMs === null)
    return `There is no traffic in its past, so ${percent(target)} is only a beginning.`;
  return `Over the last ${formatDuration(historyMs)} it was ${percent(observed)}; ${percent(target)} is the next usual target that this keeps.`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`;
}

async function share(subject: Subject, part: string, total: string, ask: Asking): Promise<number | null> {
  if (subject.historyMs === null) return null;
  const over = `${subject.historyMs / 1_000}s`;
  const all = await ask.number(increase(total, over));
  if (all === null || !(all > 0)) return null;
  // A counter of failures that never counted has no series: then there were none, as its total is there.
  const some = (await ask.number(increase(part, over))) ?? 0;
  return Math.min(1, Math.max(0, some / all));
}

const WINDOW = '{{.window}}';

function increase(counter: string, over: string): string {
  return counter.includes(WINDOW) ? counter.replaceAll(WINDOW, over) : `sum(increase(${counter}[${over}]))`;
}

/** One selector, or the sum of several increases with a place for the window. */
function counterOf(counted: readonly Counted[], match: Match, subject: Subject): string {
  const selectors = counted.map((one) => {
    const matchers = Object.entries(one.labels).map(([names, value]) => {
      const label = names.split('|').find((name) => subject.labels.has(name)) ?? names.split('|')[0] ?? '';
      const [, op = '=', text = value] = /^(=~|!=|!~)([\s\S]*)$/.exec(value) ?? [];
      return `${label}${op}"${text}"`;
    });
    return `${one.metric ?? match.metric}{${[subject.matcher, ...matchers].join(',')}}`;
  });
  if (selectors.length === 1) return selectors[0] ?? '';
  return selectors.map((selector) => `sum(increase(${selector}[${WINDOW}]))`).join(' + ');
}

function documentOf(
  subject: Subject,
  name: string,
  displayName: string,
  target: number,
  annotations: Record<string, string>,
  queries: Record<string, string>,
) {
  const ratio = Object.entries(queries).map(([part, query]) => [
    part,
    { metricSource: { type: 'Prometheus', spec: { query } } },
  ]);
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name, displayName, annotations: { 'midwatch.dev/source': subject.sourceId, ...annotations } },
    spec: {
      service: subject.id,
      indicator: {
        metadata: { name },
        spec: { ratioMetric: { counter: true, ...Object.fromEntries(ratio) } },
      },
      timeWindow: [{ duration: '28d', isRolling: true }],
      budgetingMethod: 'Occurrences',
      objectives: [{ target }],
    },
  };
}
