import type { MetricFact } from './signal-lookup.ts';

/** What a one-click form makes of a metric. */
export interface FormChoice {
  readonly metric: Pick<MetricFact, 'name' | 'kind'>;
  readonly aggregation: AggregationId;
  /** Labels that stay. */
  readonly by: readonly string[];
  /** Matchers as they stand between the braces. */
  readonly matchers: string;
  /** The range that `rate` and the like look over, as PromQL writes it. */
  readonly window: string;
  /** For *custom*: an expression with `$metric` where the selected series go. */
  readonly custom: string;
}

export type AggregationId =
  | 'mean'
  | 'median'
  | 'p50'
  | 'p95'
  | 'p99'
  | 'rate'
  | 'increase'
  | 'derivative'
  | 'max'
  | 'min'
  | 'count'
  | 'sum'
  | 'custom';

export interface Aggregation {
  readonly id: AggregationId;
  readonly label: string;
  readonly about: string;
}

export const aggregations: readonly Aggregation[] = [
  { id: 'mean', label: 'Mean', about: 'the average of all series, or of what a histogram measured' },
  { id: 'median', label: 'Median', about: 'half lies under it' },
  { id: 'p50', label: 'P50', about: 'half lies under it' },
  { id: 'p95', label: 'P95', about: '95 % lie under it' },
  { id: 'p99', label: 'P99', about: '99 % lie under it' },
  { id: 'rate', label: 'Rate', about: 'how much a counter grows each second' },
  { id: 'increase', label: 'Increase', about: 'how much a counter grew over the window' },
  { id: 'derivative', label: 'Derivative', about: 'how fast a gauge moves each second' },
  { id: 'max', label: 'Max', about: 'the highest of all series' },
  { id: 'min', label: 'Min', about: 'the lowest of all series' },
  {
    id: 'count',
    label: 'Count',
    about: 'how many series there are, or how much a histogram counted each second',
  },
  { id: 'sum', label: 'Sum', about: 'all series added up' },
  { id: 'custom', label: 'Custom', about: 'an expression of your own around the series: $metric' },
];

const QUANTILES: Partial<Record<AggregationId, number>> = { median: 0.5, p50: 0.5, p95: 0.95, p99: 0.99 };

/**
 * The expression of a choice. A counter is never added up as it stands: its rate is, since it only ever grows; quantiles and
 * means of a histogram are of what it measured, not of its buckets.
 */
export function expressionOf(choice: FormChoice): string {
  const { metric, aggregation, by, window } = choice;
  const quantile = QUANTILES[aggregation];
  const grouping = by.length > 0 ? ` by (${by.map(labelText).join(', ')})` : '';
  if (aggregation === 'custom')
    return choice.custom.replaceAll('$metric', () => selector(choice, metric.name));
  if (metric.kind === 'histogram') return ofHistogram(choice, quantile, grouping);
  const series = selector(choice, metric.name);
  const flow = `rate(${series}[${window}])`;
  const value = metric.kind === 'counter' ? flow : series;
  if (quantile !== undefined) return `quantile${grouping} (${quantile}, ${value})`;
  switch (aggregation) {
    case 'rate':
      return `sum${grouping} (${flow})`;
    case 'increase':
      return `sum${grouping} (increase(${series}[${window}]))`;
    case 'derivative':
      return `sum${grouping} (deriv(${series}[${window}]))`;
    case 'mean':
      return `avg${grouping} (${value})`;
    case 'count':
      return `count${grouping} (${series})`;
    default:
      return `${aggregation}${grouping} (${value})`;
  }
}

function ofHistogram(choice: FormChoice, quantile: number | undefined, grouping: string): string {
  const { metric, aggregation, by, window } = choice;
  const base = metric.name.replace(/_(?:bucket|sum|count)$/, '');
  const part = (suffix: string, call: string) =>
    `${call}(${selector(choice, `${base}_${suffix}`)}[${window}])`;
  const rates = (suffix: string) => `sum${grouping} (${part(suffix, 'rate')})`;
  const buckets = `sum by (${[...by.map(labelText), 'le'].join(', ')}) (${part('bucket', 'rate')})`;
  if (quantile !== undefined) return `histogram_quantile(${quantile}, ${buckets})`;
  switch (aggregation) {
    case 'mean':
      return `${rates('sum')} / ${rates('count')}`;
    case 'max':
      return `histogram_quantile(1, ${buckets})`;
    case 'min':
      return `histogram_quantile(0, ${buckets})`;
    case 'increase':
      return `sum${grouping} (${part('count', 'increase')})`;
    case 'derivative':
      return `sum${grouping} (${part('count', 'deriv')})`;
    case 'sum':
      return rates('sum');
    default:
      return rates('count');
  }
}

/** The metric with its matchers; a name that PromQL would not read bare is quoted. */
function selector({ matchers }: FormChoice, name: string): string {
  const inside = matchers.trim();
  if (/^[A-Za-z_:][\w:]*$/.test(name)) return inside === '' ? name : `${name}{${inside}}`;
  return `{${[JSON.stringify(name), inside].filter((one) => one !== '').join(', ')}}`;
}

function labelText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
