import type { RoutingConfig } from '../../shared/config/routing.ts';
import type { Delivery, Page } from '../../shared/model/notification.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import type { Priority } from '../../shared/model/priority.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import {
  type Available,
  addressesOf,
  channelKey,
  fallbackOf,
  isScreen,
  takesAcknowledgement,
} from './channel.ts';

const FALLBACK = 'Fallback for';

export interface Making {
  readonly routing: RoutingConfig;
  readonly available: Available;
  readonly now: number;
  readonly expiresMs: number;
  readonly requestId: string;
}

/** One delivery for each channel that the request's receivers have. */
export function deliveriesOf(request: NotificationRequest, making: Making): Delivery[] {
  const { now, requestId } = making;
  const addresses = addressesOf(request.receivers, making.routing, making.available).filter(
    ({ channel }) => request.page.acknowledgedBy === undefined || takesAcknowledgement(channel),
  );
  return addresses.map((address, index) => ({
    id: `${requestId}.${index}`,
    receiver: address.receivers.join(', '),
    kind: address.channel.kind,
    channel: channelKey(address.channel),
    page: request.page,
    alertIds: [...request.alertIds],
    createdAt: now,
    expiresAt: now + making.expiresMs,
    attempts: 0,
    nextTryAt: now,
    state: 'queued',
    sentAt: null,
    reason: address.note === '' ? request.reason : `${request.reason} ${address.note}.`,
    problem: null,
  }));
}

/** The same page by this machine's other screen, once, unless it goes there already. */
export function fallbackDelivery(
  delivery: Delivery,
  problem: string,
  made: readonly Delivery[],
  available: Available,
  now: number,
): Delivery | null {
  const kind = fallbackOf(delivery.kind, available);
  if (kind === null || delivery.reason.includes(FALLBACK)) return null;
  const request = requestIdOf(delivery.id);
  if (made.some((one) => one.kind === kind && requestIdOf(one.id) === request)) return null;
  return {
    ...delivery,
    id: `${delivery.id}.${kind}`,
    kind,
    channel: kind,
    attempts: 0,
    nextTryAt: now,
    state: 'queued',
    problem: null,
    reason: `${delivery.reason} ${FALLBACK} ${delivery.kind}: ${problem}.`,
  };
}

export function expired(delivery: Delivery, problem: string): Delivery {
  return { ...delivery, state: 'expired', nextTryAt: null, problem };
}

export function sent(delivery: Delivery, at: number): Delivery {
  return { ...delivery, state: 'sent', sentAt: at, nextTryAt: null, problem: null };
}

/** On a screen the later page says all that the earlier one did; a webhook's reader wants each in its order. */
export function replaces(later: Delivery, earlier: Delivery): boolean {
  const sameScreen = isScreen(earlier.kind) && earlier.kind === later.kind;
  return sameScreen && earlier.page.groupKey === later.page.groupKey;
}

/** No wait is longer than this; a try that seems further away was planned by a clock that was set back since. */
const LONGEST_WAIT_MS = MINUTE_MS;

/** When the delivery is tried next; now, where its plan is another clock's. */
export function nextTryOf({ nextTryAt }: Delivery, now: number): number {
  return nextTryAt === null || nextTryAt - now > LONGEST_WAIT_MS ? now : nextTryAt;
}

/** What is due, oldest first; of one group at one channel only the first, so that *over* never overtakes *fires*. */
export function dueOf(queued: readonly Delivery[], now: number): Delivery[] {
  const heads = new Set<string>();
  return queued.filter((delivery) => {
    const line = `${wayOf(delivery)}\n${delivery.page.groupKey}`;
    const isHead = isScreen(delivery.kind) || !heads.has(line);
    heads.add(line);
    return isHead && nextTryOf(delivery, now) <= now;
  });
}

/** The way of a delivery in words. */
export function wayOf(delivery: Delivery): string {
  return isScreen(delivery.kind) ? delivery.kind : `${delivery.kind} ${delivery.channel ?? ''}`.trim();
}

export function testRequest(receiver: string, id: string): NotificationRequest {
  const page: Page = {
    title: `Test for ${receiver}`,
    body: 'This is a test of the way to you; nothing is wrong. If you read it, pages for this receiver arrive.',
    priority: 'P3',
    incidentId: null,
    groupKey: `test ${receiver} ${id}`,
    sound: true,
    resolved: false,
  };
  return {
    groupKey: page.groupKey,
    alertIds: [],
    receivers: [receiver],
    page,
    reason: 'A person asked for a test.',
  };
}

const SCREEN = 'this screen';

/** Looks and sounds as a page of that priority does. Each takes the place of the one before. */
export function testPageRequest(priority: Priority): NotificationRequest {
  const page: Page = {
    title: `Test page, ${priority}`,
    body: `This is a test: a ${priority} looks and sounds like this. Nothing is wrong.`,
    priority,
    incidentId: null,
    groupKey: `test-page-${priority}`,
    sound: true,
    resolved: false,
  };
  return {
    groupKey: page.groupKey,
    alertIds: [],
    receivers: [SCREEN],
    page,
    reason: 'A person asked for a test page.',
  };
}

/** The routing under which a page comes to this machine's screen and nowhere else. */
export function screenOnly(routing: RoutingConfig, available: Available): RoutingConfig {
  return { ...routing, receivers: { [SCREEN]: [{ kind: available.desktop ? 'desktop' : 'browser' }] } };
}

/** Deliveries of one request share what stands before the dot. */
export function requestIdOf(deliveryId: string): string {
  return deliveryId.split('.')[0] ?? deliveryId;
}
