import type { Alert } from '../../shared/model/alert.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import type { AlertBook } from './book.ts';
import { memoryOf, remember } from './rule/memory.ts';
import { plainText } from './rule/notify.ts';
import { verdictOf } from './rule/stage.ts';

/** An effect that was said before its cause was known, and now is held under it. */
export interface Folded {
  readonly effectId: string;
  readonly cause: Alert;
}

const TITLE_LENGTH = 160;
const BODY_LENGTH = 1_500;

/** The pages of effects are replaced by what explains them, without a sound: one message a group and cause. */
export function correctionOf(book: AlertBook, folded: readonly Folded[], now: number): NotificationRequest[] {
  const byCause = Map.groupBy(folded, (one) => one.cause.id);
  return [...byCause.values()].flatMap((ones) => {
    const [first] = ones;
    const effects = ones.flatMap((one) => book.get(one.effectId) ?? []);
    const [lead] = effects;
    if (!first || !lead) return [];
    const { cause } = first;
    for (const effect of effects) {
      const reason = `The page that was sent is corrected, without a second sound: it follows from ${cause.service}: ${cause.title}.`;
      book.put(remember(effect, { unsettledNotification: true }), [
        verdictOf('notify', 'pass', reason, now, cause.definedAt),
      ]);
    }
    const receivers = [...new Set(effects.flatMap((one) => one.receivers))];
    if (receivers.length === 0) return [];
    return [request(cause, effects, lead, receivers)];
  });
}

function request(
  cause: Alert,
  effects: readonly Alert[],
  lead: Alert,
  receivers: readonly string[],
): NotificationRequest {
  const more = effects.length > 1 ? ` and ${effects.length - 1} more` : '';
  const title = `Corrected: ${lead.service}, ${lead.title}${more} follows from ${cause.service}: ${cause.title}`;
  return {
    groupKey: lead.groupKey,
    // The cause among them: while it fires, the correction is true.
    alertIds: [cause.id, ...effects.map((one) => one.id)],
    receivers,
    page: {
      title: plainText(title, TITLE_LENGTH),
      body: plainText(effects.map((one) => memoryOf(one).hold?.reason ?? one.reason).join('\n'), BODY_LENGTH),
      priority: lead.priority,
      incidentId: cause.incidentId ?? lead.incidentId,
      groupKey: lead.groupKey,
      sound: false,
      resolved: false,
    },
    reason: `A page that was sent is corrected: ${cause.service}: ${cause.title} explains it.`,
  };
}
