import type { ChannelOf } from '../../../shared/config/channel.ts';
import { ok, type Result } from '../../../shared/error/result.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Posting } from '../http-post.ts';
import type { Message } from '../message.ts';
import type { ReadSecret } from '../notifiers.ts';
import { fillText } from '../template.ts';
import { resolveUrl } from './request.ts';

/** Limits of Slack's blocks: https://docs.slack.dev/reference/block-kit/blocks/ */
const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3_000;

const SIGNS = { firing: '🔴', acknowledged: '🟡', resolved: '🟢' } as const;

/** A message to an incoming webhook. All of it is plain text: a label cannot mention a channel or build a link. */
export async function slackPosting(
  channel: ChannelOf<'slack'>,
  delivery: Delivery,
  message: Message,
  secret: ReadSecret,
): Promise<Result<Posting, string>> {
  const url = await resolveUrl(channel.url, secret);
  if (!url.ok) return url;
  return ok({
    url: new URL(url.value),
    method: 'POST',
    secretHeaders: {},
    headers: { 'idempotency-key': delivery.id },
    body: JSON.stringify(slackMessage(delivery, message)),
    timeoutMs: channel.timeout,
  });
}

function slackMessage({ page }: Delivery, message: Message): object {
  const sign = page.acknowledgedBy !== undefined ? 'acknowledged' : page.resolved ? 'resolved' : 'firing';
  const title = `${SIGNS[sign]} ${page.title}`.replaceAll('\n', ' ');
  const context = ['{{priority}} · {{service}} · for {{receiver}}'].map((one) => fillText(one, message));
  return {
    // Read aloud and shown in notifications; the only part that Slack reads as markup.
    text: escapeMarkup(title),
    blocks: [
      { type: 'header', text: plain(title, HEADER_LENGTH) },
      ...(page.body === '' ? [] : [{ type: 'section', text: plain(page.body, SECTION_LENGTH) }]),
      { type: 'context', elements: context.map((one) => plain(one, SECTION_LENGTH)) },
    ],
  };
}

function plain(text: string, length: number): object {
  const cut = text.length <= length ? text : `${text.slice(0, length - 1)}…`;
  return { type: 'plain_text', text: cut, emoji: false };
}

/** https://docs.slack.dev/messaging/formatting-message-text/#escaping */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
