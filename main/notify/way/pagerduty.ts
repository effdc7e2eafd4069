import type { ChannelOf } from '../../../shared/config/channel.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Priority } from '../../../shared/model/priority.ts';
import type { Posting } from '../http-post.ts';
import { dedupKeyOf, type Message, newsOf } from '../message.ts';
import type { ReadSecret } from '../notifiers.ts';

const ACTIONS = { firing: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' } as const;
const SEVERITIES: Readonly<Record<Priority, string>> = {
  P0: 'critical',
  P1: 'error',
  P2: 'warning',
  P3: 'info',
};
/** Limit of Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
const SUMMARY_LENGTH = 1_024;

/** An event of Events API v2; the group of alerts is its `dedup_key`, so a repeat is the same event. */
export async function pagerdutyPosting(
  channel: ChannelOf<'pagerduty'>,
  delivery: Delivery,
  message: Message,
  secret: ReadSecret,
): Promise<Result<Posting, string>> {
  const key = await secret(channel.routing_key);
  if (!key.ok) return err(`the routing key could not be read: ${key.error}`);
  const { page } = delivery;
  const event = {
    routing_key: key.value.trim(),
    event_action: ACTIONS[newsOf(delivery)],
    dedup_key: dedupKeyOf(delivery),
    client: 'Midwatch',
    payload: {
      summary: page.title.slice(0, SUMMARY_LENGTH),
      source: message.service || page.groupKey,
      severity: SEVERITIES[page.priority],
      timestamp: message.created_at,
      component: message.service,
      group: page.groupKey,
      custom_details: {
        body: page.body,
        priority: page.priority,
        incident: page.incidentId,
        alerts: delivery.alertIds,
        receiver: delivery.receiver,
        reason: delivery.reason,
        delivery: delivery.id,
      },
    },
  };
  return ok({
    url: new URL(channel.url),
    method: 'POST',
    secretHeaders: {},
    headers: { 'idempotency-key': delivery.id },
    body: JSON.stringify(event),
    timeoutMs: channel.timeout,
  });
}
