import type { FiringCondition } from '../../shared/model/firing-condition.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Observation } from '../../shared/model/observation.ts';
import { type ConditionDeps, type HeldBack, readCondition } from './rule-condition.ts';

/** What holds while its condition does not is held back: it neither fires nor ends. */
export function holdBack(seen: Observation, heldBack: HeldBack): Observation {
  const { finding } = seen;
  if (finding.kind !== 'holds') return seen;
  const why = heldBack(seen.labels, seen.service);
  if (why === null) return seen;
  const { value, threshold, reason } = finding;
  return { ...seen, finding: { kind: 'held-back', value, threshold, reason: `${reason}, but ${why}` } };
}

/** Objectives of which a row holds and whose condition does not: their status says so, and their alert waits. */
export async function holdBackObjectives(
  statuses: readonly ObjectiveStatus[],
  target: QueryTarget,
  at: number,
  deps: ConditionDeps,
): Promise<ObjectiveStatus[]> {
  return Promise.all(
    statuses.map(async (status) => {
      const { when, id, service } = status.objective;
      if (!when || status.holding === null || status.heldBack !== null) return status;
      const heldBack = await readCondition(when, target, at, deps);
      const why = heldBack({ objective: id, service }, service);
      if (why === null) return status;
      return { ...status, heldBack: `Held back: ${why}.`, reason: `${status.reason}, but ${why}` };
    }),
  );
}

/** The same of detectors' series; each condition is asked once, and only where something holds. */
export async function holdBackDetectors(
  observations: readonly Observation[],
  conditionOf: (ruleId: string) => FiringCondition | undefined,
  target: QueryTarget,
  at: number,
  deps: ConditionDeps,
): Promise<Observation[]> {
  const asked = new Map<string, Promise<HeldBack>>();
  return Promise.all(
    observations.map(async (seen) => {
      const when = seen.finding.kind === 'holds' ? conditionOf(seen.ruleId) : undefined;
      if (!when) return seen;
      const answer = asked.get(seen.ruleId) ?? readCondition(when, target, at, deps);
      asked.set(seen.ruleId, answer);
      return holdBack(seen, await answer);
    }),
  );
}
