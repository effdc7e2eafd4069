import type { Component } from '../../shared/model/objective.ts';

/** Bad and total events of one component over one window; null is *no data*. */
export interface ComponentCount {
  readonly bad: number | null;
  readonly total: number | null;
}

/**
 * A composite's count: its error rate is the weighted mean of its components', over those that had events, and its total
 * is theirs together; `bad` is that rate of that total. One component without data makes the composite have none: what
 * is unknown of a journey's step is unknown of the journey.
 */
export function weigh(
  components: readonly Pick<Component, 'weight'>[],
  counts: readonly ComponentCount[],
): ComponentCount {
  let weights = 0;
  let errors = 0;
  let total = 0;
  for (const [at, count] of counts.entries()) {
    if (count.total === null || count.bad === null) return { bad: null, total: null };
    if (count.total <= 0) continue;
    const { weight } = components[at] ?? { weight: 1 };
    errors += weight * Math.min(1, count.bad / count.total);
    weights += weight;
    total += count.total;
  }
  return weights === 0 ? { bad: 0, total: 0 } : { bad: (errors / weights) * total, total };
}
