import type { Workspace } from '../../shared/config/workspace.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';
import type { WakeFacts } from '../alert/index.ts';
import { createBusinessHours } from '../calendar/index.ts';

export type StatusOf = (objectiveId: string) => ObjectiveStatus | undefined;

/** Since when a budget is being counted for the first time in this run; what was known once is never waited for again. */
function createCounting() {
  const since = new Map<string, number | 'known'>();
  return (objectiveId: string, isKnown: boolean, at: number): number | null => {
    const before = since.get(objectiveId);
    if (isKnown || before === 'known') {
      since.set(objectiveId, 'known');
      return null;
    }
    // A clock that was set back must not make it wait until that has caught up.
    const sinceAt = Math.min(before ?? at, at);
    since.set(objectiveId, sinceAt);
    return sinceAt;
  };
}

/** Budget and hours of the alerts whose objective says `wake: budget`. */
export function wakeFacts(
  workspace: () => Workspace,
  statusOf: StatusOf,
): (alert: Alert, at: number) => WakeFacts | null {
  const countingSince = createCounting();
  return (alert, at) => {
    const objectiveId = alert.memory?.objectiveId ?? null;
    if (objectiveId === null) return null;
    const { routing, services, objectives } = workspace();
    // Until the first poll of a run there is no status, but what was deferred before it is there.
    const status = statusOf(objectiveId);
    const objective = status?.objective ?? objectives.find((one) => one.id === objectiveId);
    const wake = objective?.wake;
    if (!objective || wake?.policy !== 'budget') return null;
    const hours = createBusinessHours(routing.business_hours);
    const row = status?.rows.find((one) => one.name === status.holding);
    const windowMs = row?.longMs ?? HOUR_MS;
    const burnRate = status?.windows.find((one) => one.windowMs === windowMs)?.burnRate ?? null;
    const budgetRemaining = status?.budgetRemaining ?? null;
    return {
      floor: wake.floor,
      budgetRemaining,
      burnRate,
      countingSinceAt: countingSince(objectiveId, budgetRemaining !== null && burnRate !== null, at),
      periodMs: status?.period ? status.period.endAt - status.period.startAt : objective.periodMs,
      inBusinessHours: hours.inBusinessHours(at),
      opensAt: hours.nextOpening(at),
      tier1: services.some((one) => one.id === alert.service && one.tier === 1),
    };
  };
}
