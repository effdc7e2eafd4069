import type { Workspace } from '../../shared/config/workspace.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';
import type { WakeFacts } from '../alert/index.ts';
import { createBusinessHours } from '../calendar/index.ts';

export type StatusOf = (objectiveId: string) => ObjectiveStatus | undefined;

/** Budget and hours of the alerts whose objective says `wake: budget`. */
export function wakeFacts(
  workspace: () => Workspace,
  statusOf: StatusOf,
): (alert: Alert, at: number) => WakeFacts | null {
  return (alert, at) => {
    const objectiveId = alert.memory?.objectiveId ?? null;
    const status = objectiveId === null ? undefined : statusOf(objectiveId);
    const wake = status?.objective.wake;
    if (!status || wake?.policy !== 'budget') return null;
    const { routing, services } = workspace();
    const hours = createBusinessHours(routing.business_hours);
    const row = status.rows.find((one) => one.name === status.holding);
    const windowMs = row?.longMs ?? HOUR_MS;
    const burn = status.windows.find((one) => one.windowMs === windowMs);
    return {
      floor: wake.floor,
      budgetRemaining: status.budgetRemaining,
      burnRate: burn?.burnRate ?? null,
      periodMs: status.period ? status.period.endAt - status.period.startAt : status.objective.periodMs,
      inBusinessHours: hours.inBusinessHours(at),
      opensAt: hours.nextOpening(at),
      tier1: services.some((one) => one.id === alert.service && one.tier === 1),
    };
  };
}
