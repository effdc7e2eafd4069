import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Alert, AlertHold } from '../../../shared/model/alert.ts';
import type { EscalationOutlook } from '../../../shared/model/escalation.ts';
import { type Escalation, type EscalationContext, escalationPage, stepsDone } from './escalate.ts';
import { isAlerting, memoryOf, remember } from './memory.ts';
import { plainText } from './notify.ts';
import { resolveReceivers } from './on-call.ts';
import { verdictOf } from './stage.ts';

/** A reason is read on a small screen, before what it is about. */
const REASON_LENGTH = 300;

/** What to do about what is held, by what holds it. */
const INSTEAD: Readonly<Record<AlertHold['stage'], string>> = {
  silence: 'End the silence first.',
  maintenance: 'End the maintenance window first.',
  suppress: 'Escalate what it follows from.',
  wake: '',
  flapping: '',
};

/** Whom the next step of an alert's chain would tell if a person asked for it now, or why it would tell nobody. */
export function nextStep(alert: Alert, context: EscalationContext): Result<EscalationOutlook, string> {
  const { routing, onCall } = context;
  if (!isAlerting(alert)) return err('It does not fire any more, so there is nobody to tell.');
  const { hold } = memoryOf(alert);
  if (hold) return err(`Nobody is told of it while it is held: ${hold.reason} ${INSTEAD[hold.stage]}`.trim());
  const chain = routing.escalation[alert.priority];
  const done = stepsDone(alert);
  const step = chain[done];
  if (chain.length === 0)
    return err(
      `There is no escalation chain for ${alert.priority}. Write its steps under “escalation” in midwatch.yaml.`,
    );
  if (!step)
    return err(
      `Every step of the chain of ${alert.priority} is done: ${alert.receivers.join(', ')} were told.`,
    );
  const { receivers, said } = resolveReceivers(step.receivers, onCall);
  const { sound } = step;
  return ok({
    step: done + 1,
    of: chain.length,
    receivers: [...receivers],
    said: [...said],
    sound,
    told: [...alert.receivers],
  });
}

/** The next step at once, because a person asks for it: also of what is acknowledged, and whatever its time would be. */
export function escalateByHand(
  alert: Alert,
  group: readonly Alert[],
  context: EscalationContext,
  { by, why }: { readonly by: string; readonly why: string },
): Result<Escalation & { readonly outlook: EscalationOutlook }, string> {
  const next = nextStep(alert, context);
  if (!next.ok) return next;
  const { step, of, receivers, said, sound } = next.value;
  const { now, routingDefinedAt } = context;
  const { notifiedAt } = memoryOf(alert);
  const escalated = { ofAt: notifiedAt ?? now, steps: step, unsettledFrom: step - 1 };
  const marked = remember(
    { ...alert, receivers: [...new Set([...alert.receivers, ...receivers])] },
    { escalated, unsettledNotification: true },
  );
  const asked = `Escalated by ${by}: step ${step} of ${of} of the chain of ${alert.priority}, to ${receivers.join(', ')}.`;
  const reason = [asked, ...said.map((one) => `${one}.`), why].join(' ');
  const request = escalationPage(
    group,
    [marked],
    { receivers, sound },
    {
      reason,
      first: plainText(`${by} asks for help: ${why}`, REASON_LENGTH),
    },
  );
  return ok({
    outlook: next.value,
    alerts: [marked],
    verdict: verdictOf('notify', 'pass', reason, now, routingDefinedAt),
    request: { ...request, page: { ...request.page, escalatedBy: by } },
  });
}
