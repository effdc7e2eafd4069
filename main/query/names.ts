import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Labels, MetricAbout, NameList, QueryError } from '../../shared/model/metric.ts';
import type { Matcher, MetricReader } from '../store/index.ts';
import type { Compat } from './expression.ts';
import { labelOf } from './label.ts';
import { parseExpression } from './parse.ts';
import type { PackedNameQuestion } from './query-api.ts';

/** Reads a selector such as `up{job="api"}`: what names are asked by. An absent one selects everything. */
export function matchersOf(selector: string | null, compat: Compat): Result<readonly Matcher[], QueryError> {
  if (selector === null || selector.trim() === '') return ok([]);
  const parsed = parseExpression(selector, { compat });
  if (!parsed.ok) return parsed;
  const { root } = parsed.value;
  if (root.kind === 'selector') return ok(root.matchers);
  return err({
    code: 'parse',
    message: 'Names are asked by a selector such as up{job="api"}, and this is another expression.',
    position: root.position,
    retryable: false,
  });
}

/** The names of labels, and their values, that the selected series have. */
export function labelNames(reader: MetricReader, question: PackedNameQuestion): Result<NameList, QueryError> {
  return gather(reader, question, (labels, add) => {
    for (const name of Object.keys(labels)) add(name);
  });
}

export function labelValues(
  reader: MetricReader,
  label: string,
  question: PackedNameQuestion,
): Result<NameList, QueryError> {
  return gather(reader, question, (labels, add) => {
    const value = labelOf(labels, label);
    if (value !== '') add(value);
  });
}

type Metrics = { readonly metrics: readonly MetricAbout[]; readonly complete: boolean };

/** The metrics that are stored, their kind as their names and labels let it be supposed: what was scraped says no more. */
export function metricsAbout(
  reader: MetricReader,
  question: PackedNameQuestion,
): Result<Metrics, QueryError> {
  const labelled = new Map<string, Labels>();
  const found = gather(reader, question, (labels, add) => {
    const name = labelOf(labels, '__name__');
    if (!labelled.has(name) || labelOf(labels, 'quantile') !== '') labelled.set(name, labels);
    add(name);
  });
  if (!found.ok) return found;
  const metrics = found.value.names.map((name) => ({
    name,
    kind: kindOf(name, labelled.get(name) ?? {}),
    help: '',
    unit: unitOf(name),
    from: 'name' as const,
  }));
  return ok({ metrics, complete: found.value.complete });
}

function gather(
  reader: MetricReader,
  { selector, contains, limit, compat }: PackedNameQuestion,
  visit: (labels: Labels, add: (name: string) => void) => void,
): Result<NameList, QueryError> {
  const matchers = matchersOf(selector, compat);
  if (!matchers.ok) return matchers;
  const names = new Set<string>();
  const add = (name: string) => {
    if (contains === null || name.includes(contains)) names.add(name);
  };
  for (const labels of reader.labelSets(matchers.value)) visit(labels, add);
  return ok(listOf(names, limit));
}

export function listOf(names: Iterable<string>, limit: number): NameList {
  const sorted = Array.from(names).sort();
  return { names: sorted.slice(0, limit), complete: sorted.length <= limit };
}

/** Source: https://prometheus.io/docs/practices/naming/ and the series of histograms and summaries. */
function kindOf(name: string, labels: Labels): MetricAbout['kind'] {
  if (name.endsWith('_bucket') && labelOf(labels, 'le') !== '') return 'histogram';
  if (labelOf(labels, 'quantile') !== '') return 'summary';
  if (/_(?:total|sum|count)$/.test(name)) return 'counter';
  return name.endsWith('_info') || unitOf(name) !== '' ? 'gauge' : 'unknown';
}

const UNITS = ['seconds', 'bytes', 'ratio', 'celsius', 'meters', 'volts', 'amperes', 'joules', 'grams'];

function unitOf(name: string): string {
  const parts = name.replace(/_(?:total|sum|count|bucket)$/, '').split('_');
  const last = parts.at(-1) ?? '';
  return UNITS.includes(last) ? last : '';
}
