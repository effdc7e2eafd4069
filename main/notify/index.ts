/**
 * Brings pages to people: a durable outbox that sends each at least once by the channels of its receivers, or says why not.
 * A delivery is stored before it is sent, tried again with growing waits, and asked "still true?" before it comes late.
 * The screens are the host's: it gives a notifier for the desktop, for connected browser windows, or for both.
 */
export { channelAddress } from './channel.ts';
export { createNotifier, type Notifier, type NotifierDeps } from './notifier.ts';
export type { BrowserNotifier, HostNotifier, ReadSecret } from './notifiers.ts';
export type { DeliveryLog } from './outbox.ts';
export type { DeliveryOutcome, OutcomeListener } from './sender.ts';
