import type {
  AnyFamily,
  BucketExemplar,
  Histogram,
  MetricLabels,
  MetricRegistry,
} from './metric-registry.ts';

export type ExpositionFormat = 'prometheus' | 'openmetrics';

/** Source: https://prometheus.io/docs/instrumenting/exposition_formats/ and the OpenMetrics 1.0 specification. */
export const CONTENT_TYPE: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

export function chooseFormat(accept: string | undefined): ExpositionFormat {
  return accept?.includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus';
}

/** Writes several processes' metrics as one exposition: each family's help and type once, all its series together. */
export function writeExposition(registries: readonly MetricRegistry[], format: ExpositionFormat): string {
  const byName = new Map<string, AnyFamily[]>();
  for (const registry of registries) {
    for (const [name, family] of registry.families) {
      if (family.family.series.size === 0) continue;
      const group = byName.get(name);
      if (group === undefined) byName.set(name, [family]);
      else group.push(family);
    }
  }
  const lines: string[] = [];
  for (const [name, families] of byName) writeFamily(lines, name, families, format);
  if (format === 'openmetrics') lines.push('# EOF');
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function writeFamily(
  lines: string[],
  name: string,
  families: readonly AnyFamily[],
  format: ExpositionFormat,
): void {
  const [first] = families;
  if (first === undefined) return;
  // OpenMetrics names a counter's family without the suffix that its samples carry.
  const header = format === 'openmetrics' && first.kind === 'counter' ? name.replace(/_total$/, '') : name;
  lines.push(`# HELP ${header} ${escapeHelp(first.family.help, format)}`, `# TYPE ${header} ${first.kind}`);
  for (const each of families) {
    if (each.kind === 'histogram')
      for (const series of each.family.series.values()) writeHistogram(lines, name, series, format);
    else
      for (const { labels, value } of each.family.series.values())
        lines.push(`${name}${writeLabels(labels)} ${writeNumber(value)}`);
  }
}

function writeHistogram(lines: string[], name: string, histogram: Histogram, format: ExpositionFormat): void {
  let cumulative = 0;
  // The older format has no place for them.
  const exemplarOf = (index: number) =>
    format === 'openmetrics' ? writeExemplar(histogram.exemplars.get(index)) : '';
  for (const [index, bound] of histogram.bounds.entries()) {
    cumulative += histogram.counts[index] ?? 0;
    lines.push(
      `${name}_bucket${writeLabels({ ...histogram.labels, le: writeBound(bound) })} ${writeNumber(cumulative)}${exemplarOf(index)}`,
    );
  }
  cumulative += histogram.counts[histogram.bounds.length] ?? 0;
  lines.push(
    `${name}_bucket${writeLabels({ ...histogram.labels, le: '+Inf' })} ${writeNumber(cumulative)}${exemplarOf(histogram.bounds.length)}`,
  );
  lines.push(`${name}_sum${writeLabels(histogram.labels)} ${writeNumber(histogram.sum)}`);
  lines.push(`${name}_count${writeLabels(histogram.labels)} ${writeNumber(cumulative)}`);
}

function writeExemplar(exemplar: BucketExemplar | undefined): string {
  if (!exemplar) return '';
  const { traceId, value, at } = exemplar;
  return ` # ${writeLabels({ trace_id: traceId })} ${writeNumber(value)} ${(at / 1_000).toFixed(3)}`;
}

/** Bounds are written as floats in both formats, so that a bucket has the same `le` whichever is scraped. */
export function writeBound(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function writeLabels(labels: MetricLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string, format: ExpositionFormat): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
}
