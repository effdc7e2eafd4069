import type { Alert, StageVerdict } from '../../shared/model/alert.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { AlertBook } from './book.ts';
import { isAlerting, memoryOf } from './rule/memory.ts';
import { verdictOf } from './rule/stage.ts';

/** What became of a notification is the verdict of the last stage, on each alert that it was about. */
export function noteDelivery(book: AlertBook, delivery: Delivery, now: number): void {
  const sent = delivery.state === 'sent';
  // Said of an acknowledgement, which stands as the stage's verdict already.
  if (delivery.page.acknowledgedBy !== undefined && sent) return;
  const way = `${delivery.kind} for ${delivery.receiver}`;
  const reason = sent ? `Sent by ${way}.` : `Not sent by ${way}: ${delivery.problem ?? delivery.state}.`;
  const verdict: StageVerdict = verdictOf('notify', sent ? 'sent' : 'failed', reason, now);
  for (const alertId of delivery.alertIds) {
    const alert = book.get(alertId);
    if (alert) book.put(alert, [verdict]);
    else book.note(alertId, verdict);
  }
}

/** Asked before a page is sent late: null while it still says what is so, otherwise why it does not. */
export function whyUntrue(book: AlertBook, delivery: Delivery): string | null {
  const known = delivery.alertIds.flatMap((id): Alert[] => {
    const alert = book.get(id);
    return alert ? [alert] : [];
  });
  if (delivery.alertIds.length === 0) return null;
  const alerting = known.filter(isAlerting);
  if (delivery.page.acknowledgedBy !== undefined)
    return alerting.some((one) => one.acknowledgement !== null) ? null : 'its acknowledgement is over';
  if (delivery.page.resolved) return alerting.length > 0 ? 'it fires again' : null;
  if (alerting.length === 0) return 'all its alerts are over';
  // Whoever asks for help has usually acknowledged before.
  if (delivery.page.escalatedBy !== undefined) return null;
  const open = alerting.filter((one) => one.acknowledgement === null);
  const audible = open.filter((one) => memoryOf(one).hold === null);
  if (audible.length === 0 && open[0]) return memoryOf(open[0]).hold?.reason ?? null;
  return audible.length > 0
    ? null
    : `it was acknowledged by ${alerting[0]?.acknowledgement?.by ?? 'somebody'}`;
}
