import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import type { ConnectionConfig } from '../../../shared/config/source.ts';
import { messageOf } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Abort } from '../../../shared/unit/abort.ts';
import { formatDuration, MINUTE_MS } from '../../../shared/unit/time.ts';
import type { Clock } from '../../platform/index.ts';
import { displayAddress, guardedLookup, isForbiddenHost } from './address.ts';
import { BODY_MAX_BYTES, discard, readBody } from './body.ts';
import { type Credentials, readCredentials, type SecretReader } from './credentials.ts';
import { classify, type HttpFailure } from './failure.ts';
import { parseHttpDate, parseRetryAfter } from './retry-after.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal?: Abort | undefined;
}

/** A whole answer, whatever its status; the body is decoded, under the cap, and has memory of its own. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfterMs: number | null;
  readonly body: Uint8Array<ArrayBuffer>;
  /** What the server's clock showed, to the second (`Date`); null where it does not say. */
  readonly serverAt: number | null;
  /** Where the answer came from in the end, without credentials and query. */
  readonly address: string;
}

/** Asks one server with the credentials of one source. Never throws for what a network can do. */
export interface HttpClient {
  send(request: HttpRequest): Promise<Result<HttpAnswer, HttpFailure>>;
  /** Forgets credentials and connections, so that the next request reads them anew: a token may have been rotated. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  readonly connection: ConnectionConfig;
  readonly readSecret: SecretReader;
  /** The time of sockets, which is real also where the pipeline's clock is not. */
  readonly clock: Clock;
  readonly bodyMaxBytes?: number;
}

/** Each hop is a chance to be led astray and costs a round trip. */
const REDIRECTS_MAX = 3;
const HEADERS_MAX_BYTES = 64 * 1024;
/** Longer than polls are apart: dialling anew for each costs both sides more than the query. */
const KEPT_OPEN_MS = MINUTE_MS;

/** Our own stopping is no failure of the server. */
const STOPPED: HttpFailure = { kind: 'cancelled', detail: 'Midwatch is stopping' };

interface Session {
  readonly credentials: Credentials;
  readonly own: Agent;
  /** For other hosts: no client certificate, and addresses are checked as they are dialled. */
  readonly foreign: Agent;
  /** Set where the server refused our certificate by a TLS alert, which the client reports only as a closed connection. */
  readonly alert: { refused: HttpFailure | undefined };
}

interface Hop {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly redirected: boolean;
  readonly sameOrigin: boolean;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { connection, clock } = options;
  let session: Promise<Result<Session, HttpFailure>> | undefined;
  let closed = false;

  let usedAt = clock.now();
  const open = () => {
    // The wall clock went on while the machine slept: what was open then leads nowhere, and says so too late.
    if (Math.abs(clock.now() - usedAt) > KEPT_OPEN_MS) void forget();
    usedAt = clock.now();
    session ??= openSession(connection, options.readSecret);
    return session;
  };
  const forget = async () => {
    const old = session;
    session = undefined;
    const opened = await old;
    if (opened?.ok) await Promise.all([opened.value.own.close(), opened.value.foreign.close()]);
  };

  return {
    async send(asked) {
      if (closed) return err(STOPPED);
      const deadline = startDeadline(clock, asked);
      try {
        const opened = await deadline.race(open());
        if (opened.ok) {
          const answer = await follow(opened.value, asked, deadline.signal, options).catch(
            (thrown: unknown) => {
              const refused = deadline.signal.aborted ? undefined : opened.value.alert.refused;
              return refused ? err(refused) : Promise.reject(thrown);
            },
          );
          return closed && !answer.ok ? err(STOPPED) : answer;
        }
        session = undefined;
        return opened;
      } catch (thrown) {
        return err(closed ? STOPPED : (deadline.failure() ?? classify(thrown)));
      } finally {
        deadline.end();
      }
    },
    forget,
    async close() {
      closed = true;
      const opened = await session;
      session = undefined;
      if (opened?.ok) await Promise.all([opened.value.own.destroy(), opened.value.foreign.destroy()]);
    },
  };
}

async function openSession(
  connection: ConnectionConfig,
  readSecret: SecretReader,
): Promise<Result<Session, HttpFailure>> {
  try {
    const credentials = await readCredentials(connection, readSecret);
    if (!credentials.ok) return err({ kind: 'no-secret', detail: credentials.error });
    const common = {
      connections: connection.concurrency,
      pipelining: 1,
      keepAliveTimeout: KEPT_OPEN_MS,
      allowH2: false,
      maxHeaderSize: HEADERS_MAX_BYTES,
      headersTimeout: connection.timeoutMs,
      bodyTimeout: connection.timeoutMs,
    } as const;
    const { ca, ...identity } = credentials.value.tls;
    const trust = { timeout: connection.connectTimeoutMs, ...(ca === undefined ? {} : { ca }) };
    const alert: Session['alert'] = { refused: undefined };
    return ok({
      credentials: credentials.value,
      alert,
      own: new Agent({ ...common, connect: hearAlerts(alert, { ...trust, ...identity, allowH2: false }) }),
      foreign: new Agent({ ...common, connect: { ...trust, lookup: guardedLookup } }),
    });
  } catch (thrown) {
    // Node reads certificates only when it dials, but a secret reader may be anything.
    return err({ kind: 'no-secret', detail: messageOf(thrown) });
  }
}

/** Under TLS 1.3 a server refuses a client certificate after the handshake, so only the socket itself hears why. */
function hearAlerts(alert: Session['alert'], options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, done) =>
    connect(target, (...result) => {
      result[1]?.on('error', (error: unknown) => {
        const failure = classify(error);
        if (failure.kind === 'certificate-refused') alert.refused = failure;
      });
      done(...result);
    });
}

async function follow(
  session: Session,
  asked: HttpRequest,
  signal: AbortSignal,
  options: HttpClientOptions,
): Promise<Result<HttpAnswer, HttpFailure>> {
  const start = new URL(asked.url);
  let hop: Hop = { url: start, method: asked.method, redirected: false, sameOrigin: true };
  for (let redirects = 0; ; redirects += 1) {
    const answer = await dial(session, asked, hop, signal);
    const location = answer.headers.location;
    const next = isRedirect(answer.statusCode) && typeof location === 'string' ? location : undefined;
    if (next === undefined) {
      const body = await readBody(
        answer.body,
        single(answer.headers['content-encoding']),
        options.bodyMaxBytes ?? BODY_MAX_BYTES,
      );
      if (!body.ok) return signal.aborted ? Promise.reject(signal.reason) : body;
      return ok({
        status: answer.statusCode,
        contentType: single(answer.headers['content-type']) ?? '',
        retryAfterMs: parseRetryAfter(single(answer.headers['retry-after']), options.clock.now()),
        serverAt: parseHttpDate(single(answer.headers.date)),
        body: body.value,
        address: displayAddress(hop.url.href),
      });
    }
    discard(answer.body);
    if (redirects >= REDIRECTS_MAX)
      return err({ kind: 'redirect', detail: `it redirects more than ${REDIRECTS_MAX} times` });
    const moved = nextHop(hop, start, next, answer.statusCode);
    if (!moved.ok) return moved;
    hop = moved.value;
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Our requests only read, so a redirect keeps method and body, except the one that says "look there instead". */
function nextHop(hop: Hop, start: URL, location: string, status: number): Result<Hop, HttpFailure> {
  if (!URL.canParse(location, hop.url.href))
    return err({ kind: 'redirect', detail: 'it redirects to something that is no address' });
  const url = new URL(location, hop.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return err({ kind: 'redirect', detail: 'it redirects to something that is neither http nor https' });
  if (isForbiddenHost(url.hostname))
    return err({
      kind: 'redirect',
      detail: 'it redirects to a link-local or metadata address, which is never followed',
    });
  url.username = '';
  url.password = '';
  return ok({
    url,
    method: status === 303 ? 'GET' : hop.method,
    redirected: true,
    // Once away, credentials stay away: a host that redirects back could otherwise replay them at a path it chose.
    sameOrigin: hop.sameOrigin && url.origin === start.origin,
  });
}

function dial(
  session: Session,
  asked: HttpRequest,
  hop: Hop,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const post = hop.method === 'POST';
  const send = () =>
    request(hop.url, {
      method: hop.method,
      dispatcher: hop.redirected && !hop.sameOrigin ? session.foreign : session.own,
      headers: {
        'user-agent': 'midwatch',
        'accept-encoding': 'gzip',
        ...asked.headers,
        ...(hop.sameOrigin ? session.credentials.headers : {}),
      },
      body: post ? (asked.body ?? '') : null,
      signal,
    });
  return send().catch((thrown: unknown) => {
    // A kept connection may be closed by the server just as it is used again. Reading twice is harmless: once more.
    if (!signal.aborted && classify(thrown).kind === 'broken-off') return send();
    throw thrown;
  });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

/** One limit over name, connection, headers, redirects and body together: a server that drips must not hold a poll. */
function startDeadline(clock: Clock, asked: HttpRequest) {
  const controller = new AbortController();
  let failure: HttpFailure | undefined;
  const end = (why: HttpFailure) => {
    failure ??= why;
    controller.abort();
  };
  const cancel = () => end({ kind: 'cancelled', detail: 'the request was cancelled' });
  const stopTimer = clock.setTimeout(
    () =>
      end({ kind: 'timeout', detail: `it gave no whole answer within ${formatDuration(asked.timeoutMs)}` }),
    asked.timeoutMs,
  );
  asked.signal?.addEventListener('abort', cancel, { once: true });
  if (asked.signal?.aborted) cancel();
  const aborted = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
    if (controller.signal.aborted) reject(controller.signal.reason);
  });
  // Nobody may be waiting when it comes to nothing.
  aborted.catch(() => undefined);
  return {
    signal: controller.signal,
    failure: () => failure,
    race: <T>(work: Promise<T>): Promise<T> => Promise.race([work, aborted]),
    end() {
      stopTimer();
      asked.signal?.removeEventListener('abort', cancel);
    },
  };
}
