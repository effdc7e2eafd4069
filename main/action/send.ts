import { type Dispatcher, request } from 'undici';
import { messageOf } from '../../shared/error/coded.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { Clock } from '../platform/index.ts';
import type { RenderedRequest } from './request.ts';

/** How a request ended. *Unknown* means that it may have had its effect: only a person can say. */
export type SendResult =
  | { readonly kind: 'answered'; readonly output: string; readonly problem: string | null }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** An answer longer than this is cut: one endless body must not fill the log. */
const RESPONSE_MAX_BYTES = 1024 * 1024;

/** Failures that come before the first byte is sent, by Node's and undici's names for them. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

export interface SendOptions {
  readonly clock: Clock;
  readonly http: Dispatcher;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends the request once: no retry, no redirect. Whoever wants another try must ask for it by name. */
export async function sendRequest(rendered: RenderedRequest, options: SendOptions): Promise<SendResult> {
  const timeout = new AbortController();
  const cancelTimeout = options.clock.setTimeout(() => timeout.abort(), options.timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout.signal]);
  try {
    const response = await request(rendered.url, {
      dispatcher: options.http,
      method: rendered.method,
      headers: rendered.headers,
      body: rendered.body,
      signal,
    });
    const text = await readCapped(response.body);
    const output = hideSecrets(`${response.statusCode}${text === '' ? '' : `\n${text}`}`, rendered.secrets);
    return { kind: 'answered', output, problem: problemOf(response.statusCode, rendered) };
  } catch (thrown) {
    return failed(
      thrown,
      rendered,
      { stopped: options.signal.aborted, timedOut: timeout.signal.aborted },
      options,
    );
  } finally {
    cancelTimeout();
  }
}

function problemOf(status: number, rendered: RenderedRequest): string | null {
  if (status >= 300 && status < 400)
    return `It answered ${status}, a redirect. Midwatch follows none: the place it points to was not the one that was confirmed. Write the final address into the step.`;
  if (rendered.expectStatus.includes(status)) return null;
  return `It answered ${status}; expected ${rendered.expectStatus.join(', ')}.`;
}

async function readCapped(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early destroys the stream, and with it the connection.
  for await (const chunk of body) {
    const room = RESPONSE_MAX_BYTES - size;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    size += chunk.length;
    if (size > RESPONSE_MAX_BYTES) return `${Buffer.concat(chunks).toString('utf8')}\n… cut at 1 MiB`;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * A target that echoes what it was sent must not bring a secret into the database: as it is, as JSON or a URL writes it.
 * The longest first, so that one which is the beginning of another does not leave the other's end behind.
 */
function hideSecrets(text: string, secrets: ReadonlyMap<string, string>): string {
  const spellings = [...secrets].flatMap(([value, name]) =>
    [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.toWellFormed())].map(
      (spelling) => [spelling, name] as const,
    ),
  );
  spellings.sort(([a], [b]) => b.length - a.length);
  let hidden = text;
  // By a function: a name such as ${env:X} holds what a replacement text would read as a pattern.
  for (const [spelling, name] of spellings) hidden = hidden.replaceAll(spelling, () => name);
  return hidden;
}

function failed(
  thrown: unknown,
  rendered: RenderedRequest,
  how: { readonly stopped: boolean; readonly timedOut: boolean },
  options: SendOptions,
): SendResult {
  const why = how.stopped
    ? 'It was stopped before the answer came'
    : how.timedOut
      ? `No answer came within ${formatDuration(options.timeoutMs)}`
      : hideSecrets(messageOf(thrown), rendered.secrets);
  const code = codeOf(thrown);
  if (code !== undefined && BEFORE_SENDING.has(code))
    return { kind: 'not-sent', reason: `${why}. Nothing was sent.` };
  if (rendered.method === 'GET') return { kind: 'not-sent', reason: `${why}. A GET changes nothing.` };
  return {
    kind: 'unknown',
    reason: `${why}. Whether ${rendered.method} had its effect is not known: look at the target, then say done, skip, or retry with the same idempotency key.`,
  };
}

function codeOf(thrown: unknown): string | undefined {
  for (let one = thrown; one instanceof Error; one = one.cause)
    if ('code' in one && typeof one.code === 'string') return one.code;
  return undefined;
}
