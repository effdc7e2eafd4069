import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { messageOf } from '../../shared/error/coded.ts';
import type { Clock } from '../platform/index.ts';
import { hostOf, isForbiddenAddress } from './address.ts';
import { retryAfterMs } from './back-off.ts';
import type { Attempt } from './notifiers.ts';

/** How names become addresses: the system's own way. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** One request as it goes out. Secret headers are left out where a redirect leads to another origin. */
export interface Posting {
  readonly url: URL;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly secretHeaders: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

export interface HttpPoster {
  send(posting: Posting): Promise<Attempt>;
  close(): Promise<void>;
}

export interface HttpPosterDeps {
  readonly clock: Clock;
  readonly resolve?: Resolve;
}

/** An answer is read for its reason only; a receiver that streams for ever must not fill the memory. */
const MAX_ANSWER_BYTES = 16 * 1_024;
const MAX_REASON_LENGTH = 200;
const MAX_REDIRECTS = 3;

/** Sends JSON to a receiver. Retried on 5xx, 429, 408, time-out and network failure, not on another 4xx. */
export function createHttpPoster(deps: HttpPosterDeps): HttpPoster {
  const agent = new Agent({
    connect: { lookup: guardedLookup(deps.resolve ?? lookup) },
    connections: 4,
    maxHeaderSize: 16_384,
  });
  return {
    async send(posting) {
      const abort = new AbortController();
      const cancel = deps.clock.setTimeout(() => abort.abort(), posting.timeoutMs);
      try {
        return await follow(posting, { clock: deps.clock, agent, signal: abort.signal });
      } catch (thrown) {
        const { host } = posting.url;
        if (abort.signal.aborted)
          return {
            kind: 'retry',
            problem: `${host} did not answer within ${posting.timeoutMs} ms`,
            afterMs: null,
          };
        if (thrown instanceof ForbiddenAddress) return { kind: 'refused', problem: thrown.message };
        return { kind: 'retry', problem: `${host} could not be reached: ${causeOf(thrown)}`, afterMs: null };
      } finally {
        cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

interface Sending {
  readonly clock: Clock;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

async function follow(posting: Posting, { clock, agent, signal }: Sending): Promise<Attempt> {
  const start = posting.url;
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    if (isForbiddenAddress(hostOf(url))) return { kind: 'refused', problem: forbidden(url.host) };
    const own = url.origin === start.origin ? posting.secretHeaders : {};
    const answer = await request(url, {
      method: posting.method,
      body: posting.body,
      headers: { ...own, 'content-type': 'application/json', ...posting.headers },
      dispatcher: agent,
      signal,
    });
    const text = await readBounded(answer.body);
    const { statusCode } = answer;
    if (statusCode !== 307 && statusCode !== 308)
      return outcomeOf(statusCode, header(answer.headers['retry-after']), text, url.host, clock);
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
export function guardedLookup(resolve: Resolve): LookupFunction {
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

/** Why nothing is sent to this host; null where it may be. A name is looked at again when it is connected to. */
export function forbiddenHost(host: string): string | null {
  return isForbiddenAddress(host) ? forbidden(host) : null;
}

export function isForbidden(thrown: unknown): thrown is Error {
  return thrown instanceof ForbiddenAddress;
}

function header(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Network errors hide what happened in their cause. */
export function causeOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = (thrown as { code?: unknown }).code;
  const said = messageOf(cause instanceof Error ? cause : thrown);
  return typeof code === 'string' && !said.includes(code) ? `${said} (${code})` : said;
}
