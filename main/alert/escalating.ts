import { err, type Result } from '../../shared/error/result.ts';
import type { EscalationOutlook } from '../../shared/model/escalation.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import type { AlertBook } from './book.ts';
import type { DispatchDeps } from './dispatching.ts';
import { askOnCall } from './on-call.ts';
import { escalateByHand, nextStep } from './rule/escalate-by-hand.ts';

type Routed = Pick<DispatchDeps, 'routing' | 'routingDefinedAt'>;

/** A person asks for the next step of an alert's chain; answers what is sent, and whom it tells. */
export function escalateOne(
  book: AlertBook,
  deps: Routed,
  alertId: string,
  { by, why, now }: { readonly by: string; readonly why: string; readonly now: number },
): Result<{ readonly request: NotificationRequest; readonly outlook: EscalationOutlook }, string> {
  const alert = book.get(alertId);
  if (!alert) return err(GONE);
  const group = book.all().filter((one) => one.groupKey === alert.groupKey);
  const told = escalateByHand(alert, group, contextOf(deps, now), { by, why });
  if (!told.ok) return told;
  for (const marked of told.value.alerts) book.put(marked, [told.value.verdict]);
  return told;
}

export function outlookOf(
  book: AlertBook,
  deps: Routed,
  alertId: string,
  now: number,
): Result<EscalationOutlook, string> {
  const alert = book.get(alertId);
  return alert ? nextStep(alert, contextOf(deps, now)) : err(GONE);
}

const GONE = 'This alert is not there any more.';

function contextOf(deps: Routed, now: number) {
  const routing = deps.routing();
  return { now, routing, routingDefinedAt: deps.routingDefinedAt, onCall: askOnCall(routing, now) };
}
