import type { CatalogueFile, Signal } from '../../shared/model/catalogue.ts';
import { compilePattern } from '../platform/index.ts';

/** A signal of the catalogue that is there, under this name of a metric. */
export interface Match {
  readonly convention: CatalogueFile;
  readonly signal: Signal;
  /** Without `_bucket`, `_count` and `_sum`. */
  readonly metric: string;
  /** A series name that exists for certain, to ask labels of. */
  readonly series: string;
}

/** Conventions of a lower rank come first: they are nearer to the user. */
export function matchSignals(catalogue: readonly CatalogueFile[], names: ReadonlySet<string>): Match[] {
  const found: Match[] = [];
  for (const convention of [...catalogue].sort((left, right) => left.rank - right.rank))
    for (const signal of convention.signals)
      for (const metric of metricsOf(signal, names)) {
        const series = seriesOf(signal, metric, names);
        if (series !== undefined) found.push({ convention, signal, metric, series });
      }
  return found;
}

function metricsOf(signal: Signal, names: ReadonlySet<string>): readonly string[] {
  if (signal.metric !== undefined) return [signal.metric];
  const pattern = compilePattern(signal.pattern ?? '');
  const bases = new Set([...names].map((name) => (hasParts(signal) ? baseOf(name) : name)));
  return [...bases].filter((name) => pattern.test(name)).slice(0, 10);
}

function hasParts(signal: Signal): boolean {
  return signal.kind === 'histogram' || signal.kind === 'summary';
}

function baseOf(name: string): string {
  return name.replace(/_(?:bucket|count|sum)$/, '');
}

/** Sources that know types list a histogram under its base name, others by its parts: both are understood. */
function seriesOf(signal: Signal, metric: string, names: ReadonlySet<string>): string | undefined {
  if (!hasParts(signal))
    // The count of a histogram is a counter of its own.
    return names.has(metric) || (metric.endsWith('_count') && names.has(baseOf(metric))) ? metric : undefined;
  return [metric, `${metric}_bucket`, `${metric}_count`].some((name) => names.has(name))
    ? signal.kind === 'histogram'
      ? `${metric}_bucket`
      : `${metric}_count`
    : undefined;
}
