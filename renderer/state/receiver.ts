import type { Alert } from '../../shared/model/alert.ts';
import type { Delivery, ReceiverKind } from '../../shared/model/notification.ts';

/** A receiver as far as the window has heard of it: by what was sent, or by where an alert was routed. */
export interface ReceiverView {
  readonly name: string;
  readonly kind: ReceiverKind | null;
  readonly last: Delivery | null;
}

/** By name; the browser's own is always there, since every window has one. */
export function receiversOf(deliveries: Iterable<Delivery>, alerts: Iterable<Alert>): ReceiverView[] {
  const found = new Map<string, ReceiverView>();
  for (const alert of alerts)
    for (const name of alert.receivers) found.set(name, { name, kind: null, last: null });
  for (const delivery of deliveries) {
    const known = found.get(delivery.receiver)?.last;
    if (!known || known.createdAt < delivery.createdAt)
      found.set(delivery.receiver, { name: delivery.receiver, kind: delivery.kind, last: delivery });
  }
  if (
    ![...found.values()].some(
      (one) => one.kind === 'browser' || one.kind === 'desktop' || one.name === 'desktop',
    )
  )
    found.set('desktop', { name: 'desktop', kind: null, last: null });
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
