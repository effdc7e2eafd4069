import { createHmac } from 'node:crypto';
import type { ChannelOf } from '../../../shared/config/channel.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import { SECOND_MS } from '../../../shared/unit/time.ts';
import type { Posting } from '../http-post.ts';
import type { ReadSecret } from '../notifiers.ts';
import { resolveHeaders, resolveUrl } from './request.ts';

const TIMESTAMP_HEADER = 'midwatch-timestamp';
const SIGNATURE_HEADER = 'midwatch-signature';

/**
 * The page as JSON. The delivery's id goes as Idempotency-Key, so that a receiver can tell a repeat after a crash from
 * a new page. The signature covers the time and the body, so that neither can be another's.
 */
export async function webhookPosting(
  channel: ChannelOf<'webhook'>,
  delivery: Delivery,
  secret: ReadSecret,
  now: number,
): Promise<Result<Posting, string>> {
  const url = await resolveUrl(channel.url, secret);
  if (!url.ok) return url;
  const headers = await resolveHeaders(channel.headers, secret);
  if (!headers.ok) return headers;
  const body = JSON.stringify(bodyOf(delivery));
  const key = channel.signing_secret === undefined ? null : await secret(channel.signing_secret);
  if (key && !key.ok) return err(`the signing secret could not be read: ${key.error}`);
  return ok({
    url: new URL(url.value),
    method: 'POST',
    secretHeaders: headers.value,
    headers: { 'idempotency-key': delivery.id, ...(key ? signatureOf(body, key.value.trim(), now) : {}) },
    body,
    timeoutMs: channel.timeout,
  });
}

/** `v1=` and the hex HMAC-SHA-256 of `<seconds since 1970>.<body>`. */
function signatureOf(body: string, key: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / SECOND_MS));
  const digest = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
  return { [TIMESTAMP_HEADER]: timestamp, [SIGNATURE_HEADER]: `v1=${digest}` };
}

/** What a receiver gets, also on the standard input of a command. */
export function bodyOf(delivery: Delivery): object {
  const { id, receiver, page, alertIds, createdAt, reason } = delivery;
  return { version: 1, id, receiver, ...page, alertIds, createdAt, reason };
}
