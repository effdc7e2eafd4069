import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { ChannelConfig } from '../../shared/config/routing.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { Clock } from '../platform/index.ts';
import { hostOf, isForbiddenAddress } from './address.ts';
import { retryAfterMs } from './back-off.ts';
import type { Attempt, ReadSecret } from './notifiers.ts';

export type WebhookChannel = Extract<ChannelConfig, { kind: 'webhook' }>;

/** How names become addresses: the system's own way. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface WebhookDeps {
  readonly clock: Clock;
  readonly secret: ReadSecret;
  readonly resolve?: Resolve;
}

export interface WebhookSender {
  send(channel: WebhookChannel, delivery: Delivery): Promise<Attempt>;
  close(): Promise<void>;
}

/** An answer is read for its reason only; a receiver that streams for ever must not fill the memory. */
const MAX_ANSWER_BYTES = 16 * 1_024;
const MAX_REASON_LENGTH = 200;
const MAX_REDIRECTS = 3;

/**
 * Posts a page as JSON. The delivery's id goes as Idempotency-Key, so that a receiver can tell a repeat
 * after a crash from a new page. Retried on 5xx, 429, time-out and network failure, not on 4xx.
 */
export function createWebhookSender(deps: WebhookDeps): WebhookSender {
  const agent = new Agent({
    connect: { lookup: guarded(deps.resolve ?? lookup) },
    connections: 4,
    maxHeaderSize: 16_384,
  });
  return {
    async send(channel, delivery) {
      const url = await resolveUrl(channel.url, deps.secret);
      if (typeof url === 'string') return { kind: 'refused', problem: url };
      const headers = await resolveHeaders(channel.headers, deps.secret);
      if (typeof headers === 'string') return { kind: 'refused', problem: headers };
      const abort = new AbortController();
      const cancel = deps.clock.setTimeout(() => abort.abort(), channel.timeout);
      try {
        return await post(url, headers, delivery, { ...deps, agent, signal: abort.signal });
      } catch (thrown) {
        if (abort.signal.aborted) {
          const problem = `${url.host} did not answer within ${channel.timeout} ms`;
          return { kind: 'retry', problem, afterMs: null };
        }
        if (thrown instanceof ForbiddenAddress) return { kind: 'refused', problem: thrown.message };
        return {
          kind: 'retry',
          problem: `${url.host} could not be reached: ${causeOf(thrown)}`,
          afterMs: null,
        };
      } finally {
        cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

interface Posting extends WebhookDeps {
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

async function post(
  start: URL,
  secretHeaders: Readonly<Record<string, string>>,
  delivery: Delivery,
  posting: Posting,
): Promise<Attempt> {
  const body = JSON.stringify(bodyOf(delivery));
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    if (isForbiddenAddress(hostOf(url))) return { kind: 'refused', problem: forbidden(url.host) };
    const own = url.origin === start.origin ? secretHeaders : {};
    const answer = await request(url, {
      method: 'POST',
      body,
      headers: { ...own, 'content-type': 'application/json', 'idempotency-key': delivery.id },
      dispatcher: posting.agent,
      signal: posting.signal,
    });
    const text = await readBounded(answer.body);
    const { statusCode } = answer;
    if (statusCode !== 307 && statusCode !== 308)
      return outcomeOf(statusCode, header(answer.headers['retry-after']), text, url.host, posting.clock);
    const next = nextHop(header(answer.headers.location), url);
    if (typeof next === 'string') return { kind: 'refused', problem: next };
    url = next;
  }
  return { kind: 'refused', problem: `${start.host} redirects more than ${MAX_REDIRECTS} times` };
}

function outcomeOf(
  status: number,
  retryAfter: string | null,
  text: string,
  host: string,
  clock: Clock,
): Attempt {
  if (status >= 200 && status < 300) return { kind: 'sent', detail: `${host} answered ${status}` };
  const said = text === '' ? '' : `: ${text}`;
  const problem = `${host} answered ${status}${said}`;
  if (status >= 500 || status === 429 || status === 408)
    return { kind: 'retry', problem, afterMs: retryAfterMs(retryAfter, clock.now()) };
  return { kind: 'refused', problem };
}

/** The same place under another name is followed; a lesser protocol or a nonsense address is not. */
function nextHop(location: string | null, from: URL): URL | string {
  if (location === null || !URL.canParse(location, from.href)) return `${from.host} redirects to nowhere`;
  const next = new URL(location, from);
  const downgraded = from.protocol === 'https:' && next.protocol !== 'https:';
  if (downgraded || (next.protocol !== 'http:' && next.protocol !== 'https:'))
    return `${from.host} redirects to ${next.protocol}//, which is not followed`;
  return next;
}

function bodyOf(delivery: Delivery): object {
  const { id, receiver, page, alertIds, createdAt, reason } = delivery;
  return { version: 1, id, receiver, ...page, alertIds, createdAt, reason };
}

async function resolveUrl(text: string, secret: ReadSecret): Promise<URL | string> {
  const isReference = /^(keychain|env|file):/.test(text);
  const read = isReference ? await secret(text) : null;
  if (read && !read.ok) return `the address ${text} could not be read: ${read.error}`;
  const address = read ? read.value.trim() : text;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    return isReference ? `what ${text} names is not an http address` : `${text} is not an http address`;
  return new URL(address);
}

async function resolveHeaders(
  references: Readonly<Record<string, string>>,
  secret: ReadSecret,
): Promise<Record<string, string> | string> {
  const headers: Record<string, string> = {};
  for (const [name, reference] of Object.entries(references)) {
    const read = await secret(reference);
    if (!read.ok) return `the header ${name} could not be read: ${read.error}`;
    headers[name.toLowerCase()] = read.value.trim();
  }
  return headers;
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString('utf8').replace(/\s+/g, ' ').trim();
  return text.slice(0, MAX_REASON_LENGTH);
}

class ForbiddenAddress extends Error {}

function forbidden(host: string): string {
  return `${host} is a link-local or metadata address; nothing is ever sent there`;
}

/** The check is on the address that is really connected to: a name may point anywhere, and change in between. */
function guarded(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const bad = error === null && addresses.some((one) => isForbiddenAddress(one.address));
      const failure = bad ? new ForbiddenAddress(forbidden(hostname)) : error;
      const [first] = addresses ?? [];
      if (failure || options.all) callback(failure, addresses ?? []);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}

function header(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Network errors hide what happened in their cause. */
function causeOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = (thrown as { code?: unknown }).code;
  const said = messageOf(cause instanceof Error ? cause : thrown);
  return typeof code === 'string' && !said.includes(code) ? `${said} (${code})` : said;
}
