import type { Delivery, Receiver } from '../../shared/model/notification.ts';
import { formatDuration } from '../../shared/unit/time.ts';

/** A receiver with the latest message that went to it. */
export interface ReceiverView {
  readonly receiver: Receiver;
  readonly last: Delivery | null;
}

/** In the order of the routes. One message can reach several receivers on one screen; it is the last of each. */
export function receiversOf(receivers: Iterable<Receiver>, deliveries: Iterable<Delivery>): ReceiverView[] {
  const last = new Map<string, Delivery>();
  for (const delivery of deliveries)
    for (const id of delivery.receiver.split(', ')) {
      const known = last.get(id);
      if (!known || known.createdAt < delivery.createdAt) last.set(id, delivery);
    }
  return [...receivers]
    .sort((a, b) => a.position - b.position)
    .map((receiver) => ({ receiver, last: last.get(receiver.id) ?? null }));
}

const HOURS = { always: '', in: ' in working hours', out: ' out of hours' } as const;

/** `P0; P1 out of hours, silent`. */
export function routesText({ routes, escalations = [] }: Receiver): string {
  const told = [
    ...routes.map(({ priority, hours, sound }) => `${priority}${HOURS[hours]}${sound ? '' : ', silent'}`),
    ...escalations.map(
      ({ priority, afterMs }) => `${priority} after ${formatDuration(afterMs)} without acknowledgement`,
    ),
  ];
  return told.length === 0 ? 'in no route: only a test reaches it' : told.join('; ');
}

/** `webhook https://chat.example/…`. */
export function channelText({ kind, address }: Receiver['channels'][number]): string {
  return address === null ? kind : `${kind} ${address}`;
}

/** `desktop, webhook https://chat.example/…`. */
export function channelsText({ channels, ownChannels }: Receiver): string {
  const named = channels.map(channelText);
  return `${named.join(', ')}${ownChannels ? '' : ' (by default: it has no channel of its own)'}`;
}
