import type { Alert, ShownAlert } from '../../shared/model/alert.ts';
import { priorityRank } from '../../shared/model/priority.ts';
import type { Alerts } from '../alert/index.ts';
import type { StateHub } from '../api/index.ts';

/** Tells the windows which alerts changed; what the stage has forgotten goes away. */
export function publishAlerts(hub: StateHub, alerts: Pick<Alerts, 'list'>, changed: readonly string[]): void {
  const all = new Map(alerts.list().map((alert) => [alert.id, alert]));
  hub.put(
    'alerts',
    changed.flatMap((id) => {
      const alert = all.get(id);
      return alert ? [shown(alert)] : [];
    }),
  );
  const forgotten = hub.get('alerts').flatMap(({ id }) => (all.has(id) ? [] : [id]));
  hub.remove('alerts', forgotten);
}

/** What a window that is opened on many thousand alerts is sent first: what fires and nobody has, by priority and age. */
export function mostUrgentFirst(one: ShownAlert, other: ShownAlert): number {
  return (
    rank(one) - rank(other) ||
    priorityRank(one.priority) - priorityRank(other.priority) ||
    (one.firedAt ?? 0) - (other.firedAt ?? 0)
  );
}

function rank({ phase, acknowledgement }: ShownAlert): number {
  if (phase === 'firing') return acknowledgement === null ? 0 : 1;
  return phase === 'resolved' || phase === 'inactive' ? 3 : 2;
}

function shown({ memory, verdicts, ...alert }: Alert): ShownAlert {
  const hold = memory?.hold ? { stage: memory.hold.stage, by: memory.hold.by } : null;
  return { ...alert, hold, objectiveId: memory?.objectiveId ?? null, verdicts: verdicts.filter(isSeen) };
}

function isSeen({ stage, outcome }: Alert['verdicts'][number]): boolean {
  return outcome !== 'pass' || stage === 'route' || stage === 'notify';
}
