/** One metric of an exposition: its samples all have the same type and meaning. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'summary';
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** `_sum` or `_count` of a summary. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Null is *no data*: the sample is left out, never written as 0. */
  readonly value: number | null;
}

/**
 * Prometheus' text format 0.0.4. A family without samples is left out with its help.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function expositionText(families: readonly MetricFamily[]): string {
  return families.map(familyText).join('');
}

function familyText({ name, help, type, samples }: MetricFamily): string {
  const lines = samples.flatMap(({ suffix = '', labels = {}, value }) =>
    value === null ? [] : [`${name}${suffix}${labelsText(labels)} ${valueText(value)}\n`],
  );
  if (lines.length === 0) return '';
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value, true)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string, quotes = false): string {
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return quotes ? plain.replaceAll('"', '\\"') : plain;
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
