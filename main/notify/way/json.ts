import type { ChannelOf } from '../../../shared/config/channel.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Posting } from '../http-post.ts';
import { type Message, newsOf } from '../message.ts';
import type { ReadSecret } from '../notifiers.ts';
import { fillJson, fillUrl } from '../template.ts';
import { resolveHeaders, resolveUrl } from './request.ts';

/** A request of the shape that the configuration gives, with its placeholders filled. */
export async function jsonPosting(
  channel: ChannelOf<'json'>,
  delivery: Delivery,
  message: Message,
  secret: ReadSecret,
): Promise<Result<Posting, string>> {
  const news = newsOf(delivery);
  const special =
    news === 'acknowledged' ? channel.acknowledge : news === 'resolved' ? channel.resolve : undefined;
  const template = special ?? channel;
  const address = await resolveUrl(special?.url ?? channel.url, secret);
  if (!address.ok) return address;
  const filled = fillUrl(address.value, message, channel.words);
  if (!URL.canParse(filled)) return err('the address is none when its placeholders are filled');
  const headers = await resolveHeaders(channel.headers, secret);
  if (!headers.ok) return headers;
  return ok({
    url: new URL(filled),
    method: template.method,
    secretHeaders: headers.value,
    headers: { 'idempotency-key': delivery.id },
    body: JSON.stringify(fillJson(template.body, message, channel.words)),
    timeoutMs: channel.timeout,
  });
}
