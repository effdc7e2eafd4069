import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { Counter } from './build-query.ts';
import { readCounters } from './count.ts';
import { planObjective } from './math/index.ts';

/** Rows that are left out, each with its reason; and that nothing is left, where that is so. */
export function objectiveWarnings(objective: Objective, policies: readonly PolicyConfig[]): string[] {
  const policy = policies.find((one) => one.id === objective.policy);
  if (!policy) return [];
  const { rows } = planObjective(objective, policy);
  const left = rows.flatMap((row) => (row.leftOut === null ? [] : [`the ${row.name} row: ${row.leftOut}`]));
  return rows.some((row) => row.leftOut === null)
    ? left
    : [
        ...left,
        'expected a policy with a row that can fire: none is left, so only a plain threshold rule in alerts/ can alert on this objective',
      ];
}

/** When each row would notice 100, 10 and 1 % errors: `page 13.44×: 8 m 3 s, 1 h 20 m, never`. */
export function detectionLines(objective: Objective, policies: readonly PolicyConfig[]): string[] {
  const policy = policies.find((one) => one.id === objective.policy);
  if (!policy) return [];
  const time = (ms: number | null) => (ms === null ? 'never' : formatDuration(ms));
  return planObjective(objective, policy).rows.map((row) => {
    const threshold = `${formatSignificant(row.threshold, 4)}×${row.raisedToOne ? ' (raised to 1)' : ''}`;
    if (row.leftOut !== null) return `${row.name} (${row.priority}) ${threshold}: left out`;
    const { all, tenth, hundredth } = row.detectionMs;
    return `${row.name} (${row.priority}) ${threshold}: ${time(all)} at 100 %, ${time(tenth)} at 10 %, ${time(hundredth)} at 1 % errors`;
  });
}

/**
 * Why the long windows of an objective over local metrics are counted anew each hundredth of their length and carried
 * forward in between, where all of its counters could otherwise be carried from sample to sample; null where they are.
 */
export function notCarried(objective: Objective): string | null {
  if (objective.slices) return null;
  const read = readCounters(objective);
  if (!read.ok) return null;
  const refused = (counter: Counter) => (counter.kind === 'template' ? counter.refused : null);
  for (const { part, total } of read.value.components ?? [read.value]) {
    const found = refused(part) ?? refused(total);
    if (found !== null)
      return `windows over 1 h are counted anew each hundredth of their length: ${found} is no sum of increase(…[$window])`;
  }
  return null;
}
