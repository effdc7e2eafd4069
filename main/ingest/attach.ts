import type { Labels } from '../../shared/model/metric.ts';

/**
 * Puts the target's labels onto a scraped series. Where the exposition has a label of the same name, what it said is
 * kept as `exported_…`: a target must not be able to pass for another. `honorLabels` keeps what was scraped instead.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config (honor_labels)
 */
export function attachTargetLabels(scraped: Labels, target: Labels, honorLabels: boolean): Labels {
  if (honorLabels) return { ...target, ...scraped };
  const pairs = new Map(Object.entries(scraped));
  const displaced: [string, string][] = [];
  for (const [name, value] of Object.entries(target)) {
    const said = pairs.get(name);
    if (said !== undefined) displaced.push([name, said]);
    pairs.set(name, value);
  }
  for (const [name, said] of displaced) {
    let exported = `exported_${name}`;
    while (pairs.has(exported)) exported = `exported_${exported}`;
    pairs.set(exported, said);
  }
  return Object.fromEntries(pairs);
}

/** The same labels in any order give the same key. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
