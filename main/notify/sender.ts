import { messageOf } from '../../shared/error/coded.ts';
import { assertNever } from '../../shared/error/result.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import type { Logger } from '../platform/index.ts';
import { backOffMs } from './back-off.ts';
import { isScreen } from './channel.ts';
import { attempt, availableOf, type CourierDeps } from './courier.ts';
import {
  dueOf,
  expired,
  fallbackDelivery,
  nextTryOf,
  replaces,
  requestIdOf,
  sent,
  wayOf,
} from './delivery.ts';
import type { Attempt } from './notifiers.ts';
import type { Outbox } from './outbox.ts';

export type DeliveryOutcome = 'sent' | 'failed';
export type OutcomeListener = (outcome: DeliveryOutcome, delivery: Delivery) => void;

export interface SenderDeps extends CourierDeps {
  readonly logger: Logger;
  readonly random: () => number;
  readonly outbox: Outbox;
  readonly stillTrue: (delivery: Delivery) => string | null;
}

/** A window that took a page and does not say that it showed it did not show it. */
const SHOWN_WITHIN_MS = 10 * SECOND_MS;
/** A hundred pages at once must not open a hundred connections. */
const MAX_IN_FLIGHT = 8;
/** So many are remembered, that a fallback does not repeat a page which the other screen has shown. */
const MADE_KEPT = 1_000;

/** Works the outbox off: tries what is due, in parallel but in bounds, and waits for what is not. */
export class Sender {
  private readonly deps: SenderDeps;
  private readonly listeners = new Set<OutcomeListener>();
  private readonly letGoListeners = new Set<(delivery: Delivery) => void>();
  private readonly inFlight = new Map<string, Promise<void>>();
  /** Left over from an earlier run: asked "still true?" before the first try too. */
  private readonly late = new Set<string>();
  private readonly failing = new Map<string, string>();
  /** Requests that one screen of this machine has shown: the other screen need not be chased. */
  private readonly seen = new Set<string>();
  private made: Delivery[] = [];
  private running = false;
  private cancelTimer: () => void = () => undefined;

  constructor(deps: SenderDeps) {
    this.deps = deps;
  }

  async start(): Promise<void> {
    for (const delivery of await this.deps.outbox.load()) this.late.add(delivery.id);
    this.running = true;
    this.pump();
  }

  stop(): void {
    this.running = false;
    this.cancelTimer();
  }

  /** Stores the deliveries, then begins to send them. */
  async add(deliveries: readonly Delivery[]): Promise<void> {
    this.made = [...this.made, ...deliveries].slice(-MADE_KEPT);
    const replaced = this.deps.outbox.queued().flatMap((old) => {
      const by = deliveries.find((one) => replaces(one, old));
      return by && !this.inFlight.has(old.id) ? [expired(old, `replaced by a later page (${by.id})`)] : [];
    });
    await this.deps.outbox.save([...replaced, ...deliveries]);
    this.pump();
  }

  async shown(deliveryId: string): Promise<void> {
    const delivery = this.deps.outbox.get(deliveryId);
    if (delivery?.kind === 'browser') await this.settle(sent(delivery, this.deps.clock.now()));
  }

  /** A way that was given up because the page was seen on another: no outcome of the page, but whoever waits must know. */
  onLetGo(listener: (delivery: Delivery) => void): () => void {
    this.letGoListeners.add(listener);
    return () => this.letGoListeners.delete(listener);
  }

  onOutcome(listener: OutcomeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves when nothing is on its way and nothing is due. */
  async idle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight.values());
  }

  problem(): string | null {
    return this.deps.outbox.problem() ?? [...this.failing.values()].at(-1) ?? null;
  }

  private pump(): void {
    this.cancelTimer();
    if (!this.running) return;
    const { clock, outbox } = this.deps;
    const now = clock.now();
    for (const delivery of dueOf(outbox.queued(), now)) {
      if (this.inFlight.size >= MAX_IN_FLIGHT) break;
      if (!this.inFlight.has(delivery.id)) this.launch(delivery);
    }
    const waitingUntil = outbox
      .queued()
      .map((one) => nextTryOf(one, now))
      .filter((at) => at > now);
    if (waitingUntil.length > 0)
      this.cancelTimer = clock.setTimeout(() => this.pump(), Math.min(...waitingUntil) - now);
  }

  private launch(delivery: Delivery): void {
    const run = this.tryOnce(delivery)
      .catch((thrown) => {
        this.deps.logger.error({ delivery: delivery.id, problem: messageOf(thrown) }, 'a delivery failed');
      })
      .finally(() => {
        this.inFlight.delete(delivery.id);
        this.pump();
      });
    this.inFlight.set(delivery.id, run);
  }

  private async tryOnce(delivery: Delivery): Promise<void> {
    const { clock, outbox, stillTrue } = this.deps;
    if (clock.now() >= delivery.expiresAt)
      return this.settle(expired(delivery, delivery.problem ?? 'it was too late'));
    const untrue = this.late.has(delivery.id) || delivery.attempts > 0 ? stillTrue(delivery) : null;
    if (untrue !== null)
      return this.settle(expired(delivery, `not sent late, as it is no longer true: ${untrue}`));
    const result = await attempt(delivery, this.deps).catch(
      (thrown): Attempt => ({ kind: 'retry', problem: messageOf(thrown), afterMs: null }),
    );
    // While it was on its way, a window may have confirmed it.
    const current = outbox.get(delivery.id);
    if (current) await this.conclude({ ...current, attempts: current.attempts + 1 }, result);
  }

  private async conclude(delivery: Delivery, result: Attempt): Promise<void> {
    const now = this.deps.clock.now();
    switch (result.kind) {
      case 'sent':
        return this.settle(sent(delivery, now));
      case 'refused': {
        const failed: Delivery = { ...delivery, state: 'failed', nextTryAt: null, problem: result.problem };
        return this.settle(failed, this.fallback(delivery, result.problem));
      }
      case 'offered': {
        const problem = 'a window took it and has not said that it showed it';
        const again = delivery.attempts > 1 ? this.fallback(delivery, problem) : [];
        return this.wait(delivery, problem, SHOWN_WITHIN_MS, again);
      }
      case 'retry': {
        if (isScreen(delivery.kind) && this.seen.has(requestIdOf(delivery.id)))
          return this.letGo(delivery, result.problem);
        this.failing.set(wayOf(delivery), `${delivery.receiver} by ${wayOf(delivery)}: ${result.problem}`);
        const waitMs = result.afterMs ?? backOffMs(delivery.attempts, this.deps.random);
        return this.wait(delivery, result.problem, waitMs, this.fallback(delivery, result.problem));
      }
      default:
        return assertNever(result);
    }
  }

  private wait(
    delivery: Delivery,
    problem: string,
    waitMs: number,
    extra: readonly Delivery[],
  ): Promise<void> {
    const nextTryAt = Math.min(this.deps.clock.now() + waitMs, delivery.expiresAt);
    return this.deps.outbox.save([{ ...delivery, nextTryAt, problem }, ...extra]);
  }

  /** Not a failure: the page was seen on the other screen. */
  private async letGo(delivery: Delivery, problem: string): Promise<void> {
    this.late.delete(delivery.id);
    this.failing.delete(wayOf(delivery));
    const over = expired(delivery, `${problem}; shown on the other screen of this machine`);
    await this.deps.outbox.save([over]);
    for (const listener of this.letGoListeners) listener(over);
  }

  private noteSeen(delivery: Delivery): void {
    if (!isScreen(delivery.kind)) return;
    if (this.seen.size >= MADE_KEPT) this.seen.clear();
    this.seen.add(requestIdOf(delivery.id));
  }

  private async settle(delivery: Delivery, extra: readonly Delivery[] = []): Promise<void> {
    this.late.delete(delivery.id);
    await this.deps.outbox.save([delivery, ...extra]);
    const outcome = delivery.state === 'sent' ? 'sent' : 'failed';
    if (outcome === 'sent') {
      this.failing.delete(wayOf(delivery));
      this.noteSeen(delivery);
    } else
      this.failing.set(wayOf(delivery), `${delivery.receiver} by ${wayOf(delivery)}: ${delivery.problem}`);
    this.deps.logger.info(
      { delivery: delivery.id, way: delivery.kind, state: delivery.state },
      'notification',
    );
    for (const listener of this.listeners) this.tell(listener, outcome, delivery);
  }

  /** One that fails must not keep the others from hearing what became of a page. */
  private tell(listener: OutcomeListener, outcome: DeliveryOutcome, delivery: Delivery): void {
    try {
      listener(outcome, delivery);
    } catch (thrown) {
      this.deps.logger.error(
        { delivery: delivery.id, problem: messageOf(thrown) },
        'a listener of deliveries failed',
      );
    }
  }

  private fallback(delivery: Delivery, problem: string): Delivery[] {
    const known = [...this.made, ...this.deps.outbox.queued()];
    const now = this.deps.clock.now();
    const made = fallbackDelivery(delivery, problem, known, availableOf(this.deps), now);
    if (made === null) return [];
    this.made.push(made);
    return [made];
  }
}
