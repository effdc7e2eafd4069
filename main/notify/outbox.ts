import { messageOf } from '../../shared/error/coded.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { Logger, Remote } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';

export type DeliveryLog = Pick<Remote<LogApi>, 'saveDeliveries' | 'pendingDeliveries' | 'recentDeliveries'>;

/**
 * Deliveries that are neither sent nor given up, in the order they were made. Each state is stored; while the store
 * fails they go on in memory and are stored with the next change, because a page matters more than its record.
 */
export interface Outbox {
  load(): Promise<readonly Delivery[]>;
  get(id: string): Delivery | null;
  queued(): readonly Delivery[];
  save(deliveries: readonly Delivery[]): Promise<void>;
  problem(): string | null;
}

export function createOutbox(log: DeliveryLog, logger: Logger): Outbox {
  const queue = new Map<string, Delivery>();
  const unsaved = new Map<string, Delivery>();
  let problem: string | null = null;

  return {
    async load() {
      const pending = await log.pendingDeliveries();
      for (const delivery of pending) queue.set(delivery.id, delivery);
      return pending;
    },
    get: (id) => queue.get(id) ?? null,
    queued: () => [...queue.values()],
    async save(deliveries) {
      for (const delivery of deliveries) {
        if (delivery.state === 'queued') queue.set(delivery.id, delivery);
        else queue.delete(delivery.id);
        unsaved.set(delivery.id, delivery);
      }
      const batch = [...unsaved.values()];
      try {
        await log.saveDeliveries(batch);
        for (const one of batch) if (unsaved.get(one.id) === one) unsaved.delete(one.id);
        problem = null;
      } catch (thrown) {
        problem =
          `Notifications are not being stored (${messageOf(thrown)}). They are sent all the same, but one that waits ` +
          'would be forgotten by a restart; free space or check the disk.';
        logger.error({ problem, deliveries: batch.length }, 'deliveries could not be stored');
      }
    },
    problem: () => problem,
  };
}
