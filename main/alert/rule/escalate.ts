import type { EscalationStep } from '../../../shared/config/escalation.ts';
import type { RoutingConfig } from '../../../shared/config/routing.ts';
import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import type { NotificationRequest } from '../../../shared/model/notification-request.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { isAudible, memoryOf, remember } from './memory.ts';
import { requestOf } from './notify.ts';
import { type AskOnCall, resolveReceivers } from './on-call.ts';
import { verdictOf } from './stage.ts';
import { byUrgency } from './state.ts';
import { isAhead } from './validate.ts';

export interface EscalationContext {
  readonly now: number;
  readonly routing: Pick<RoutingConfig, 'escalation'>;
  readonly routingDefinedAt: string;
  readonly onCall: AskOnCall;
}

export interface Escalation {
  readonly alerts: readonly Alert[];
  readonly verdict: StageVerdict;
  readonly request: NotificationRequest;
}

interface Due {
  readonly alert: Alert;
  /** Steps of its chain that are done when these are. */
  readonly steps: number;
  readonly fresh: readonly EscalationStep[];
}

/**
 * Tells the next of a chain while nobody acknowledges. Of one group, what is due is one notification; a chain that was
 * slept through tells all at once whom it should have told. The rate limit has no say: a chain is short.
 */
export function escalateGroup(group: readonly Alert[], context: EscalationContext): Escalation | null {
  const due = group.filter(isAudible).flatMap((alert) => dueOf(alert, context));
  if (due.length === 0) return null;
  const { now, routingDefinedAt } = context;
  const steps = due.flatMap((one) => one.fresh);
  const { receivers, said } = resolveReceivers(
    steps.flatMap((one) => one.receivers),
    context.onCall,
  );
  const waitedMs = Math.max(...due.map(({ alert }) => waited(alert, now)));
  const alerts = due.map(({ alert, steps: done }) => {
    const { notifiedAt } = memoryOf(alert);
    const before = stepsDone(alert);
    return remember(
      { ...alert, receivers: [...new Set([...alert.receivers, ...receivers])] },
      {
        escalated: { ofAt: notifiedAt ?? now, steps: done, unsettledFrom: before },
        unsettledNotification: true,
      },
    );
  });
  const since = Number.isFinite(waitedMs)
    ? `for ${formatDuration(waitedMs)}`
    : 'since the clock was set back';
  const why = `Nobody acknowledged ${since}: step ${due.map((one) => one.steps).reduce(max)} of the chain of ${due[0]?.alert.priority}, to ${receivers.join(', ')}.`;
  const reason = [why, ...said.map((one) => `${one}.`)].join(' ');
  return {
    alerts,
    verdict: verdictOf('notify', 'pass', reason, now, routingDefinedAt),
    request: escalationPage(
      group,
      due.map((one) => one.alert),
      { receivers, sound: steps.some((one) => one.sound) },
      { reason, first: `Not acknowledged ${since}.` },
    ),
  };
}

/** The page of a step: what the group's page says, after the line that says why it comes now and to whom it had not gone. */
export function escalationPage(
  group: readonly Alert[],
  due: readonly Alert[],
  { receivers, sound }: { readonly receivers: readonly string[]; readonly sound: boolean },
  { reason, first }: { readonly reason: string; readonly first: string },
): NotificationRequest {
  const fresh = [...due].sort(byUrgency);
  const [lead] = fresh;
  const dispatch = {
    ...{ groupKey: lead?.groupKey ?? '', service: lead?.service ?? '', fresh, over: [], why: reason },
    ...{ alerting: group.filter(isAudible).sort(byUrgency), firstP0: false, silent: !sound, summary: false },
  };
  const request = requestOf({ dispatch, addressing: { receivers, sound } }, reason);
  const body = `${first}\n${request.page.body}`;
  return { ...request, page: { ...request.page, body } };
}

/** Steps of its chain that are done since the page that was said last. */
export function stepsDone(alert: Alert): number {
  const { escalated, notifiedAt } = memoryOf(alert);
  if (!escalated) return 0;
  // A person may ask before the page of this episode was said.
  const asked = notifiedAt === null && alert.firedAt !== null && escalated.ofAt >= alert.firedAt;
  return asked || escalated.ofAt === notifiedAt ? escalated.steps : 0;
}

/** The time counts from the page that was said last: a reminder, a raised priority and a broken acknowledgement begin anew. */
function dueOf(alert: Alert, { now, routing }: EscalationContext): Due[] {
  const { notifiedAt, renotify } = memoryOf(alert);
  if (alert.acknowledgement !== null || notifiedAt === null || renotify !== null) return [];
  const chain = routing.escalation[alert.priority];
  const passedMs = waited(alert, now);
  const steps = chain.filter((one) => one.after <= passedMs).length;
  const done = stepsDone(alert);
  return steps > done ? [{ alert, steps, fresh: chain.slice(done, steps) }] : [];
}

/** By a clock that was set back nobody knows how long it is; a person is told rather than not. */
function waited(alert: Alert, now: number): number {
  const at = memoryOf(alert).notifiedAt ?? now;
  return isAhead(at, now) ? Number.POSITIVE_INFINITY : now - at;
}

function max(a: number, b: number): number {
  return Math.max(a, b);
}
