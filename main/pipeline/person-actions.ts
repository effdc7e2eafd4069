import { CodedError } from '../../shared/error/coded.ts';
import type { Result } from '../../shared/error/result.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { EscalationOutlook } from '../../shared/model/escalation.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { AlertOutcome, Alerts } from '../alert/index.ts';
import { type Incidents, isOver, oneLine } from '../incident/index.ts';
import type { Clock } from '../platform/index.ts';

export interface PersonActionsDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly alerts: Pick<Alerts, 'list' | 'acknowledge' | 'rearm' | 'escalate' | 'escalation'>;
  readonly incidents: Pick<Incidents, 'get' | 'acknowledge' | 'append'>;
  readonly takeOver: { add(outcome: AlertOutcome): Promise<void> };
  /** One round at once: what is told again must not wait for its second. */
  readonly tick: () => Promise<void>;
}

/** What a person says of alerts and of the incident that they make up; each word stands on the incident's timeline. */
export interface PersonActions {
  acknowledgeIncident(incidentId: string, by: string): Promise<void>;
  acknowledgeAlert(alertId: string, by: string): Promise<void>;
  /** Takes an acknowledgement back, of all alerts of its incident. */
  rearm(alertId: string, by: string, why: string): Promise<void>;
  /** Tells the next step of the chain now, and answers whom. */
  escalate(alertId: string, by: string, why: string): Promise<EscalationOutlook>;
  /** Whom that would tell, or why nobody. */
  escalation(alertId: string): Result<EscalationOutlook, string>;
}

export function createPersonActions(deps: PersonActionsDeps): PersonActions {
  const { clock, alerts, incidents, takeOver } = deps;
  const found = (alertId: string): Alert => {
    const alert = alerts.list().find((one) => one.id === alertId);
    if (alert) return alert;
    throw new CodedError('alert-not-found', 'This alert is not there any more.');
  };
  const openIncidentOf = ({ incidentId }: Alert): Incident | null => {
    const incident = incidentId === null ? undefined : incidents.get(incidentId);
    return incident && !isOver(incident.phase) ? incident : null;
  };
  const note = async (incident: Incident | null, by: string, title: string, detail: string) => {
    if (incident)
      await incidents.append(incident.id, {
        at: clock.now(),
        kind: 'acknowledged',
        actor: by,
        title: oneLine(title, 200),
        detail: oneLine(detail, 1_000),
      });
  };
  const acknowledgeIncident = async (incidentId: string, by: string) => {
    const incident = incidents.get(incidentId);
    if (!incident) throw new CodedError('incident-not-found', `There is no incident ${incidentId}.`);
    const result = await alerts.acknowledge({ alertIds: incident.alertIds }, by, clock.now());
    if (result.ok) await takeOver.add(result.value);
    await incidents.acknowledge(incidentId, by);
  };
  return {
    acknowledgeIncident,
    async acknowledgeAlert(alertId, by) {
      const incident = openIncidentOf(found(alertId));
      if (incident) return acknowledgeIncident(incident.id, by);
      const result = await alerts.acknowledge({ alertIds: [alertId] }, by, clock.now());
      await takeOver.add(taken(result, 'nothing-to-acknowledge'));
    },
    async rearm(alertId, by, why) {
      const incident = openIncidentOf(found(alertId));
      const ids = incident?.alertIds ?? [alertId];
      const result = await alerts.rearm(ids, { by, why, now: clock.now() });
      await takeOver.add(taken(result, 'nothing-to-rearm'));
      await note(incident, by, 'Re-armed: nobody has it any more', why);
      await deps.tick();
    },
    async escalate(alertId, by, why) {
      const alert = found(alertId);
      const result = await alerts.escalate(alertId, { by, why, now: clock.now() });
      const { outcome, outlook: told } = taken(result, 'not-escalated');
      await takeOver.add(outcome);
      const title = `Escalated to ${told.receivers.join(', ')}`;
      await note(
        openIncidentOf(alert),
        by,
        title,
        `${why}${/[.!?]$/.test(why) ? '' : '.'} Step ${told.step} of ${told.of} of the chain.`,
      );
      return told;
    },
    escalation: (alertId) => alerts.escalation(alertId, clock.now()),
  };
}

function taken<Value>(result: Result<Value, string>, code: string): Value {
  if (result.ok) return result.value;
  throw new CodedError(code, result.error);
}
