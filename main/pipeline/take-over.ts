import { messageOf } from '../../shared/error/coded.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { AlertOutcome, Alerts, NotificationRequest } from '../alert/index.ts';
import type { Incidents } from '../incident/index.ts';
import type { Notifier } from '../notify/index.ts';
import type { Logger } from '../platform/index.ts';

export interface TakeOverDeps {
  readonly alerts: Pick<Alerts, 'settle' | 'linkIncidents' | 'list'>;
  readonly incidents: Pick<Incidents, 'handleAlerts' | 'get'>;
  readonly notifier: Pick<Notifier, 'enqueue'>;
  readonly logger: Logger;
  /** What else a page should say of these alerts, such as when the budget is gone; null where there is nothing. */
  readonly outlook: (alerts: readonly Alert[]) => string | null;
  readonly publish: (alerts: readonly Alert[]) => void;
}

/** Carries what the alert stage decided to incidents and the notifier, in order, and never loses one of it. */
export interface TakeOver {
  add(outcome: AlertOutcome): Promise<void>;
  /** Tries again what failed before; called at each tick. */
  retry(): Promise<void>;
  /** The sentence for the health screen while something waits; else null. */
  problem(): string | null;
}

/**
 * An outcome stays *unsettled* with its alert until the incident is stored and the notifications are queued, both
 * durably: a crash anywhere in between says it again, and both receivers take the same news twice as once.
 */
export function createTakeOver(deps: TakeOverDeps): TakeOver {
  const waiting: AlertOutcome[] = [];
  let failure: string | null = null;
  let running: Promise<void> = Promise.resolve();

  const show = (ids: readonly string[]) => {
    const moved = new Set(ids);
    deps.publish(deps.alerts.list().filter((alert) => moved.has(alert.id)));
  };
  const takeOne = async (outcome: AlertOutcome) => {
    const placements = outcome.changes.length === 0 ? [] : await deps.incidents.handleAlerts(outcome.changes);
    // In one go: a storm places a thousand alerts at once.
    const links = placements.flatMap(({ alertId, incidentId }) =>
      incidentId === null ? [] : [{ alertId, incidentId }],
    );
    if (links.length > 0) await deps.alerts.linkIncidents(links);
    const known = new Map(deps.alerts.list().map((alert) => [alert.id, alert]));
    if (outcome.notifications.length > 0) {
      await deps.notifier.enqueue(outcome.notifications.map((request) => withIncident(request, known, deps)));
    }
    if (outcome.changes.length > 0 || outcome.notifications.length > 0) await deps.alerts.settle(outcome);
    show([...outcome.updated.map((one) => one.id), ...placements.map((one) => one.alertId)]);
  };
  const drain = async () => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      try {
        await takeOne(next);
        waiting.shift();
        failure = null;
      } catch (thrown) {
        failure = `What was decided could not be stored, so no incident was opened and nobody was told of it yet; it is tried again each second. ${messageOf(thrown)}`;
        deps.logger.error(
          { problem: messageOf(thrown), waiting: waiting.length },
          'a decision could not be taken over',
        );
        return;
      }
    }
  };
  const inTurn = () => {
    running = running.then(drain);
    return running;
  };

  return {
    add(outcome) {
      const isNews = outcome.changes.length > 0 || outcome.notifications.length > 0;
      if (!isNews && waiting.length > 0) {
        // Numbers that moved need no store: windows see them, and hours of a full disk do not fill the memory.
        show(outcome.updated.map((one) => one.id));
        return Promise.resolve();
      }
      waiting.push(outcome);
      return inTurn();
    },
    retry: () => (waiting.length === 0 ? Promise.resolve() : inTurn()),
    problem: () => failure,
  };
}

/** A page leads to its incident, names its severity, and says how long the budget lasts. */
function withIncident(
  request: NotificationRequest,
  known: ReadonlyMap<string, Alert>,
  { incidents, outlook }: TakeOverDeps,
): NotificationRequest {
  const alerts = request.alertIds.flatMap((id) => known.get(id) ?? []);
  const incidentId =
    alerts.map((alert) => alert.incidentId).find((id) => id !== null) ?? request.page.incidentId;
  const incident = incidentId === null ? undefined : incidents.get(incidentId);
  const { page } = request;
  const more = page.resolved ? null : outlook(alerts);
  return {
    ...request,
    page: {
      ...page,
      incidentId,
      title: incident && !page.resolved ? `${incident.severity} ${page.title}` : page.title,
      body: more === null ? page.body : `${page.body}\n${more}`,
    },
  };
}
