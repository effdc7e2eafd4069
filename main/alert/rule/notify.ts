import type { Alert } from '../../../shared/model/alert.ts';
import type { Page } from '../../../shared/model/notification.ts';
import type { NotificationRequest } from '../../../shared/model/notification-request.ts';
import { type Storm, stormOf } from '../../../shared/model/storm.ts';
import type { Outgoing } from './dispatch-stage.ts';
import { moreUrgent } from './memory.ts';

/** A page is read at arm's length; and label text may be of any length. */
const TITLE_LENGTH = 160;
const BODY_LENGTH = 1_500;
const LISTED = 5;

/** Writes what is to be said and to whom; the notifier decides by which way. */
export function requestOf(outgoing: Outgoing, reason: string): NotificationRequest {
  const { dispatch, addressing } = outgoing;
  return {
    groupKey: dispatch.groupKey,
    alertIds: [...dispatch.alerting, ...dispatch.over].map((one) => one.id),
    receivers: addressing?.receivers ?? [],
    page: pageOf(outgoing),
    reason,
  };
}

function pageOf({ dispatch, addressing }: Outgoing): Page {
  const { alerting, over, fresh } = dispatch;
  const lead = fresh[0] ?? alerting[0] ?? over[0];
  const told = [...alerting, ...over];
  const more = (alerting.length > 0 ? alerting : over).length - 1;
  const resolved = alerting.length === 0;
  const company = more > 0 ? ` and ${more} more` : '';
  const storm = stormOf(dispatch.groupKey);
  const title = storm
    ? stormTitle(storm, alerting, lead)
    : dispatch.summary
      ? `${dispatch.service}: summary, ${alerting.length} firing`
      : resolved
        ? `Over: ${dispatch.service}, ${lead?.title ?? ''}${company}`
        : `${lead?.priority ?? ''} ${dispatch.service}: ${lead?.title ?? ''}${company}`;
  return {
    title: plainText(title, TITLE_LENGTH),
    // One alert stands in the title already.
    body: plainText(
      told.length === 1 && lead && !resolved && !dispatch.summary
        ? told.map((one) => one.reason).join('')
        : told.slice(0, LISTED).map(line).concat(rest(told.length)).join('\n'),
      BODY_LENGTH,
    ),
    priority: told.map((one) => one.priority).reduce(moreUrgent, lead?.priority ?? 'P3'),
    incidentId: told.find((one) => one.incidentId !== null)?.incidentId ?? null,
    groupKey: dispatch.groupKey,
    sound: addressing?.sound ?? false,
    resolved,
  };
}

function line(alert: Alert): string {
  const over = alert.phase === 'resolved' || alert.phase === 'inactive' || alert.phase === 'pending';
  const acknowledged = alert.acknowledgement ? ` (acknowledged by ${alert.acknowledgement.by})` : '';
  return `${over ? 'Over' : alert.priority} ${alert.title}: ${alert.reason}${acknowledged}`;
}

function rest(count: number): string[] {
  return count > LISTED ? [`… and ${count - LISTED} more.`] : [];
}

function stormTitle({ cause }: Storm, alerting: readonly Alert[], lead: Alert | undefined): string {
  const behind = cause === null ? '' : ` behind ${cause}`;
  if (alerting.length === 0) return `Over: storm${behind}`;
  const services = new Set(alerting.map((one) => one.service)).size;
  const reach = `${alerting.length} more firing in ${services} ${services === 1 ? 'service' : 'services'}`;
  return `${lead?.priority ?? ''} storm${behind}: ${reach}, first ${lead?.service ?? ''}: ${lead?.title ?? ''}`;
}

/** Label text is hostile: no control characters, no endless lines. Line breaks between alerts stay. */
export function plainText(text: string, length: number): string {
  const clean = text.replace(/(?!\n)[\p{Cc}\p{Bidi_C}]/gu, ' ');
  return clean.length <= length ? clean : `${clean.slice(0, length - 1)}…`;
}
