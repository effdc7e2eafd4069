import type { TemplateField } from '../../shared/config/channel-template.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import { sha256 } from '../platform/index.ts';

export type NewsKind = 'firing' | 'acknowledged' | 'resolved';

/** What a delivery says, by the names that templates use. */
export type Message = Readonly<Record<TemplateField, string | null>>;

/** What kind of news it is, for systems that open, acknowledge and close something of their own. */
export function newsOf({ page }: Delivery): NewsKind {
  if (page.acknowledgedBy !== undefined) return 'acknowledged';
  return page.resolved ? 'resolved' : 'firing';
}

/** PagerDuty takes 255 characters at most, and labels are of any length. */
const DEDUP_LENGTH = 200;

/** The same group is the same thing everywhere: what follows under this key belongs to what was opened under it. */
export function dedupKeyOf({ page }: Delivery): string {
  const key = `midwatch/${page.groupKey}`;
  return key.length <= DEDUP_LENGTH ? key : `midwatch/${sha256(page.groupKey)}`;
}

export function messageOf(delivery: Delivery, alerts: readonly Alert[]): Message {
  const { page } = delivery;
  return {
    id: delivery.id,
    title: page.title,
    body: page.body,
    priority: page.priority,
    status: newsOf(delivery),
    receiver: delivery.receiver,
    group_key: page.groupKey,
    dedup_key: dedupKeyOf(delivery),
    service: serviceOf(delivery, alerts),
    incident_id: page.incidentId,
    alert_ids: delivery.alertIds.join(','),
    acknowledged_by: page.acknowledgedBy ?? null,
    created_at: new Date(delivery.createdAt).toISOString(),
    reason: delivery.reason,
  };
}

/** The service it is about; where its alerts are forgotten, what the group says of it. */
function serviceOf({ page }: Delivery, alerts: readonly Alert[]): string {
  const services = [...new Set(alerts.map((one) => one.service))];
  if (services.length > 0) return services.join(', ');
  return /(?:^|,)service=([^,]*)/.exec(page.groupKey)?.[1] ?? '';
}
