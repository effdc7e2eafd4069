import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../platform/index.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { Admissions, Ticket } from './http/admission.ts';
import { type Reply, refusal, send, statusRefusal } from './http/answer.ts';
import { type BodyFailure, gunzip, readBody, tooLarge } from './http/body.ts';
import { free } from './http/bytes.ts';
import { type Doorkeeper, refusePages } from './http/guard.ts';
import type { Listener } from './http/listener.ts';
import type { PushOutcome } from './receive-api.ts';
import type { ReceiveAnswer, ReceiveLimits, ReceiveProblem, ReceiveRequest } from './received.ts';
import { declaredLength } from './remote-write/snappy.ts';
import type { Route } from './route.ts';
import type { SeriesKey } from './series-key.ts';
import { agentOf, type SourceBook, type SourceEntry } from './source-book.ts';
import { isEmpty, type TakenIn, takeIn } from './take-in.ts';

/** What all requests share. */
export interface Hall {
  readonly clock: Clock;
  readonly queue: BatchQueue;
  readonly book: SourceBook;
  readonly routes: ReadonlyMap<string, Route>;
  readonly decodeTurn: <T>(work: () => Promise<T>) => Promise<T>;
  admissions: Admissions;
  doorkeeper: Doorkeeper;
  limits: ReceiveLimits;
  key: SeriesKey;
  listener: Listener | undefined;
  refusedRequests: number;
  nextId: number;
}

/** Answers one request, from its headers to the store's word on its rows. */
export async function handle(
  hall: Hall,
  request: IncomingMessage,
  response: ServerResponse,
  expects: boolean,
): Promise<void> {
  const { clock, listener } = hall;
  const exchange: Exchange = { request, response, expects };
  const reply = await replyTo(hall, listener, exchange);
  if (reply === undefined) return;
  if (reply.status >= 400) hall.refusedRequests += 1;
  send(request, response, reply, { clock, heldBack: exchange.expects });
}

/** Everything up to the answer; undefined where the sender has gone. What is cheap to refuse is refused first. */
async function replyTo(
  hall: Hall,
  listener: Listener | undefined,
  exchange: Exchange,
): Promise<Reply | undefined> {
  const { request } = exchange;
  const { headers } = request;
  const site = headers['sec-fetch-site'];
  const page = refusePages(
    {
      method: request.method ?? '',
      host: headers.host,
      origin: headers.origin,
      fetchSite: Array.isArray(site) ? site[0] : site,
      authorization: headers.authorization,
    },
    listener?.port ?? 0,
  );
  if (page) return refusal(page.status, page.message);
  const sender = hall.doorkeeper.senderOf(headers.authorization);
  const source = sender && hall.book.get(sender.sourceId);
  if (!source) {
    return refusal(401, 'No source of Midwatch has this token. Send it as Authorization: Bearer TOKEN.', {
      'WWW-Authenticate': 'Bearer, Basic realm="midwatch"',
    });
  }
  listener?.trust(request.socket);
  const [path = ''] = (request.url ?? '').split('?');
  const route = hall.routes.get(path);
  if (!route)
    return refusal(404, `Nothing is received at this path. Paths are ${[...hall.routes.keys()].join(', ')}.`);
  const reply = await admitted(hall, route, source, exchange);
  return reply && reply.status >= 400 && route.accept === 'otlp'
    ? statusRefusal(reply, mediaType(headers['content-type']))
    : reply;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The sender waits for a go-ahead that it has not been given yet. */
  expects: boolean;
}

async function admitted(
  hall: Hall,
  route: Route,
  source: SourceEntry,
  exchange: Exchange,
): Promise<Reply | undefined> {
  const { sender } = source;
  if (!sender.accept.includes(route.accept))
    return blame(hall, source, 403, `The source ${sender.sourceId} does not accept ${route.accept}.`);
  const ticket = hall.admissions.admit(sender.sourceId);
  if (ticket === 'too-often')
    return blame(
      hall,
      source,
      tooOften(route),
      'Too many requests of this source. Send larger batches, less often.',
    );
  if (ticket === 'too-many')
    return blame(hall, source, 503, 'Too many requests are under way. Send it again.');
  try {
    return await received(hall, route, source, exchange, ticket);
  } finally {
    ticket.release();
  }
}

/** Prometheus throws away what is answered 429 unless told otherwise, and sends again what is answered 503. */
function tooOften(route: Route): 429 | 503 {
  return route.accept === 'remote-write' ? 503 : 429;
}

async function received(
  hall: Hall,
  route: Route,
  source: SourceEntry,
  exchange: Exchange,
  ticket: Ticket,
): Promise<Reply | undefined> {
  const { queue } = hall;
  const { request, response } = exchange;
  const limits = { ...hall.limits, bodyBytesMax: Math.min(hall.limits.bodyBytesMax, route.bodyBytesMax) };
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  const allowed = route.decode === null ? ['snappy', 'identity'] : ['gzip', 'identity'];
  if (!allowed.includes(encoding))
    return blame(
      hall,
      source,
      415,
      `This Content-Encoding is not read here; ${allowed[0]} is. Nothing was stored.`,
    );
  if (!queue.hasRoom(0)) return blame(hall, source, 503, BUSY);
  if (exchange.expects) response.writeContinue();
  exchange.expects = false;
  const taken = await takenFrom(hall, route, source, { request, limits, ticket });
  // What was read is rows now, which the queue bounds; the body is gone.
  ticket.shrink();
  if (taken === undefined || !('batch' in taken)) return taken;
  count(source, taken, request.headers['user-agent']);
  return settled(hall, source, taken);
}

/** Reads and decodes a body; nothing of it outlives this function but what it was made into. */
async function takenFrom(
  hall: Hall,
  route: Route,
  source: SourceEntry,
  parts: { readonly request: IncomingMessage; readonly limits: ReceiveLimits; readonly ticket: Ticket },
): Promise<TakenIn | Reply | undefined> {
  const { request, limits, ticket } = parts;
  const encoded = await readBody(request, limits.bodyBytesMax, ticket);
  if (!encoded.ok) return failedBody(hall, source, encoded.error);
  // One body at a time is decoded: the memory that decoding takes is bounded by one body, however many wait.
  return hall.decodeTurn(async () => {
    const gzipped = request.headers['content-encoding']?.toLowerCase() === 'gzip';
    const body = gzipped ? await gunzip(encoded.value, limits, ticket) : encoded;
    if (!body.ok) return failedBody(hall, source, body.error);
    try {
      const declared = route.decode === null ? (declaredLength(body.value) ?? 0) : 0;
      const grant = declared > limits.bodyBytesMax ? 'granted' : ticket.grow(declared);
      if (grant !== 'granted')
        return failedBody(hall, source, grant === 'busy' ? 'busy' : tooLarge(limits.bodyBytesMax));
      const read = requestOf(request, source, body.value, limits, hall.clock.now());
      const result = takeIn(read, route, source, hall.key);
      return result.ok ? result.value : problemReply(hall, source, result.error);
    } finally {
      free(body.value);
    }
  });
}

const BUSY = 'Midwatch is busy storing what came before. Nothing of this was stored; send it again.';

async function settled(hall: Hall, source: SourceEntry, taken: TakenIn): Promise<Reply> {
  if (isEmpty(taken)) return replyOf(hall, source, taken.answer([]));
  if (!hall.queue.hasRoom(taken.batch.refs.length)) return blame(hall, source, 503, BUSY);
  const id = hall.nextId;
  hall.nextId += 1;
  const { index } = source;
  const { fresh } = taken.batch;
  // The arrays are handed over when the batch is taken: what is asked of them afterwards is counted now.
  const rowsOfFresh = new Uint32Array(fresh.length);
  for (const at of taken.batch.freshOf) rowsOfFresh[at] = (rowsOfFresh[at] ?? 0) + 1;
  const outcome = await hall.queue.put({ id, ...taken.batch });
  if (!outcome) return blame(hall, source, 503, BUSY);
  if (outcome.problem) return problemReply(hall, source, outcome.problem);
  if (index === source.index && index.generation === taken.generation) learn(hall, taken, outcome, index);
  if (outcome.answer) return answerReply(outcome.answer);
  let lost = 0;
  rowsOfFresh.forEach((rows, at) => {
    if (outcome.refs[at] === 0) lost += rows;
  });
  return replyOf(
    hall,
    source,
    taken.answer(lost === 0 ? [] : [{ reason: 'a series that the store has no room for', count: lost }]),
  );
}

function learn(hall: Hall, taken: TakenIn, outcome: PushOutcome, index: SourceEntry['index']): void {
  const now = hall.clock.now();
  for (const [at, entry] of taken.entries.entries()) index.learn(entry, outcome.refs[at] ?? 0, now);
}

function count(source: SourceEntry, { batch, overLimit }: TakenIn, agent: string | undefined): void {
  source.requests += 1;
  source.samples += batch.refs.length;
  source.lastReceivedAt = batch.receivedAt;
  source.agent = agentOf(agent) ?? source.agent;
  source.refused.addAll(batch.refused);
  if (overLimit.length > 0) source.overLimit = { at: batch.receivedAt, names: overLimit };
}

function requestOf(
  { headers, url = '' }: IncomingMessage,
  source: SourceEntry,
  body: Uint8Array,
  limits: ReceiveLimits,
  receivedAt: number,
): ReceiveRequest {
  const plain: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  return {
    sourceId: source.sender.sourceId,
    path: url.split('?')[0] ?? '',
    contentType: mediaType(headers['content-type']),
    headers: plain,
    body,
    receivedAt,
    limits,
  };
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function failedBody(hall: Hall, source: SourceEntry, failure: BodyFailure): Reply | undefined {
  if (failure === 'gone') return undefined;
  if (failure === 'busy') return blame(hall, source, 503, BUSY);
  return problemReply(hall, source, failure);
}

function replyOf(hall: Hall, source: SourceEntry, answer: ReceiveAnswer | ReceiveProblem): Reply {
  return 'message' in answer ? problemReply(hall, source, answer) : answerReply(answer);
}

function answerReply({ status, headers, body }: ReceiveAnswer): Reply {
  return { status, headers, body };
}

function problemReply(hall: Hall, source: SourceEntry, problem: ReceiveProblem): Reply {
  return blame(hall, source, problem.status, problem.message, problem.headers);
}

/** A refusal that the source's own page shows. */
function blame(
  hall: Hall,
  source: SourceEntry,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  source.lastProblem = { at: hall.clock.now(), message };
  return refusal(status, message, headers);
}
