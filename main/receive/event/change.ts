import type { ChangeEvent } from '../../../shared/model/service.ts';
import { instantOf } from '../instant.ts';
import { type JsonObject, textOf } from '../json.ts';

/** A change as it was received; whoever stores it gives it its identifier. */
export type ReceivedChange = Omit<ChangeEvent, 'id'>;

const SERVICE_LENGTH_MAX = 200;
const WHAT_LENGTH_MAX = 1_024;
const VERSION_LENGTH_MAX = 200;
const AHEAD_MAX_MS = 10 * 60_000;

export interface ChangeParts {
  readonly service: string | undefined;
  readonly what: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly at: number | undefined;
  readonly receivedAt: number;
}

/** Puts a change together, or says as a clause why it is none. Texts are hostile and cut; times must be believable. */
export function changeOf(parts: ChangeParts): ReceivedChange | string {
  const { service, receivedAt } = parts;
  if (!service) return 'an event that names no service';
  const at = parts.at ?? receivedAt;
  if (at > receivedAt + AHEAD_MAX_MS) return "an event more than 10 min ahead of this machine's clock";
  const from = parts.from?.slice(0, VERSION_LENGTH_MAX) ?? null;
  const to = parts.to?.slice(0, VERSION_LENGTH_MAX) ?? null;
  const what = parts.what ?? (to === null ? undefined : `${service} ${from ?? 'unknown'} → ${to}`);
  if (!what) return 'an event that says neither what changed nor to what';
  return {
    at,
    service: service.slice(0, SERVICE_LENGTH_MAX),
    what: what.slice(0, WHAT_LENGTH_MAX),
    from,
    to,
  };
}

/** A version or a flag's value: texts as they are, numbers and booleans as they are written. */
export function versionOf(object: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return undefined;
}

/**
 * Midwatch's own shape, which docs/receivers.md describes: `service`, and either `what` or a version or a flag's value.
 * CloudEvents may carry the same as their data.
 */
export function plainChange(event: JsonObject, receivedAt: number): ReceivedChange | string {
  const service = textOf(event, 'service');
  const from = versionOf(event, 'from', 'previous_version');
  const to = versionOf(event, 'to', 'version');
  const flag = textOf(event, 'flag');
  if (Object.hasOwn(event, 'at') && instantOf(event, 'at') === undefined)
    return 'an event whose time is neither RFC 3339 nor milliseconds';
  const flagged = flag && `flag ${flag}${to === undefined ? ' changed' : ` ${from ?? 'unknown'} → ${to}`}`;
  return changeOf({
    service,
    what: textOf(event, 'what') ?? flagged,
    from,
    to,
    at: instantOf(event, 'at'),
    receivedAt,
  });
}
