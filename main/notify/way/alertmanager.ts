import type { ChannelOf } from '../../../shared/config/channel.ts';
import { ok, type Result } from '../../../shared/error/result.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Posting } from '../http-post.ts';
import type { ReadSecret } from '../notifiers.ts';
import { resolveHeaders, resolveUrl } from './request.ts';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Nobody ends what belongs to no alert, so it ends by itself. */
const ALONE_MS = 60_000;
const ALERTING: ReadonlySet<Alert['phase']> = new Set(['firing', 'no_data', 'error']);

/**
 * The alerts of a page as Alertmanager's API v2 takes them, each with its own labels, start and end. The labels are the
 * alert's identity there, so a repeat is the same alert.
 */
export async function alertmanagerPosting(
  channel: ChannelOf<'alertmanager'>,
  delivery: Delivery,
  alerts: readonly Alert[],
  secret: ReadSecret,
  now: number,
): Promise<Result<Posting, string>> {
  const url = await resolveUrl(channel.url, secret);
  if (!url.ok) return url;
  const headers = await resolveHeaders(channel.headers, secret);
  if (!headers.ok) return headers;
  const said =
    alerts.length > 0
      ? alerts.map((alert) => alertBody(alert, now + channel.keep_for, delivery))
      : [pageBody(delivery, now, channel.keep_for)];
  return ok({
    url: new URL(`${url.value.replace(/\/+$/, '')}/api/v2/alerts`),
    method: 'POST',
    secretHeaders: headers.value,
    headers: { 'idempotency-key': delivery.id },
    body: JSON.stringify(said),
    timeoutMs: channel.timeout,
  });
}

function alertBody(alert: Alert, untilAt: number, { page }: Delivery): object {
  const own = Object.entries(alert.labels).filter(
    ([name, value]) => LABEL_NAME.test(name) && value !== '' && name !== 'priority',
  );
  const endsAt = ALERTING.has(alert.phase) ? untilAt : (alert.resolvedAt ?? alert.lastEvaluatedAt);
  return {
    labels: {
      alertname: alert.ruleId,
      service: alert.service,
      ...Object.fromEntries(own),
      // Not the priority: it may rise within one episode, and another label would be another alert.
      midwatch_alert: alert.id,
    },
    annotations: {
      summary: alert.title,
      description: alert.reason,
      priority: alert.priority,
      incident: page.incidentId ?? '',
    },
    startsAt: new Date(alert.firedAt ?? alert.lastEvaluatedAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  };
}

/** A test, or a page whose alerts are forgotten: there must be something to see on the other side. */
function pageBody({ page, createdAt }: Delivery, now: number, keepMs: number): object {
  return {
    labels: { alertname: 'Midwatch', group: page.groupKey },
    annotations: { summary: page.title, description: page.body, priority: page.priority },
    startsAt: new Date(createdAt).toISOString(),
    endsAt: new Date(page.resolved ? now : now + Math.min(keepMs, ALONE_MS)).toISOString(),
  };
}
