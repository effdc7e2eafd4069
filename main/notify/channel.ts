import type { ChannelConfig } from '../../shared/config/channel.ts';
import type { RoutingConfig } from '../../shared/config/routing.ts';
import { assertNever } from '../../shared/error/result.ts';
import type { Delivery, ReceiverKind } from '../../shared/model/notification.ts';
import { sha256 } from '../platform/index.ts';

/** One channel that a request goes to, with all the receivers it reaches there: one screen shows a page once. */
export interface Address {
  readonly channel: ChannelConfig;
  readonly receivers: readonly string[];
  /** How it came to this channel, for the delivery log. */
  readonly note: string;
}

export type Available = Readonly<Record<'desktop' | 'browser', boolean>>;

/** Where a channel leads, as the configuration writes it: the name of one channel among all, kept with its deliveries. */
export function channelKey(channel: ChannelConfig): string {
  switch (channel.kind) {
    case 'desktop':
    case 'browser':
      return channel.kind;
    case 'webhook':
    case 'slack':
    case 'alertmanager':
      return channel.url;
    case 'pagerduty':
      return channel.routing_key;
    case 'json':
      // Two shapes of request to one address are two channels.
      return `${channel.url} #${sha256(JSON.stringify(channel.body)).slice(0, 8)}`;
    case 'email':
      return `${channel.to.join(', ')} via ${channel.host}:${channel.port}`;
    case 'command':
      return channel.argv.join(' ');
    default:
      return assertNever(channel);
  }
}

/** The same for a window: the path of an address is often its password; a reference gives nothing away. */
export function channelAddress(channel: ChannelConfig): string | null {
  if (isScreen(channel.kind)) return null;
  if (!('url' in channel) || channel.kind === 'pagerduty')
    return channel.kind === 'command' ? (channel.argv[0] ?? '') : channelKey(channel);
  const address = /^(https?:\/\/[^/?#]+)(.*)$/i.exec(channel.url);
  if (!address) return channel.url;
  return address[2] === '' || address[2] === '/' ? (address[1] ?? '') : `${address[1]}/…`;
}

/** A screen of this machine: a later page takes the place of an earlier one there. */
export function isScreen(kind: ReceiverKind): kind is 'desktop' | 'browser' {
  return kind === 'desktop' || kind === 'browser';
}

/** Systems that page on their own are told that somebody is at it; a person's screen or mailbox is not. */
export function takesAcknowledgement(channel: ChannelConfig): boolean {
  return channel.kind === 'pagerduty' || (channel.kind === 'json' && channel.acknowledge !== undefined);
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
      const key = `${channel.kind} ${channelKey(channel)}`;
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
  const usable = routing.default_channels.filter((one) => !isScreen(one.kind) || available[one.kind]);
  return usable.length > 0 ? usable : routing.default_channels.slice(0, 1);
}

/** The channel of a delivery as it is configured now; null where it was taken away since. */
export function channelOf(delivery: Delivery, routing: RoutingConfig): ChannelConfig | null {
  if (isScreen(delivery.kind)) return { kind: delivery.kind };
  const all = [...Object.values(routing.receivers).flat(), ...routing.default_channels];
  const same = all.filter((one) => one.kind === delivery.kind);
  return same.find((one) => channelKey(one) === delivery.channel) ?? null;
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
  const escalated = Object.values(routing.escalation).flatMap((steps) =>
    steps.flatMap((one) => one.receivers),
  );
  return new Set([...Object.keys(routing.receivers), ...routed, ...escalated]);
}

/** The routing under which a receiver has that one of its channels alone; null where it has none at that place. */
export function oneChannel(routing: RoutingConfig, receiver: string, at: number): RoutingConfig | null {
  const own = routing.receivers[receiver];
  const channel = (own && own.length > 0 ? own : routing.default_channels)[at];
  return channel ? { ...routing, receivers: { ...routing.receivers, [receiver]: [channel] } } : null;
}
