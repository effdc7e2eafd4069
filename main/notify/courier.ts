import type { ChannelConfig } from '../../shared/config/channel.ts';
import type { RoutingConfig } from '../../shared/config/routing.ts';
import { assertNever, type Result } from '../../shared/error/result.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { Clock } from '../platform/index.ts';
import { type Available, channelOf } from './channel.ts';
import type { HttpPoster, Posting } from './http-post.ts';
import { messageOf } from './message.ts';
import type { Attempt, BrowserNotifier, HostNotifier, ReadSecret } from './notifiers.ts';
import { alertmanagerPosting } from './way/alertmanager.ts';
import { runCommand } from './way/command.ts';
import { sendEmail } from './way/email.ts';
import { jsonPosting } from './way/json.ts';
import { pagerdutyPosting } from './way/pagerduty.ts';
import { slackPosting } from './way/slack.ts';
import { webhookPosting } from './way/webhook.ts';

export interface CourierDeps {
  readonly clock: Clock;
  readonly routing: () => RoutingConfig;
  /** Null while this host has none. */
  readonly host: () => HostNotifier | null;
  readonly browser: () => BrowserNotifier | null;
  readonly secret: ReadSecret;
  readonly http: HttpPoster;
  /** The alerts of a page as they are now. */
  readonly alerts: (ids: readonly string[]) => readonly Alert[];
  readonly environment: NodeJS.ProcessEnv;
}

export function availableOf(deps: Pick<CourierDeps, 'host' | 'browser'>): Available {
  return { desktop: deps.host() !== null, browser: deps.browser() !== null };
}

/** One try to bring one delivery to its channel. */
export async function attempt(delivery: Delivery, deps: CourierDeps): Promise<Attempt> {
  const channel = channelOf(delivery, deps.routing());
  if (!channel) return { kind: 'refused', problem: `its ${delivery.kind} is no longer in the configuration` };
  switch (channel.kind) {
    case 'desktop':
      return showOnDesktop(delivery, deps);
    case 'browser':
      return offerToWindow(delivery, deps);
    case 'email':
      return sendEmail(channel, delivery, told(delivery, deps), deps);
    case 'command':
      return runCommand(channel, delivery, told(delivery, deps), deps);
    default: {
      const posting = await postingOf(channel, delivery, deps);
      return posting.ok ? deps.http.send(posting.value) : { kind: 'refused', problem: posting.error };
    }
  }
}

type HttpChannel = Exclude<ChannelConfig, { kind: 'desktop' | 'browser' | 'email' | 'command' }>;

function postingOf(
  channel: HttpChannel,
  delivery: Delivery,
  deps: CourierDeps,
): Promise<Result<Posting, string>> {
  const { secret, clock } = deps;
  switch (channel.kind) {
    case 'webhook':
      return webhookPosting(channel, delivery, secret, clock.now());
    case 'slack':
      return slackPosting(channel, delivery, told(delivery, deps), secret);
    case 'pagerduty':
      return pagerdutyPosting(channel, delivery, told(delivery, deps), secret);
    case 'json':
      return jsonPosting(channel, delivery, told(delivery, deps), secret);
    case 'alertmanager':
      return alertmanagerPosting(channel, delivery, deps.alerts(delivery.alertIds), secret, clock.now());
    default:
      return assertNever(channel);
  }
}

function told(delivery: Delivery, deps: CourierDeps) {
  return messageOf(delivery, deps.alerts(delivery.alertIds));
}

async function showOnDesktop(delivery: Delivery, deps: CourierDeps): Promise<Attempt> {
  const host = deps.host();
  if (!host) return { kind: 'refused', problem: 'this host cannot show desktop notifications' };
  const shown = await host.show(delivery.page);
  return shown.ok
    ? { kind: 'sent', detail: 'shown' }
    : { kind: 'retry', problem: shown.error, afterMs: null };
}

async function offerToWindow(delivery: Delivery, deps: CourierDeps): Promise<Attempt> {
  const browser = deps.browser();
  if (!browser) return { kind: 'refused', problem: 'this host serves no browser window' };
  const offered = await browser.offer(delivery.id, delivery.page);
  return offered.ok ? { kind: 'offered' } : { kind: 'retry', problem: offered.error, afterMs: null };
}
