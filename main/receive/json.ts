import { err, ok, type Result } from '../../shared/error/result.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/** Values of one body: as many as a storm of ten thousand alerts has, and what bounds the memory they take once read. */
const VALUES_MAX = 400_000;

/**
 * Reads JSON whose depth and number of values were counted first: what a body of a few megabytes of brackets would
 * otherwise become is a hundred times its size. The error is a clause.
 */
export function parseJson(body: Uint8Array, depthMax: number): Result<unknown, string> {
  const problem = shapeProblem(body, depthMax);
  if (problem !== undefined) return err(problem);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    // `fatal` has no other way to say that a text is no UTF-8.
    return err('it is no UTF-8');
  }
  try {
    return ok(JSON.parse(text));
  } catch {
    // The engine's message repeats the sender's text, which is not ours to print.
    return err('it is no JSON');
  }
}

function shapeProblem(body: Uint8Array, depthMax: number): string | undefined {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i] ?? 0;
    if (byte === QUOTE) {
      for (i += 1; i < body.length && body[i] !== QUOTE; i += 1) if (body[i] === BACKSLASH) i += 1;
    } else if (OPEN.has(byte)) {
      depth += 1;
      values += 1;
      if (depth > depthMax) return `it is nested deeper than ${depthMax} levels`;
    } else if (CLOSE.has(byte)) depth -= 1;
    else if (byte === COMMA) values += 1;
    if (values > VALUES_MAX) return `it has more than ${VALUES_MAX} values`;
  }
  return undefined;
}

/** An object as JSON has them; its own `__proto__`, if it has one, is a key like another. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of an object, or undefined where it is missing, empty or no text. Looks only at what the object itself has. */
export function textOf(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function objectOf(object: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isObject(value) ? value : undefined;
}
