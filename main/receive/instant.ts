import type { JsonObject } from './json.ts';

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?(?:[Zz]|([+-]\d{2}):?(\d{2}))$/;

/** Milliseconds UTC of an instant in RFC 3339, also with an offset without its colon; undefined where it is none. */
export function parseInstant(text: string): number | undefined {
  const [, date, time, fraction = '', hours, minutes] = INSTANT.exec(text) ?? [];
  if (!date || !time) return undefined;
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const offset = hours ? `${hours}:${minutes ?? '00'}` : 'Z';
  const at = Date.parse(`${date}T${time}.${milliseconds}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

/** A time that a sender wrote: RFC 3339, or milliseconds UTC as a number. Undefined where it is neither. */
export function instantOf(object: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  return typeof value === 'string' ? parseInstant(value) : undefined;
}
