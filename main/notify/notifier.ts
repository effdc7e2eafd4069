import type { RoutingConfig } from '../../shared/config/routing.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import type { Priority } from '../../shared/model/priority.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import type { Clock, Ids, Logger } from '../platform/index.ts';
import { knownReceivers, oneChannel } from './channel.ts';
import { availableOf } from './courier.ts';
import { deliveriesOf, screenOnly, testPageRequest, testRequest, wayOf } from './delivery.ts';
import { createHttpPoster } from './http-post.ts';
import type { BrowserNotifier, HostNotifier, ReadSecret } from './notifiers.ts';
import { createOutbox, type DeliveryLog } from './outbox.ts';
import { type OutcomeListener, Sender } from './sender.ts';

export interface NotifierDeps {
  readonly clock: Clock;
  readonly log: DeliveryLog;
  readonly logger: Logger;
  readonly ids: Ids;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
  readonly routing: () => RoutingConfig;
  /** Null while this host has none. */
  readonly host: () => HostNotifier | null;
  readonly browser: () => BrowserNotifier | null;
  readonly secret: ReadSecret;
  /** Asked before a late try: null while the page is still true, otherwise why it is not. */
  readonly stillTrue: (delivery: Delivery) => string | null;
  /** Alerts by their ids as they are now, for channels that say each of them. */
  readonly alerts: (ids: readonly string[]) => readonly Alert[];
  /** Of which commands get `PATH` and the like. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Sends pages at least once each, or says why not. */
export interface Notifier {
  /** Answers after the deliveries are stored; they are sent after that. */
  enqueue(requests: readonly NotificationRequest[]): Promise<readonly Delivery[]>;
  /** A window has shown the page. */
  acknowledgeShown(deliveryId: string): Promise<void>;
  /**
   * Answers when the test has arrived on each channel of the receiver, or on the one at that place in its list, or has
   * not within 15 s.
   */
  sendTest(receiver: string, channel: number | null): Promise<Result<readonly Delivery[], string>>;
  /** Answers when a page of that priority was shown on this machine's screen, or was not within 15 s. */
  sendTestPage(priority: Priority): Promise<Result<readonly Delivery[], string>>;
  recent(limit: number): Promise<readonly Delivery[]>;
  /** Heard once a delivery, when it is sent or given up. */
  onOutcome(listener: OutcomeListener): () => void;
  /** Takes up what an earlier run left unsent; before it nothing is sent. */
  start(): Promise<void>;
  /** Waits for what is on its way, until the deadline; the rest stays stored for the next start. */
  drain(deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
  /** Why pages do not arrive; null while they do. */
  problem(): string | null;
}

/** A page about something a quarter of an hour ago misleads more than it helps. */
const PAGE_EXPIRES_MS = 15 * MINUTE_MS;
const TEST_EXPIRES_MS = 15 * SECOND_MS;

export function createNotifier(deps: NotifierDeps): Notifier {
  const { clock } = deps;
  const outbox = createOutbox(deps.log, deps.logger);
  const http = createHttpPoster(deps);
  const sender = new Sender({ ...deps, outbox, http });
  const make = (request: NotificationRequest, expiresMs: number, routing = deps.routing()) =>
    deliveriesOf(request, {
      routing,
      available: availableOf(deps),
      now: clock.now(),
      expiresMs,
      requestId: deps.ids.fresh(),
    });
  return {
    async enqueue(requests) {
      const made = requests.flatMap((request) => make(request, PAGE_EXPIRES_MS));
      await sender.add(made);
      return made;
    },
    acknowledgeShown: (deliveryId) => sender.shown(deliveryId),
    async sendTest(receiver, channel) {
      const routing = deps.routing();
      if (!knownReceivers(routing).has(receiver))
        return err(`No receiver is named ${receiver}; name it under receivers or in a route.`);
      const only = channel === null ? routing : oneChannel(routing, receiver, channel);
      if (only === null)
        return err(`${receiver} has no channel ${(channel ?? 0) + 1}; it was changed meanwhile.`);
      return sendAndWait(sender, make(testRequest(receiver, deps.ids.fresh()), TEST_EXPIRES_MS, only));
    },
    sendTestPage(priority) {
      const routing = screenOnly(deps.routing(), availableOf(deps));
      return sendAndWait(sender, make(testPageRequest(priority), TEST_EXPIRES_MS, routing));
    },
    recent: (limit) => deps.log.recentDeliveries(limit),
    onOutcome: (listener) => sender.onOutcome(listener),
    start: () => sender.start(),
    async drain(deadlineMs) {
      let cancel: () => void = () => undefined;
      const deadline = new Promise<void>((resolve) => {
        cancel = clock.setTimeout(resolve, deadlineMs);
      });
      await Promise.race([sender.idle(), deadline]);
      cancel();
    },
    async stop() {
      sender.stop();
      await http.close();
    },
    problem: () => sender.problem(),
  };
}

async function sendAndWait(
  sender: Sender,
  deliveries: readonly Delivery[],
): Promise<Result<readonly Delivery[], string>> {
  const open = new Set(deliveries.map((one) => one.id));
  const finished: Delivery[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const note = (delivery: Delivery) => {
    if (!open.delete(delivery.id)) return;
    finished.push(delivery);
    if (open.size === 0) resolve();
  };
  const forget = [sender.onOutcome((_outcome, delivery) => note(delivery)), sender.onLetGo(note)];
  await sender.add(deliveries);
  if (deliveries.length > 0) await promise;
  for (const stop of forget) stop();
  const sent = finished.filter((one) => one.state === 'sent');
  const failed = finished.filter((one) => one.state !== 'sent');
  if (failed.length === 0) return ok(finished);
  const words = failed.map((one) => `By ${wayOf(one)}: ${one.problem}.`);
  if (sent.length > 0) words.push(`Sent by ${sent.map(wayOf).join(' and ')}.`);
  return err(words.join(' '));
}
