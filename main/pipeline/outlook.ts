import type { Alert } from '../../shared/model/alert.ts';
import { EXHAUSTION_NEVER, type ObjectiveStatus } from '../../shared/model/objective.ts';
import { formatDuration } from '../../shared/unit/time.ts';

/** When the first budget of these alerts is gone at this rate, as a page says it; null where that is not known. */
export function outlook(
  alerts: readonly Alert[],
  statuses: ReadonlyMap<string, ObjectiveStatus>,
): string | null {
  const left = alerts.flatMap((alert) => {
    const ms = statuses.get(alert.ruleId)?.timeToExhaustionMs ?? null;
    return ms === null || ms === EXHAUSTION_NEVER ? [] : [ms];
  });
  if (left.length === 0) return null;
  const soonest = Math.min(...left);
  return soonest <= 0 ? 'The budget is gone.' : `Budget gone in ${formatDuration(soonest)} at this rate.`;
}
