import type { Labels } from '../../shared/model/metric.ts';

/** The labels that all series have alike; of one series none, since it has to be named by something. */
export function sharedNames(all: readonly Labels[]): Labels {
  const [first, ...rest] = all;
  if (!first || rest.length === 0) return {};
  const shared = new Map(Object.entries(first));
  for (const labels of rest) {
    for (const [name, value] of shared) if (labels[name] !== value) shared.delete(name);
    if (shared.size === 0) break;
  }
  return Object.fromEntries(shared);
}

/** A series by what tells it from the others, `{code="500", job="gateway"}`. */
export function shortName(labels: Labels, shared: Labels): string {
  const own = Object.entries(labels)
    .filter(([name]) => name !== '__name__' && !Object.hasOwn(shared, name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const metric = Object.hasOwn(shared, '__name__') ? '' : (labels.__name__ ?? '');
  if (own.length === 0) return metric === '' ? 'value' : metric;
  return `${metric}{${own.join(', ')}}`;
}
