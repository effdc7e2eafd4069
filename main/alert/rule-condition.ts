import type { FiringCondition } from '../../shared/model/firing-condition.ts';
import type { InstantSample, Labels, QueryTarget } from '../../shared/model/metric.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import { formatDuration } from '../../shared/unit/time.ts';

export interface ConditionDeps {
  /** When the service was last deployed, as far as is known; null where it is not. */
  readonly deployedAt: (service: string) => number | null;
}

/** Answers why a series may not fire now; null where it may. */
export type HeldBack = (labels: Labels, service: string) => string | null;

/**
 * Asks a condition once for all series of a rule, an objective or a detector. What is not known holds nothing back: a condition that cannot be
 * evaluated must not keep a page away.
 */
export async function readCondition(
  when: FiringCondition,
  target: QueryTarget,
  at: number,
  { deployedAt }: ConditionDeps,
): Promise<HeldBack> {
  const holds = when.expression === null ? null : await askExpression(when.expression, target, at);
  return (labels, service) => {
    if (holds && !holds(labels)) return `its condition does not hold: when ${when.expression}`;
    const { deployedWithinMs: within, deployedBeforeMs: before } = when;
    if (within === null && before === null) return null;
    const last = deployedAt(service);
    if (last === null)
      return within === null ? null : `no deployment of ${service} is known, and it decides only after one`;
    const ago = at - last;
    if (within !== null && ago > within)
      return `${service} was deployed ${formatDuration(ago)} ago, and it decides only within ${formatDuration(within)}`;
    if (before !== null && ago < before)
      return `${service} was deployed ${formatDuration(ago)} ago, and it decides only after ${formatDuration(before)}`;
    return null;
  };
}

async function askExpression(
  expression: string,
  target: QueryTarget,
  at: number,
): Promise<(labels: Labels) => boolean> {
  const answer = await target.instant(expression, at);
  if (!answer.ok) return () => true;
  const { value } = answer;
  return value.kind === 'scalar' ? () => value.value !== 0 : conditionOf(value.samples);
}

function conditionOf(samples: readonly InstantSample[]): (labels: Labels) => boolean {
  const holding = samples.filter((one) => one.value !== 0 && !Number.isNaN(one.value));
  return (labels) => holding.some((one) => agrees(one.labels, labels));
}

/** When a service was last changed, of the changes that were seen or reported; null where none is known. */
export function lastDeployment(changes: readonly ChangeEvent[], service: string): number | null {
  const times = changes.filter((one) => one.service === service).map((one) => one.at);
  return times.length === 0 ? null : Math.max(...times);
}

/** Labels that both have are the same; those that only one has do not tell them apart. */
function agrees(condition: Labels, series: Labels): boolean {
  return Object.entries(condition).every(
    ([name, value]) => name === '__name__' || series[name] === undefined || series[name] === value,
  );
}
