import { err, ok, type Result } from '../../../shared/error/result.ts';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import {
  type Decoder,
  NOTHING_RECEIVED,
  type ReceiveAnswer,
  type ReceiveProblem,
  type ReceiveRequest,
  type Refusal,
} from '../received.ts';
import { refusalText, Tally } from '../tally.ts';
import { plainChange, type ReceivedChange } from './change.ts';
import { attributesOf, cloudEventChange } from './cloud-event.ts';
import { pagerDutyChange } from './pagerduty.ts';

const EVENTS_MAX = 1_000;
const STRUCTURED = 'application/cloudevents+json';
const BATCHED = 'application/cloudevents-batch+json';

type Read = (event: JsonObject, receivedAt: number) => ReceivedChange | string;

/** Deployments, flags and other changes: plain JSON or CloudEvents, whichever the headers say. */
export function createEventDecoder(): Decoder {
  return (request) => {
    const binary = request.headers['ce-specversion'] !== undefined;
    if (!binary && ![STRUCTURED, BATCHED, 'application/json'].includes(request.contentType)) {
      return err({
        status: 415,
        message: `Events come as application/json, ${STRUCTURED} or ${BATCHED}. Nothing was taken.`,
      });
    }
    const events = eventsOf(request, binary);
    if (!events.ok) return refuse(events.error);
    const cloud = binary || request.contentType !== 'application/json';
    return decoded(events.value, cloud ? cloudEventChange : plainOrCloud, request.receivedAt, (refused) =>
      cloud ? { status: 204, headers: {}, body: null } : said({ refused }),
    );
  };
}

/** The same under PagerDuty's path, shape and answer. */
export function createPagerDutyDecoder(): Decoder {
  return (request) => {
    const parsed = parseJson(request.body, request.limits.depthMax);
    if (!parsed.ok) return refuse(parsed.error);
    return decoded([parsed.value], pagerDutyChange, request.receivedAt, () => ({
      ...said({ status: 'success', message: 'Change event processed', links: [] }),
      status: 202,
    }));
  };
}

function eventsOf(request: ReceiveRequest, binary: boolean): Result<readonly unknown[], string> {
  // A binary CloudEvent may have no data at all, or data that are no JSON: then its headers are all there is.
  if (binary && (request.body.length === 0 || !/[/+]json$/.test(request.contentType)))
    return ok([attributesOf(request.headers)]);
  const parsed = parseJson(request.body, request.limits.depthMax);
  if (!parsed.ok) return parsed;
  if (binary) return ok([{ ...attributesOf(request.headers), data: parsed.value }]);
  const many = Array.isArray(parsed.value) && request.contentType !== STRUCTURED;
  const events: readonly unknown[] = many ? (parsed.value as unknown[]) : [parsed.value];
  return events.length > EVENTS_MAX ? err(`it holds more than ${EVENTS_MAX} events`) : ok(events);
}

/** Some senders put a whole CloudEvent under plain JSON's content type. */
function plainOrCloud(event: JsonObject, receivedAt: number): ReceivedChange | string {
  return Object.hasOwn(event, 'specversion')
    ? cloudEventChange(event, receivedAt)
    : plainChange(event, receivedAt);
}

function decoded(
  events: readonly unknown[],
  read: Read,
  receivedAt: number,
  answer: (refused: readonly Refusal[]) => ReceiveAnswer,
): ReturnType<Decoder> {
  const refused = new Tally();
  const changes: ReceivedChange[] = [];
  for (const event of events) {
    const change = isObject(event) ? read(event, receivedAt) : 'an event that is no object';
    if (typeof change === 'string') refused.add(change);
    else changes.push(change);
  }
  const left = refused.list();
  if (changes.length === 0 && left.length > 0)
    return refuse(`no event of it can be used: ${refusalText(left)}`);
  return ok({ received: { ...NOTHING_RECEIVED, changes, refused: left }, answer: answer(left) });
}

function said(body: object): ReceiveAnswer {
  return {
    status: 202,
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  };
}

function refuse(clause: string): { readonly ok: false; readonly error: ReceiveProblem } {
  return err({
    status: 400,
    message: `The body is no event that Midwatch reads: ${clause}. Nothing of it was taken; docs/receivers.md shows the shapes.`,
  });
}
