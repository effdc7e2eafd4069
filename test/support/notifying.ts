import {
  type BrowserNotifier,
  createNotifier,
  type DeliveryLog,
  type HostNotifier,
  type Notifier,
} from '../../main/notify/index.ts';
import { countingIds, type Ids, silentLogger, VirtualClock } from '../../main/platform/index.ts';
import { RoutingConfig } from '../../shared/config/routing.ts';
import { err, ok } from '../../shared/error/result.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { Delivery, Page } from '../../shared/model/notification.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import { MemoryLog, WORKDAY_AT } from './alerting.ts';

/** A desktop that shows pages by tag, as systems do: a later page of a group replaces the earlier one. */
export class Desktop implements HostNotifier {
  readonly shown: Page[] = [];
  readonly onScreen = new Map<string, Page>();
  problem: string | null = null;

  async show(page: Page) {
    if (this.problem !== null) return err(this.problem);
    this.shown.push(page);
    this.onScreen.set(page.groupKey, page);
    return ok('shown' as const);
  }
}

/** Connected windows; `problem` says why none would take a page. */
export class Windows implements BrowserNotifier {
  readonly offered: { id: string; page: Page }[] = [];
  problem: string | null = null;

  async offer(id: string, page: Page) {
    if (this.problem !== null) return err(this.problem);
    this.offered.push({ id, page });
    return ok('offered' as const);
  }
}

export function requestOf(
  change: Partial<Omit<NotificationRequest, 'page'>> & { page?: Partial<Page> } = {},
): NotificationRequest {
  const groupKey = change.groupKey ?? 'service=gateway';
  return {
    alertIds: ['alert-1'],
    receivers: ['on_call_engineer'],
    reason: 'P0 → on_call_engineer.',
    ...change,
    groupKey,
    page: {
      title: 'P0: gateway, availability burns',
      body: 'burn 20×',
      priority: 'P0',
      incidentId: null,
      groupKey,
      sound: true,
      resolved: false,
      ...change.page,
    },
  };
}

export interface Desk {
  readonly clock: VirtualClock;
  readonly log: DeliveryLog;
  readonly desktop: Desktop;
  readonly windows: Windows;
  readonly notifier: Notifier;
  readonly outcomes: { outcome: string; delivery: Delivery }[];
  /** Why a late page is no longer true; null while it is. */
  untrue: string | null;
  /** Moves time and lets real input and output come to an end. */
  pass(durationMs: number): Promise<void>;
  deliveries(): Promise<readonly Delivery[]>;
}

export interface DeskOptions {
  readonly routing?: object;
  readonly log?: DeliveryLog;
  readonly clock?: VirtualClock;
  readonly ids?: Ids;
  readonly without?: readonly ('desktop' | 'browser')[];
  readonly secrets?: Record<string, string>;
  readonly alerts?: readonly Alert[];
  readonly environment?: NodeJS.ProcessEnv;
}

export function desk(options: DeskOptions = {}): Desk {
  const clock = options.clock ?? new VirtualClock(WORKDAY_AT);
  const log = options.log ?? new MemoryLog();
  const desktop = new Desktop();
  const windows = new Windows();
  const routing = RoutingConfig.parse(options.routing ?? {});
  const outcomes: { outcome: string; delivery: Delivery }[] = [];
  const it: { untrue: string | null } = { untrue: null };
  const notifier = createNotifier({
    alerts: (ids) => (options.alerts ?? []).filter((one) => ids.includes(one.id)),
    environment: options.environment ?? {},
    clock,
    log,
    logger: silentLogger(),
    ids: options.ids ?? countingIds('page'),
    random: () => 1,
    routing: () => routing,
    host: () => (options.without?.includes('desktop') ? null : desktop),
    browser: () => (options.without?.includes('browser') ? null : windows),
    secret: async (reference) => {
      const value = options.secrets?.[reference];
      return value === undefined ? err(`${reference} is not set`) : ok(value);
    },
    stillTrue: () => it.untrue,
  });
  notifier.onOutcome((outcome, delivery) => outcomes.push({ outcome, delivery }));
  return Object.assign(it, {
    clock,
    log,
    desktop,
    windows,
    notifier,
    outcomes,
    async pass(durationMs: number) {
      await clock.advance(durationMs);
      await settled(notifier);
    },
    deliveries: () => notifier.recent(100),
  });
}

/** Waits, in real time, until nothing is on its way: sockets know no virtual clock. */
export async function settled(notifier: Notifier): Promise<void> {
  await notifier.drain(1e9);
}
