import type { Alert } from '../../shared/model/alert.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import { memoryOf, moreUrgent } from './rule/memory.ts';
import { plainText } from './rule/notify.ts';

const TITLE_LENGTH = 160;

/** What systems that page on their own are told when a person takes alerts that were said: one request a group. */
export function acknowledgementNews(alerts: readonly Alert[], by: string): NotificationRequest[] {
  const said = alerts.filter((one) => memoryOf(one).notifiedAt !== null);
  return [...Map.groupBy(said, (one) => one.groupKey)].map(([groupKey, group]) => ({
    groupKey,
    alertIds: group.map((one) => one.id),
    receivers: [...new Set(group.flatMap((one) => one.receivers))],
    page: {
      title: plainText(`${group[0]?.service}: ${group[0]?.title}`, TITLE_LENGTH),
      body: `Acknowledged by ${by}.`,
      priority: group.map((one) => one.priority).reduce(moreUrgent),
      incidentId: group.find((one) => one.incidentId !== null)?.incidentId ?? null,
      groupKey,
      sound: false,
      resolved: false,
      acknowledgedBy: by,
    },
    reason: `${by} acknowledged what they were told of.`,
  }));
}
