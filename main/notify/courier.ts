import type { RoutingConfig } from '../../shared/config/routing.ts';
import { assertNever } from '../../shared/error/result.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import { type Available, channelOf } from './channel.ts';
import type { Attempt, BrowserNotifier, HostNotifier } from './notifiers.ts';
import type { WebhookSender } from './webhook.ts';

export interface CourierDeps {
  readonly routing: () => RoutingConfig;
  /** Null while this host has none. */
  readonly host: () => HostNotifier | null;
  readonly browser: () => BrowserNotifier | null;
  readonly webhook: WebhookSender;
}

export function availableOf(deps: Pick<CourierDeps, 'host' | 'browser'>): Available {
  return { desktop: deps.host() !== null, browser: deps.browser() !== null };
}

/** One try to bring one delivery to its channel. */
export async function attempt(delivery: Delivery, deps: CourierDeps): Promise<Attempt> {
  const channel = channelOf(delivery, deps.routing());
  if (!channel) return { kind: 'refused', problem: 'its webhook is no longer in the configuration' };
  switch (channel.kind) {
    case 'desktop': {
      const host = deps.host();
      if (!host) return { kind: 'refused', problem: 'this host cannot show desktop notifications' };
      const shown = await host.show(delivery.page);
      return shown.ok
        ? { kind: 'sent', detail: 'shown' }
        : { kind: 'retry', problem: shown.error, afterMs: null };
    }
    case 'browser': {
      const browser = deps.browser();
      if (!browser) return { kind: 'refused', problem: 'this host serves no browser window' };
      const offered = await browser.offer(delivery.id, delivery.page);
      return offered.ok ? { kind: 'offered' } : { kind: 'retry', problem: offered.error, afterMs: null };
    }
    case 'webhook':
      return deps.webhook.send(channel, delivery);
    default:
      return assertNever(channel);
  }
}
