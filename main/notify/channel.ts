import type { ChannelConfig, RoutingConfig } from '../../shared/config/routing.ts';
import type { Delivery, ReceiverKind } from '../../shared/model/notification.ts';

/** One channel that a request goes to, with all the receivers it reaches there: one screen shows a page once. */
export interface Address {
  readonly channel: ChannelConfig;
  readonly receivers: readonly string[];
  /** How it came to this channel, for the delivery log. */
  readonly note: string;
}

export type Available = Readonly<Record<'desktop' | 'browser', boolean>>;

/** Names one channel among all; deliveries keep it, so that a restart finds the way again. */
export function channelKey(channel: ChannelConfig): string {
  return channel.kind === 'webhook' ? channel.url : channel.kind;
}

/** Receiver names to channels. A name without channels of its own is shown on this machine, and that is said. */
export function addressesOf(
  receivers: readonly string[],
  routing: RoutingConfig,
  available: Available,
): Address[] {
  const found = new Map<string, { channel: ChannelConfig; receivers: string[]; notes: string[] }>();
  for (const receiver of receivers) {
    const own = routing.receivers[receiver];
    const channels = own && own.length > 0 ? own : onThisMachine(routing, available);
    const note = own && own.length > 0 ? '' : `${receiver} has no channel of its own`;
    for (const channel of channels) {
      const key = channelKey(channel);
      const address = found.get(key) ?? { channel, receivers: [], notes: [] };
      address.receivers.push(receiver);
      if (note !== '') address.notes.push(note);
      found.set(key, address);
    }
  }
  return [...found.values()].map(({ channel, receivers: reached, notes }) => ({
    channel,
    receivers: reached,
    note: notes.join('; '),
  }));
}

/** The default channels that this host has; where it has none of them all are kept, so that the failure is seen. */
function onThisMachine(routing: RoutingConfig, available: Available): readonly ChannelConfig[] {
  const usable = routing.default_channels.filter((one) => one.kind === 'webhook' || available[one.kind]);
  return usable.length > 0 ? usable : routing.default_channels.slice(0, 1);
}

/** The channel of a delivery as it is configured now; null where it was taken away since. */
export function channelOf(delivery: Delivery, routing: RoutingConfig): ChannelConfig | null {
  if (delivery.kind !== 'webhook') return { kind: delivery.kind };
  const all = [...Object.values(routing.receivers).flat(), ...routing.default_channels];
  return all.find((one) => one.kind === 'webhook' && one.url === delivery.channel) ?? null;
}

/** The other screen of this machine, where there is one and the page is not going there anyway. */
export function fallbackOf(kind: ReceiverKind, available: Available): 'desktop' | 'browser' | null {
  if (kind === 'desktop') return available.browser ? 'browser' : null;
  if (kind === 'browser') return available.desktop ? 'desktop' : null;
  return null;
}

/** Every name that a page could be addressed to. */
export function knownReceivers(routing: RoutingConfig): ReadonlySet<string> {
  const routed = Object.values(routing.routes).flatMap((one) => [
    ...one.receivers,
    ...(one.out_of_hours?.receivers ?? []),
  ]);
  return new Set([...Object.keys(routing.receivers), ...routed]);
}
