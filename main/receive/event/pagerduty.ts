import { instantOf } from '../instant.ts';
import { type JsonObject, objectOf, textOf } from '../json.ts';
import { changeOf, type ReceivedChange, versionOf } from './change.ts';

/**
 * A change event as PagerDuty's Events API v2 takes them, so that a pipeline which tells PagerDuty can tell Midwatch the
 * same (https://developer.pagerduty.com/docs/send-change-event). The service is `custom_details.service`, else
 * `payload.source`. Its `routing_key` is ignored: it is a secret of another system.
 */
export function pagerDutyChange(event: JsonObject, receivedAt: number): ReceivedChange | string {
  const payload = objectOf(event, 'payload');
  if (!payload) return 'a change event without its payload';
  const summary = textOf(payload, 'summary');
  if (!summary) return 'a change event without its summary';
  const at = instantOf(payload, 'timestamp');
  if (Object.hasOwn(payload, 'timestamp') && at === undefined)
    return 'a change event whose timestamp is not ISO 8601';
  const details = objectOf(payload, 'custom_details') ?? {};
  return changeOf({
    service: textOf(details, 'service') ?? textOf(payload, 'source'),
    what: summary,
    from: versionOf(details, 'from', 'previous_version'),
    to: versionOf(details, 'to', 'version'),
    at,
    receivedAt,
  });
}
