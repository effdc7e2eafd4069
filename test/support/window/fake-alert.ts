import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import type { FakeState } from './fake-state.ts';
import { whyOf } from './fake-why.ts';

/** What a person says of alerts, over the fake state; the chain of a P0 has two steps, and others have none. */
export function alertsOf(state: FakeState) {
  const os = implement(contract).alert;
  const asked = (name: string, input: unknown) => void state.asked.push({ name, input });
  const told = new Map<string, number>();
  const outlookOf = (alertId: string) => {
    const step = (told.get(alertId) ?? 0) + 1;
    if (state.collections.alerts.get(alertId)?.priority !== 'P0' || step > CHAIN.length) return null;
    const receivers = [CHAIN[step - 1] ?? ''];
    const said = step === 1 ? ['second_channel is anna (rotation primary)'] : [];
    return { step, of: CHAIN.length, receivers, said, sound: true, told: ['on_call_engineer'] };
  };
  return {
    acknowledge: os.acknowledge.handler(({ input, errors }) => {
      if (!state.collections.alerts.has(input.alertId))
        throw errors.NOT_FOUND({ message: 'That alert is gone.', data: { what: 'alert' } });
      asked('alert.acknowledge', input);
      acknowledgeIn(state, input.alertId);
    }),
    rearm: os.rearm.handler(({ input }) => {
      asked('alert.rearm', input);
      const alert = state.collections.alerts.get(input.alertId);
      if (alert) state.put('alerts', { ...alert, acknowledgement: null });
    }),
    escalation: os.escalation.handler(({ input }) => {
      const outlook = outlookOf(input.alertId);
      return { outlook, problem: outlook ? null : 'All steps of the chain are done.' };
    }),
    escalate: os.escalate.handler(({ input, errors }) => {
      const outlook = outlookOf(input.alertId);
      if (!outlook)
        throw errors.REFUSED({
          message: 'All steps of the chain are done.',
          data: { code: 'not-escalated' },
        });
      asked('alert.escalate', input);
      told.set(input.alertId, outlook.step);
      return outlook;
    }),
    fired: os.fired.handler(({ input }) =>
      [...state.collections.alerts.values()]
        .filter((one) => one.objectiveId === input.objectiveId && one.firedAt !== null)
        .map(({ id, title, firedAt, resolvedAt, reason, definedAt }) => ({
          alertId: id,
          title,
          firedAt: firedAt ?? 0,
          resolvedAt,
          reason,
          definedAt,
          told: 'sent' as const,
          toldReason: 'Sent by browser for on_call_engineer.',
        })),
    ),
    onCall: os.onCall.handler(() => [...state.onCall]),
    ...whyOf(state),
  };
}

const CHAIN = ['anna', 'incident_commander'];

export function acknowledgeIn(state: FakeState, alertId: string): void {
  const alert = state.collections.alerts.get(alertId);
  if (alert && alert.phase !== 'resolved')
    state.put('alerts', { ...alert, acknowledgement: { by: 'You', at: state.now(), untilAt: null } });
}
