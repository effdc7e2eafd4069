import { instantOf } from '../instant.ts';
import { type JsonObject, objectOf, textOf } from '../json.ts';
import { changeOf, plainChange, type ReceivedChange, versionOf } from './change.ts';

const SPECIFICATION = /^1\.\d+$/;

/**
 * One CloudEvent (https://github.com/cloudevents/spec, version 1.0) as a change. The service is what its data say, else
 * its subject, else the last part of its source; what changed is what its data say, else its type.
 */
export function cloudEventChange(event: JsonObject, receivedAt: number): ReceivedChange | string {
  if (!SPECIFICATION.test(textOf(event, 'specversion') ?? ''))
    return 'a CloudEvent of another version than 1.0';
  const type = textOf(event, 'type');
  const source = textOf(event, 'source');
  if (!type || !source || !textOf(event, 'id')) return 'a CloudEvent without id, type or source';
  const time = instantOf(event, 'time');
  if (Object.hasOwn(event, 'time') && time === undefined) return 'a CloudEvent whose time is not RFC 3339';
  const data = objectOf(event, 'data') ?? {};
  const said = plainChange({ ...data, service: serviceOf(event, data, source) }, receivedAt);
  if (typeof said !== 'string') return Object.hasOwn(data, 'at') ? said : { ...said, at: time ?? said.at };
  return changeOf({
    service: serviceOf(event, data, source),
    what: type,
    from: versionOf(data, 'from', 'previous_version'),
    to: versionOf(data, 'to', 'version'),
    at: time,
    receivedAt,
  });
}

function serviceOf(event: JsonObject, data: JsonObject, source: string): string | undefined {
  const last = source
    .split('/')
    .filter((part) => part !== '')
    .at(-1);
  return textOf(data, 'service') ?? textOf(event, 'subject') ?? last;
}

/** The attributes that binary mode puts into headers (`ce-…`, percent-encoded), as if they stood in the event. */
export function attributesOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers))
    if (/^ce-[a-z0-9]{1,20}$/.test(name)) attributes[name.slice(3)] = decoded(value);
  return attributes;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // A stray percent sign is text as well.
    return value;
  }
}
