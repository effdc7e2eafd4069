import type { Dimension, FreshnessClass } from '../../shared/model/catalogue.ts';
import { expressionOf } from './signal-form.ts';
import type { MetricFact } from './signal-lookup.ts';

/** A kind of signal that a service should have, and the names by which it is known. */
export interface SignalKind {
  readonly dimension: Dimension;
  readonly title: string;
  /** How fresh it must be to be of use. */
  readonly freshness: FreshnessClass;
  readonly names: RegExp;
}

/** Every kind of the domain terms, section 1. A metric belongs to the first that knows its name. */
export const signalKinds: readonly SignalKind[] = [
  kind(
    'business',
    'Response time',
    'real-time',
    /(request|response|http|rpc|grpc).*(duration|latency)|(^|_)latency/,
  ),
  kind('business', 'Error rate', 'real-time', /(error|failure|failed|exception)s?(_|$)/),
  kind(
    'business',
    'Availability',
    'real-time',
    /(^up$|requests?_total|availability|probe_success|breaker|fallback)/,
  ),
  kind('business', 'Conversion', 'batch', /(conversion|checkout|orders?_|purchase)/),
  kind('business', 'Revenue attribution', 'batch', /(revenue|sales|gmv)/),
  kind('business', 'Engagement', 'batch', /(engagement|clicks?|session|impression|visits?)(_|$)/),
  kind('business', 'Cost per prediction', 'historical', /(cost|spend|price_per)/),
  kind('business', 'Audit trail', 'historical', /(audit|compliance)/),
  kind('model', 'Online accuracy', 'batch', /(accuracy|auc|f1|precision|recall|labelled|labeled)(_|$)/),
  kind(
    'model',
    'Feature drift and data quality',
    'batch',
    /feature.*(drift|null|missing|quality|value)|data_quality/,
  ),
  kind('model', 'Drift', 'batch', /(drift|psi|divergence)/),
  kind('model', 'Confidence and variance', 'near-real-time', /(confidence|variance|entropy)/),
  kind('model', 'Feature availability', 'near-real-time', /feature/),
  kind('model', 'Prediction patterns', 'near-real-time', /(predict|inference|model_|stage_duration|token)/),
  kind('infrastructure', 'GPU', 'near-real-time', /(gpu|dcgm|cuda)/),
  kind('infrastructure', 'CPU', 'near-real-time', /(cpu|load\d)/),
  kind('infrastructure', 'Garbage collection', 'near-real-time', /(^|_)gc(_|$)/),
  kind('infrastructure', 'Memory', 'near-real-time', /(memory|_mem_|heap|rss|resident)/),
  kind('infrastructure', 'Cache hit rate', 'near-real-time', /cache/),
  kind(
    'infrastructure',
    'Pools and queues',
    'near-real-time',
    /(thread|pool|queue|worker|goroutine|replica|in_flight)/,
  ),
  kind('infrastructure', 'Disk and I/O', 'near-real-time', /(disk|filesystem|_io_|iops|fds)/),
  kind(
    'infrastructure',
    'Network',
    'near-real-time',
    /(network|bandwidth|packet|connection|socket|tcp|receive|transmit)/,
  ),
];

function kind(dimension: Dimension, title: string, freshness: FreshnessClass, names: RegExp): SignalKind {
  return { dimension, title, freshness, names };
}

/** A kind with the metrics of a source that are of it; none is told, too: it is not measured. */
export interface KindFound {
  readonly kind: SignalKind;
  readonly metrics: readonly MetricFact[];
}

export function kindsFound(metrics: readonly MetricFact[]): readonly KindFound[] {
  const found = new Map(signalKinds.map((one) => [one, [] as MetricFact[]]));
  for (const metric of metrics) {
    const name = metric.name.toLowerCase();
    const of = signalKinds.find((one) => one.names.test(name));
    if (of) found.get(of)?.push(metric);
  }
  return signalKinds.map((one) => ({ kind: one, metrics: found.get(one) ?? [] }));
}

/** The one number that says how a metric is doing: a gauge's mean, a counter's rate, a histogram's mean. */
export function liveExpression(metric: MetricFact): string {
  const aggregation = metric.kind === 'counter' ? 'rate' : 'mean';
  return expressionOf({ metric, aggregation, by: [], matchers: '', window: '5m', custom: '' });
}

/** More metrics than these are not asked for at once. */
export const LIVE_MAX = 40;
const NAME = 'signal';

/** All live numbers in one question, each with its metric in a label; null where there is nothing to ask. */
export function liveQuestion(metrics: readonly MetricFact[]): string | null {
  const parts = metrics
    .slice(0, LIVE_MAX)
    .map(
      (one) =>
        `label_replace(${liveExpression(one)}, "${NAME}", ${JSON.stringify(literal(one.name))}, "", "")`,
    );
  return parts.length === 0 ? null : parts.join(' or ');
}

/** In a replacement `$` stands for a group. */
function literal(name: string): string {
  return name.replaceAll('$', '$$$$');
}

export function liveValues(
  samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number | string }[],
): ReadonlyMap<string, number> {
  return new Map(samples.map(({ labels, value }) => [labels[NAME] ?? '', Number(value)]));
}
