import type { CatalogueFile, Dimension, FreshnessClass, Signal } from '../../shared/model/catalogue.ts';
import { expressionOf } from './signal-form.ts';
import type { MetricFact } from './signal-lookup.ts';

/** A metric of a source, and what asks for the one number that says how it is doing. */
export interface CatalogueMetric {
  readonly name: string;
  readonly about: string;
  readonly expression: string;
  readonly unit: string;
}

/** A signal of the catalogue, and what the source has of it; none is told, too: it is not measured. */
export interface CatalogueEntry {
  readonly id: string;
  readonly means: string;
  readonly freshness: FreshnessClass;
  readonly dimension: Dimension;
  readonly metrics: readonly CatalogueMetric[];
  /** A metric of the right name that has none of the labels by which the entry means something; null where none is so. */
  readonly without: { readonly name: string; readonly labels: readonly string[] } | null;
}

/** Of the metrics that an entry knows by their labels, which labels they have. */
export type LabelsOfMetrics = ReadonlyMap<string, ReadonlySet<string>>;

/** A convention of names of which the source has at least one. */
export interface CatalogueGroup {
  readonly title: string;
  readonly entries: readonly CatalogueEntry[];
}

/** A source's metrics by the catalogue of signals. */
export interface SourceCatalogue {
  readonly groups: readonly CatalogueGroup[];
  /** Conventions of which the source has nothing. */
  readonly absent: readonly string[];
  /** What no convention knows: of these nobody has said what they tell and how fresh they must be. */
  readonly unknown: readonly CatalogueMetric[];
}

export function sourceCatalogue(
  files: readonly CatalogueFile[],
  metrics: readonly MetricFact[],
  labels: LabelsOfMetrics = new Map(),
): SourceCatalogue {
  const known = new Set<string>();
  const groups: CatalogueGroup[] = [];
  const absent: string[] = [];
  for (const file of files.toSorted((a, b) => a.rank - b.rank)) {
    const entries = file.signals.map((signal) => {
      const named = metrics.filter(matches(signal));
      const found = named.filter(({ name }) => meansIt(signal, labels.get(name)));
      for (const { name } of found) known.add(name);
      const { id, means, freshness, dimension, needs } = signal;
      const [lacking] = named.filter((one) => !found.includes(one));
      return {
        id,
        means,
        freshness,
        dimension,
        metrics: found.map((one) => measured(one, signal)),
        without: lacking ? { name: lacking.name, labels: needs } : null,
      };
    });
    if (entries.some((entry) => entry.metrics.length > 0)) groups.push({ title: file.title, entries });
    else absent.push(file.title);
  }
  const unknown = metrics.filter(({ name }) => !known.has(name)).map((one) => measured(one, null));
  return { groups, absent, unknown };
}

/** The metrics whose labels decide whether an entry means them. */
export function askedForLabels(files: readonly CatalogueFile[], metrics: readonly MetricFact[]): string[] {
  const signals = files.flatMap((file) => file.signals).filter(({ needs }) => needs.length > 0);
  return metrics.filter((one) => signals.some((signal) => matches(signal)(one))).map(({ name }) => name);
}

/** Labels that are not known are no reason against it. */
function meansIt({ needs }: Signal, labels: ReadonlySet<string> | undefined): boolean {
  return needs.length === 0 || labels === undefined || needs.some((label) => labels.has(label));
}

function matches({ metric, pattern }: Signal): (fact: MetricFact) => boolean {
  if (pattern === undefined) return ({ name }) => name === metric;
  const names = new RegExp(`^(?:${pattern})$`);
  return ({ name }) => names.test(name);
}

/** By the first panel that the catalogue draws of it, else by what its kind lets one ask. */
function measured(fact: MetricFact, signal: Signal | null): CatalogueMetric {
  const about = signal?.means ?? fact.help;
  const panel = signal?.pattern === undefined ? signal?.panels[0] : undefined;
  if (panel) return { name: fact.name, about, expression: ofAll(panel.query), unit: panel.unit };
  // What the catalogue says of a metric holds where the source says nothing itself.
  const told = signal && fact.from === 'name' ? { ...fact, kind: signal.kind, unit: signal.unit } : fact;
  return { name: fact.name, about, expression: liveExpression(told), unit: unitText(told) };
}

/** A template for all services at once. */
function ofAll(query: string): string {
  return query.replaceAll(/\{\$selector\s*,?\s*/g, '{').replaceAll('{}', '');
}

/** A gauge's mean, a counter's rate, a histogram's mean. */
function liveExpression(metric: MetricFact): string {
  const aggregation = metric.kind === 'counter' ? 'rate' : 'mean';
  return expressionOf({ metric, aggregation, by: [], matchers: '', window: '5m', custom: '' });
}

function unitText(metric: MetricFact): string {
  const unit = { seconds: 's', bytes: 'B' }[metric.unit] ?? metric.unit;
  return (metric.kind === 'counter' ? `${unit}/s` : unit).slice(0, 20);
}

/** More metrics than these are not asked for at once. */
export const LIVE_MAX = 40;
const NAME = 'signal';

/** All live numbers in one question, each with its metric in a label; null where there is nothing to ask. */
export function liveQuestion(metrics: readonly CatalogueMetric[]): string | null {
  const parts = metrics
    .slice(0, LIVE_MAX)
    .map(
      ({ name, expression }) =>
        `label_replace(${expression}, "${NAME}", ${JSON.stringify(literal(name))}, "", "")`,
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
