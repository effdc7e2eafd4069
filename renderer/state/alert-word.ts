import { isAlertingPhase, type ShownAlert } from '../../shared/model/alert.ts';
import type { EscalationOutlook } from '../../shared/model/escalation.ts';
import type { Core } from './core.ts';
import { flatten, incidentInHand, selectedEntry } from './selection.ts';
import { alertsOf } from './triage.ts';

/** The alert that a person means: the selected one, or of the incident in hand the most urgent that fires and was told. */
export function alertInHand(core: Core): ShownAlert | null {
  const { route, queueKey } = core.uiStore.getState();
  const alerts = core.mirror.alerts.getState().byId;
  if (route.screen === 'triage') {
    const entry = selectedEntry(flatten(core.triage()), queueKey);
    if (entry?.kind === 'alert') return alerts.get(entry.alert.id) ?? null;
  }
  const incident = incidentInHand(core);
  if (!incident) return null;
  const firing = alertsOf(incident, alerts).known.flatMap((one) =>
    isAlertingPhase(one.phase) ? (alerts.get(one.id) ?? []) : [],
  );
  return firing.find((one) => one.hold === null) ?? firing[0] ?? null;
}

/** Whether somebody has it, so that it can be given back: the alert itself, or another of its incident. */
export function canRearm(alert: ShownAlert, alerts: Iterable<ShownAlert>): boolean {
  if (alert.acknowledgement !== null) return true;
  if (alert.incidentId === null) return false;
  for (const one of alerts)
    if (one.incidentId === alert.incidentId && one.acknowledgement !== null) return true;
  return false;
}

/** `Tells anna now, with sound: step 1 of 2.` */
export function outlookText({ receivers, sound, step, of }: EscalationOutlook): string {
  return `Tells ${receivers.join(', ')} now, ${sound ? 'with' : 'without'} sound: step ${step} of ${of} of its chain.`;
}
